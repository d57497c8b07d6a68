// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/row_delegate.h"

namespace maxiofs::widgets {

// Text in the colour of its row's state (core::StatusRole) where that is no good one, and quieter where there
// is nothing to tell: core::SortRole is 0. Strong where asked and the state is no good one.
class TonedDelegate : public RowDelegate {
    Q_OBJECT
public:
    using RowDelegate::RowDelegate;

    /// Leave the state's colour to others: only a 0 is quieter.
    void setPlain(bool plain) { m_plain = plain; }

protected:
    void paintCell(QPainter *painter, const QRect &area, const QStyleOptionViewItem &option,
                   const QModelIndex &index) const override;

private:
    bool m_plain = false;
};

}  // namespace maxiofs::widgets
