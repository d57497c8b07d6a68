// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/route_delegate.h"

#include "core/item_roles.h"
#include "theme/icon_loader.h"
#include "theme/typography.h"

#include <QPainter>

#include <algorithm>

namespace maxiofs::widgets {

using namespace Qt::StringLiterals;
using theme::Token;
using theme::Typography;

void RouteDelegate::paintCell(QPainter *painter, const QRect &area, const QStyleOptionViewItem &,
                              const QModelIndex &index) const
{
    constexpr int kIcon = 14;
    constexpr int kGap = 5;
    const int name = std::min(Typography::scaled(46), area.width() / 3);
    const QFont font = Typography::font(Typography::Role::Cell);
    const Token token = isStale(index) ? Token::Muted : Token::Text;
    const QString source = index.data(core::SourceRole).toString();
    // A long name pushes its own arrow on.
    const int used =
        std::min(std::max(name, QFontMetrics(font).horizontalAdvance(source)), area.width() * 2 / 5);
    paintText(painter, QRect(area.left(), area.top(), used, area.height()), Qt::AlignLeft, source, font,
              token);
    const int arrow = area.left() + used + kGap;
    theme::IconLoader::paint(painter, QRect(arrow, area.top(), kIcon, area.height()), u"arrow-right"_s,
                             Token::Muted, kIcon);
    const int rest = arrow + kIcon + kGap;
    paintText(painter, QRect(rest, area.top(), area.right() - rest + 1, area.height()), Qt::AlignLeft,
              index.data(core::DestinationRole).toString(), font, token);
}

}  // namespace maxiofs::widgets
