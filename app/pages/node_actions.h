// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/live_cluster.h"

#include <QDialog>
#include <QObject>
#include <QPointer>

#include <functional>

class QMenu;

namespace maxiofs::widgets {
class FormDialog;
}

namespace maxiofs::pages {

// What can be done with the nodes of a cluster, from wherever it is asked for: forming it, joining, adding,
// editing, removing, leaving, a new token. Asks in a dialog, sends the request, shows a no at its field, and
// fetches everything anew after a yes. One dialog at a time; an answer that comes after its dialog was closed
// is still taken.
class NodeActions : public QObject {
    Q_OBJECT
public:
    explicit NodeActions(models::LiveCluster &cluster, QObject *parent = nullptr);

    /// Why nothing can be changed now; empty: it can.
    [[nodiscard]] QString refusal() const;
    [[nodiscard]] bool isCluster() const { return m_cluster.isCluster(); }

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

    [[nodiscard]] QDialog *dialog() const { return m_dialog; }

private:
    bool show(QDialog *dialog);
    void showToken(const QString &title, std::string token, QWidget *window);
    [[nodiscard]] const protocol::Node *self() const;
    [[nodiscard]] QStringList bucketsOf(const QString &node) const;
    /// Waits for the job; `taken` gets a yes. `renews`: the call ends the sessions and brings a new one.
    template <typename T>
    void run(widgets::FormDialog *dialog, const QString &whom, bool renews, api::RequestFor<T> *job,
             std::function<void(T &)> taken);
    void told(const core::Problem &problem);

    models::LiveCluster &m_cluster;
    QPointer<QDialog> m_dialog;
};

}  // namespace maxiofs::pages
