// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/push_button.h"

#include "theme/icon_loader.h"
#include "theme/theme.h"
#include "theme/typography.h"

#include <QFontMetrics>
#include <QPainter>
#include <QStyleOptionButton>
#include <QStylePainter>
#include <QVariant>

namespace maxiofs::widgets {

using namespace Qt::StringLiterals;
using theme::Theme;
using theme::Token;
using theme::Typography;

namespace {

constexpr int kHintGap = 8;

}  // namespace

PushButton::PushButton(const QString &text, Kind kind, QWidget *parent)
    : QPushButton(text, parent),
      m_kind(kind)
{
    static const QString names[] = {u"normal"_s, u"primary"_s, u"danger"_s, u"link"_s};
    setProperty("kind", names[static_cast<int>(kind)]);
    setFont(Typography::font(kind == Kind::Link ? Typography::Role::Cell : Typography::Role::Control));
    setIconSize({15, 15});
    setAutoDefault(false);
    if (kind == Kind::Link)
        setCursor(Qt::PointingHandCursor);
}

void PushButton::setThemeIcon(const QString &name)
{
    const Token token = m_kind == Kind::Primary ? Token::OnAccent
                        : m_kind == Kind::Link  ? Token::AccentText
                                                : Token::Text2;
    setIcon(theme::IconLoader::icon(name, token, token));
}

void PushButton::setKeyHint(const QString &hint)
{
    m_hint = hint;
    setToolTip(u"%1  (%2)"_s.arg(text(), hint));
    updateGeometry();
}

int PushButton::hintWidth() const
{
    if (m_hint.isEmpty())
        return 0;
    return QFontMetrics(Typography::font(Typography::Role::Caption)).horizontalAdvance(m_hint) + kHintGap;
}

QSize PushButton::sizeHint() const
{
    QSize size = QPushButton::sizeHint();
    size.setHeight(Typography::scaled(m_kind == Kind::Link ? 24 : 28));
    // Style sheets measure the icon's gap as 4; the grid has 6.
    return size + QSize(hintWidth() + (icon().isNull() ? 0 : 2), 0);
}

void PushButton::paintEvent(QPaintEvent *event)
{
    if (m_hint.isEmpty()) {
        QPushButton::paintEvent(event);
        return;
    }
    QStylePainter painter(this);
    QStyleOptionButton option;
    initStyleOption(&option);
    painter.drawControl(QStyle::CE_PushButtonBevel, option);
    QStyleOptionButton label = option;
    label.rect.adjust(0, 0, -hintWidth(), 0);
    painter.drawControl(QStyle::CE_PushButtonLabel, label);
    QColor color = Theme::color(!isEnabled()              ? Token::Disabled
                                : m_kind == Kind::Primary ? Token::OnAccent
                                                          : Token::Muted);
    if (m_kind == Kind::Primary)
        color.setAlphaF(0.8F);
    painter.setPen(color);
    painter.setFont(Typography::font(Typography::Role::Caption));
    painter.drawText(rect().adjusted(0, 0, -12, 0), Qt::AlignVCenter | Qt::AlignRight, m_hint);
}

}  // namespace maxiofs::widgets
