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
constexpr int kIconGap = 7;
constexpr int kPadding = 12;
constexpr int kLinkPadding = 4;
constexpr int kToolPadding = 8;
constexpr int kHeight = 28;
constexpr int kCompactHeight = 24;

}  // namespace

PushButton::PushButton(const QString &text, Kind kind, QWidget *parent)
    : QPushButton(text, parent),
      m_kind(kind)
{
    static const QString names[] = {u"normal"_s, u"primary"_s, u"danger"_s, u"link"_s, u"tool"_s};
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
    const int height = m_kind == Kind::Link || m_compact ? kCompactHeight : kHeight;
    const int words = fontMetrics().size(Qt::TextShowMnemonic, text()).width();
    const int icons = icon().isNull() ? 0 : iconSize().width() + (words > 0 ? kIconGap : 0);
    const int padding = m_kind == Kind::Link ? kLinkPadding : m_kind == Kind::Tool ? kToolPadding : kPadding;
    return {words + icons + hintWidth() + 2 * padding, Typography::scaled(height)};
}

void PushButton::setCompact(bool compact)
{
    m_compact = compact;
    setProperty("compact", compact);
    updateGeometry();
}

void PushButton::paintEvent(QPaintEvent *)
{
    QStylePainter painter(this);
    QStyleOptionButton option;
    initStyleOption(&option);
    option.icon = {};
    option.text.clear();
    painter.drawControl(QStyle::CE_PushButtonBevel, option);

    // Style sheets put the icon too near to the word, so the inside is painted here.
    const int words = fontMetrics().size(Qt::TextShowMnemonic, text()).width();
    const int icons = icon().isNull() ? 0 : iconSize().width() + (words > 0 ? kIconGap : 0);
    int x = (width() - words - icons - hintWidth()) / 2;
    if (!icon().isNull()) {
        const QRect place(QPoint(x, (height() - iconSize().height()) / 2), iconSize());
        icon().paint(&painter, place, Qt::AlignCenter, isEnabled() ? QIcon::Normal : QIcon::Disabled);
        x += icons;
    }
    const bool primary = m_kind == Kind::Primary;
    Token token = primary                  ? Token::OnAccent
                  : m_kind == Kind::Link   ? Token::AccentText
                  : m_kind == Kind::Danger ? Token::BadText
                                           : Token::Text;
    if (!isEnabled())
        token = Token::Disabled;
    painter.setPen(Theme::color(token));
    painter.setFont(font());
    int flags = Qt::AlignVCenter | Qt::AlignLeft | Qt::TextShowMnemonic;
    if (style()->styleHint(QStyle::SH_UnderlineShortcut, &option, this) == 0)
        flags |= Qt::TextHideMnemonic;
    painter.drawText(QRect(x, 0, width() - x, height()), flags, text());
    if (m_hint.isEmpty())
        return;
    QColor quiet = Theme::color(!isEnabled() ? Token::Disabled : primary ? Token::OnAccent : Token::Muted);
    if (primary)
        quiet.setAlphaF(0.8F);
    painter.setPen(quiet);
    painter.setFont(Typography::font(Typography::Role::Caption));
    painter.drawText(QRect(x + words + kHintGap, 0, hintWidth(), height()), Qt::AlignVCenter | Qt::AlignLeft,
                     m_hint);
}

}  // namespace maxiofs::widgets
