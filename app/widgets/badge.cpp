// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/badge.h"

#include "theme/status_shape.h"
#include "theme/theme.h"
#include "theme/typography.h"

#include <QEvent>
#include <QFontMetrics>
#include <QPainter>

namespace maxiofs::widgets {

using namespace Qt::StringLiterals;
using theme::StatusShape;
using theme::Theme;
using theme::Token;
using theme::Typography;

namespace {

constexpr int kChipPadding = 8;
constexpr int kShapeGap = 7;
constexpr int kTagPadding = 5;
constexpr int kKeyPadding = 5;

QSize keyCapSize(const QString &text)
{
    const int width = QFontMetrics(Typography::font(Typography::Role::KeyCap)).horizontalAdvance(text);
    return {std::max(width + 2 * kKeyPadding, Typography::scaled(18)), Typography::scaled(17)};
}

Token tagToken(const QString &text)
{
    if (text == u"PROD"_s)
        return Token::TagProd;
    if (text == u"STAGE"_s)
        return Token::TagStage;
    return Token::Muted;
}

}  // namespace

Badge::Badge(Kind kind, QWidget *parent) : QWidget(parent), m_kind(kind)
{
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    hide();
}

QFont Badge::textFont() const
{
    switch (m_kind) {
    case Kind::Chip: return Typography::font(Typography::Role::CellStrong);
    case Kind::Tag: return Typography::font(Typography::Role::Tag);
    case Kind::KeyCap: return Typography::font(Typography::Role::KeyCap);
    }
    return font();
}

void Badge::setStatus(theme::Status status, const QString &word)
{
    if (status == m_status && word == m_text)
        return;
    m_status = status;
    m_text = word;
    setAccessibleName(word);
    setVisible(status != theme::Status::None);
    updateGeometry();
    update();
}

void Badge::setText(const QString &text)
{
    if (text == m_text)
        return;
    m_text = text;
    setAccessibleName(text);
    setVisible(!text.isEmpty());
    updateGeometry();
    update();
}

QSize Badge::sizeHint() const
{
    const int width = QFontMetrics(textFont()).horizontalAdvance(m_text);
    switch (m_kind) {
    case Kind::Chip:
        return {width + 2 * kChipPadding + StatusShape::kSide + kShapeGap, Typography::scaled(22)};
    case Kind::Tag: return {width + 2 * kTagPadding, Typography::scaled(16)};
    case Kind::KeyCap: return keyCapSize(m_text);
    }
    return {};
}

void Badge::changeEvent(QEvent *event)
{
    if (event->type() == QEvent::FontChange)
        updateGeometry();
    QWidget::changeEvent(event);
}

int Badge::tagWidth(const QString &text)
{
    return text.isEmpty() ? 0
                          : QFontMetrics(Typography::font(Typography::Role::Tag)).horizontalAdvance(text) +
                                2 * kTagPadding;
}

int Badge::paintTag(QPainter *painter, const QRect &rect, const QString &text)
{
    if (text.isEmpty())
        return 0;
    const int width = tagWidth(text);
    const int height = Typography::scaled(15);
    const int top = rect.y() + (rect.height() - height) / 2;
    const QRectF box(rect.x() + 0.5, top + 0.5, width - 1, height - 1);
    const QColor color = Theme::color(tagToken(text));
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    QColor edge = color;
    edge.setAlphaF(0.65F);
    painter->setPen(edge);
    painter->setBrush(Qt::NoBrush);
    painter->drawRoundedRect(box, 3, 3);
    painter->setPen(color);
    painter->setFont(Typography::font(Typography::Role::Tag));
    painter->drawText(box, Qt::AlignCenter, text);
    painter->restore();
    return width;
}

int Badge::paintKeyCap(QPainter *painter, const QRect &rect, const QString &text)
{
    const QSize size = keyCapSize(text);
    const QRect box(QPoint(rect.right() + 1 - size.width(), rect.y() + (rect.height() - size.height()) / 2),
                    size);
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    painter->setPen(Theme::color(Token::Strong));
    painter->setBrush(Theme::color(Token::Panel));
    painter->drawRoundedRect(QRectF(box).adjusted(0.5, 0.5, -0.5, -0.5), 3, 3);
    painter->setPen(Theme::color(Token::Muted));
    painter->setFont(Typography::font(Typography::Role::KeyCap));
    painter->drawText(box, Qt::AlignCenter, text);
    painter->restore();
    return size.width();
}

void Badge::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    switch (m_kind) {
    case Kind::Tag: paintTag(&painter, rect(), m_text); return;
    case Kind::KeyCap: paintKeyCap(&painter, rect(), m_text); return;
    case Kind::Chip: break;
    }
    painter.setPen(Qt::NoPen);
    painter.setBrush(Theme::color(StatusShape::tintToken(m_status)));
    painter.drawRoundedRect(rect(), 4, 4);
    StatusShape::paint(&painter, QRectF(kChipPadding, 0, StatusShape::kSide, height()), m_status);
    const Token word = m_status == theme::Status::Ok ? Token::OkText : StatusShape::textToken(m_status);
    painter.setPen(Theme::color(word));
    painter.setFont(textFont());
    painter.drawText(rect().adjusted(kChipPadding + StatusShape::kSide + kShapeGap, 0, 0, 0),
                     Qt::AlignVCenter | Qt::AlignLeft, m_text);
}

}  // namespace maxiofs::widgets
