// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/row_delegate.h"

#include <QList>

namespace maxiofs::widgets {

// A figure, right-aligned in a fixed width so that it stays still, and a small line of its last hour
// (core::SparklineRole) with a dot at its end. Gaps stay gaps.
class SparklineDelegate : public RowDelegate {
    Q_OBJECT
public:
    static constexpr int kLineWidth = 88;
    static constexpr int kLineHeight = 18;

    using RowDelegate::RowDelegate;

    /// Paints `values` from left to right over `area`; NaN breaks the line. Logarithmic where `logarithmic`.
    static void paintLine(QPainter *painter, const QRectF &area, const QList<double> &values,
                          theme::Token token, bool filled = false, bool logarithmic = false);

protected:
    void paintCell(QPainter *painter, const QRect &area, const QStyleOptionViewItem &option,
                   const QModelIndex &index) const override;
};

}  // namespace maxiofs::widgets
