// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "pages/dialog_actions.h"

class QMenu;

namespace maxiofs::pages {

// What can be done with the nodes of a cluster, from wherever it is asked for: forming it, joining, adding,
// editing, removing, leaving, a new token.
class NodeActions : public DialogActions {
    Q_OBJECT
public:
    explicit NodeActions(models::LiveCluster &cluster, QObject *parent = nullptr);

    /// Why nothing can be changed now; empty: it can.
    [[nodiscard]] QString refusal() const;

    /// `near` is in the window that asks.
    void initialize(QWidget *near);
    void join(QWidget *near);
    void add(QWidget *near);
    void edit(const QString &node, QWidget *near);
    /// Of the node that the program talks to: leaves.
    void remove(const QString &node, QWidget *near);
    void rotate(QWidget *near);
    void leave(QWidget *near);
    /// What can be done with a node, as a menu at a point of the screen.
    void showMenu(const QString &node, const QPoint &at, QWidget *near);

private:
    void showToken(const QString &title, std::string token, QWidget *window);
    [[nodiscard]] const protocol::Node *self() const;
    [[nodiscard]] QStringList bucketsOf(const QString &node) const;
};

}  // namespace maxiofs::pages
