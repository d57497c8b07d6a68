// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QList>
#include <QMenu>
#include <QPointer>

#include <functional>

namespace maxiofs::pages {

class Workspace;

// The window's menu "Cluster": its pages, and what can be done with the cluster whose page is in sight. What
// cannot be done now is disabled and says why.
class ClusterMenu : public QMenu {
    Q_OBJECT
public:
    explicit ClusterMenu(QWidget *parent);

    /// Null: no cluster's page is in sight.
    void present(Workspace *open);

Q_SIGNALS:
    void pageRequested(const QString &page);
    void exportRequested();

private:
    QAction *add(const QString &name, const QString &text, const QKeySequence &key);
    /// An action on nodes; `inCluster`: only where they form one, else only where the node is alone.
    void addForNodes(const QString &name, const QString &text, const QKeySequence &key, bool inCluster,
                     const std::function<void(Workspace &)> &act);

    struct NodesAction {
        QAction *action;
        bool inCluster;
    };

    QPointer<Workspace> m_open;
    QList<QAction *> m_pages;
    QList<NodesAction> m_nodes;
    QAction *m_check;
    QAction *m_export;
};

}  // namespace maxiofs::pages
