// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/row_delegate.h"

namespace maxiofs::widgets {

// From where to where: core::SourceRole, an arrow, core::DestinationRole. The arrows of all rows stand below
// each other.
class RouteDelegate : public RowDelegate {
    Q_OBJECT
public:
    using RowDelegate::RowDelegate;

protected:
    void paintCell(QPainter *painter, const QRect &area, const QStyleOptionViewItem &option,
                   const QModelIndex &index) const override;
};

}  // namespace maxiofs::widgets
