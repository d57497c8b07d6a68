// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/event_delegate.h"

#include "core/item_roles.h"
#include "theme/icon_loader.h"
#include "theme/status_shape.h"
#include "theme/theme.h"
#include "theme/typography.h"

#include <QPainter>

#include <algorithm>

namespace maxiofs::widgets {

using namespace Qt::StringLiterals;
using theme::StatusShape;
using theme::Theme;
using theme::Token;
using theme::Typography;

namespace {

constexpr int kPadding = 12;
constexpr int kGap = 9;
constexpr int kMark = 14;

}  // namespace

void EventDelegate::paint(QPainter *painter, const QStyleOptionViewItem &option,
                          const QModelIndex &index) const
{
    painter->save();
    if (option.state & (QStyle::State_Selected | QStyle::State_MouseOver)) {
        painter->fillRect(option.rect,
                          Theme::color(option.state & QStyle::State_Selected ? Token::Sel : Token::Hover));
    }
    painter->fillRect(QRect(option.rect.left(), option.rect.bottom(), option.rect.width(), 1),
                      Theme::color(Token::Line));
    const QFont font = Typography::font(Typography::Role::Cell);
    const QFontMetrics metrics(font);
    painter->setFont(font);
    const QRect area = option.rect.adjusted(kPadding, 0, -kPadding, -1);
    const QString time = index.data(core::TimeRole).toString();
    // "14:31" today; a day and a time take their own width.
    const int timeWidth = std::max(metrics.horizontalAdvance(u"00:00"_s), metrics.horizontalAdvance(time));
    painter->setPen(Theme::color(Token::Muted));
    painter->drawText(area, Qt::AlignVCenter | Qt::AlignLeft, time);
    const QRect mark(area.left() + timeWidth + kGap, area.top(), kMark, area.height());
    const QString icon = index.data(core::IconRole).toString();
    if (!icon.isEmpty())
        theme::IconLoader::paint(painter, mark, icon, Token::Muted, kMark);
    else
        StatusShape::paint(painter, mark, static_cast<theme::Status>(index.data(core::StatusRole).toInt()));
    const QRect words = area.adjusted(timeWidth + 2 * kGap + kMark, 0, 0, 0);
    painter->setPen(Theme::color(Token::Text));
    painter->drawText(words, Qt::AlignVCenter | Qt::AlignLeft | Qt::TextSingleLine,
                      metrics.elidedText(index.data().toString(), Qt::ElideRight, words.width()));
    painter->restore();
}

QSize EventDelegate::sizeHint(const QStyleOptionViewItem &, const QModelIndex &) const
{
    return {200, Typography::scaled(28)};
}

}  // namespace maxiofs::widgets
