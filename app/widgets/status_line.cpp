// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/status_line.h"

#include "theme/icon_loader.h"
#include "theme/status_shape.h"
#include "theme/theme.h"
#include "theme/typography.h"
#include "widgets/badge.h"
#include "widgets/text_label.h"

#include <QHBoxLayout>
#include <QPainter>

namespace maxiofs::widgets {

using namespace Qt::StringLiterals;
using theme::StatusShape;
using theme::Theme;
using theme::Token;
using theme::Typography;

namespace {

constexpr int kPadding = 10;
constexpr int kMark = 13;
constexpr int kGap = 6;

}  // namespace

StatusLine::StatusLine(QWidget *parent) : QStatusBar(parent)
{
    setObjectName(u"statusLine"_s);
    setSizeGripEnabled(false);
    setFixedHeight(Typography::scaled(26));
    setContentsMargins(4, 0, 4, 0);
}

StatusLine::Part *StatusLine::addPart(const QString &name, bool permanent)
{
    auto *part = new Part;
    part->setObjectName(name);
    if (permanent)
        addPermanentWidget(part);
    else
        addWidget(part);
    return part;
}

void StatusLine::set(Part *part, theme::Status status, const QString &text, const QString &tip)
{
    part->present(status, {}, text, tip);
}

void StatusLine::set(Part *part, const QString &icon, const QString &text, const QString &tip)
{
    part->present(theme::Status::None, icon, text, tip);
}

QWidget *StatusLine::addKeyHint(const QStringList &keys, const QString &word)
{
    auto *hint = new QWidget;
    auto *row = new QHBoxLayout(hint);
    row->setContentsMargins(6, 0, 6, 0);
    row->setSpacing(4);
    for (const QString &key : keys) {
        auto *cap = new Badge(Badge::Kind::KeyCap);
        cap->setText(key);
        row->addWidget(cap);
    }
    row->addWidget(new TextLabel(word, Typography::Role::Caption, TextLabel::Tone::Secondary));
    addPermanentWidget(hint);
    return hint;
}

StatusLine::Part::Part(QWidget *parent) : QWidget(parent)
{
    setFont(Typography::font(Typography::Role::Caption));
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Preferred);
    hide();
}

void StatusLine::Part::present(theme::Status status, const QString &icon, const QString &text,
                               const QString &tip)
{
    const bool same = status == m_status && icon == m_icon && text == m_text;
    setToolTip(tip);
    if (same)
        return;
    m_status = status;
    m_icon = icon;
    m_text = text;
    setAccessibleName(text);
    setVisible(!text.isEmpty());
    updateGeometry();
    update();
}

QSize StatusLine::Part::sizeHint() const
{
    const bool marked = m_status != theme::Status::None || !m_icon.isEmpty();
    return {fontMetrics().horizontalAdvance(m_text) + 2 * kPadding + (marked ? kMark + kGap : 0),
            Typography::scaled(24)};
}

void StatusLine::Part::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    int x = kPadding;
    if (m_status != theme::Status::None || !m_icon.isEmpty()) {
        const QRect mark(x, 0, kMark, height());
        if (m_icon.isEmpty())
            StatusShape::paint(&painter, mark, m_status);
        else
            theme::IconLoader::paint(&painter, mark, m_icon, Token::Muted, kMark);
        x += kMark + kGap;
    }
    const bool troubled = m_status == theme::Status::Warn || m_status == theme::Status::Bad;
    painter.setPen(Theme::color(troubled ? StatusShape::textToken(m_status) : Token::Text2));
    painter.drawText(QRect(x, 0, width() - x, height()), Qt::AlignVCenter | Qt::AlignLeft, m_text);
    painter.fillRect(QRect(width() - 1, 5, 1, height() - 10), Theme::color(Token::Border));
}

}  // namespace maxiofs::widgets
