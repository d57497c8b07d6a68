// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/row_delegate.h"

#include <QList>
#include <QPoint>

namespace maxiofs::widgets {

// The last cell of a row: icons of 24x24 that act on the row. The mouse alone reaches them, so what they do
// is also in the row's menu and on keys.
class ActionsDelegate : public RowDelegate {
    Q_OBJECT
public:
    struct Action {
        int id = 0;
        QString icon;
        QString name;  // the tooltip
    };

    explicit ActionsDelegate(const QList<Action> &actions, QObject *parent = nullptr);

    [[nodiscard]] int width() const;
    /// The action at a point of the cell `cell`; -1: none.
    [[nodiscard]] int actionAt(const QRect &cell, const QPoint &at) const;
    bool editorEvent(QEvent *event, QAbstractItemModel *model, const QStyleOptionViewItem &option,
                     const QModelIndex &index) override;
    bool helpEvent(QHelpEvent *event, QAbstractItemView *view, const QStyleOptionViewItem &option,
                   const QModelIndex &index) override;

Q_SIGNALS:
    /// `index` is the view's; `below` is where a menu would open, in global coordinates.
    void triggered(int action, const QModelIndex &index, const QPoint &below);

protected:
    void paintCell(QPainter *painter, const QRect &area, const QStyleOptionViewItem &option,
                   const QModelIndex &index) const override;

private:
    [[nodiscard]] QRect placeOf(const QRect &cell, int which) const;

    QList<Action> m_actions;
};

}  // namespace maxiofs::widgets
