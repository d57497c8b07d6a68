// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/status_delegate.h"

#include "core/item_roles.h"
#include "theme/status_shape.h"
#include "theme/theme.h"
#include "theme/typography.h"

#include <QPainter>

namespace maxiofs::widgets {

using theme::StatusShape;

void StatusDelegate::paintCell(QPainter *painter, const QRect &area, const QStyleOptionViewItem &,
                               const QModelIndex &index) const
{
    constexpr int kGap = 7;
    const auto status = static_cast<theme::Status>(index.data(core::StatusRole).toInt());
    const bool stale = isStale(index);
    if (stale)
        painter->setOpacity(0.55);
    StatusShape::paint(painter, QRectF(area.left(), area.top(), StatusShape::kSide, area.height()), status);
    painter->setOpacity(1);
    paintText(painter, area.adjusted(StatusShape::kSide + kGap, 0, 0, 0), Qt::AlignLeft,
              index.data().toString(), theme::Typography::font(theme::Typography::Role::CellStrong),
              stale ? theme::Token::Muted : StatusShape::textToken(status));
}

}  // namespace maxiofs::widgets
