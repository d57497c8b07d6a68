// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/row_delegate.h"

namespace maxiofs::widgets {

// How full something is: a bar (core::FractionRole) with a mark at 85 %, and the figures. From 85 % it warns
// with a triangle, from 95 % it is bad.
class CapacityDelegate : public RowDelegate {
    Q_OBJECT
public:
    static constexpr double kWarnAt = 0.85;
    static constexpr double kBadAt = 0.95;

    using RowDelegate::RowDelegate;

    static void paintBar(QPainter *painter, const QRectF &bar, double fraction, bool stale = false);

protected:
    void paintCell(QPainter *painter, const QRect &area, const QStyleOptionViewItem &option,
                   const QModelIndex &index) const override;
};

}  // namespace maxiofs::widgets
