// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/tick_delegate.h"

#include "core/format.h"
#include "core/item_roles.h"
#include "theme/icon_loader.h"
#include "theme/typography.h"

#include <QPainter>

namespace maxiofs::widgets {

using namespace Qt::StringLiterals;
using theme::Token;

void TickDelegate::paintCell(QPainter *painter, const QRect &area, const QStyleOptionViewItem &,
                             const QModelIndex &index) const
{
    constexpr int kIcon = 14;
    if (index.data(core::CheckedRole).toBool()) {
        theme::IconLoader::paint(painter, area, u"check"_s, isStale(index) ? Token::Disabled : Token::Text2,
                                 kIcon);
        return;
    }
    paintText(painter, area, Qt::AlignHCenter, core::Format::unknown(),
              theme::Typography::font(theme::Typography::Role::Cell), Token::Muted);
}

}  // namespace maxiofs::widgets
