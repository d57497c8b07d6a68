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

    /// Null: no cluster's page is in sight. `page`: its key.
    void present(Workspace *open, const QString &page);

Q_SIGNALS:
    void pageRequested(const QString &page);
    void exportRequested();

private:
    QAction *add(const QString &name, const QString &text, const QKeySequence &key);
    /// An action on nodes; `inCluster`: only where they form one, else only where the node is alone.
    QAction *addForNodes(const QString &name, const QString &text, bool inCluster,
                         const std::function<void(Workspace &)> &act);
    /// An action on replication rules.
    QAction *addForRules(const QString &name, const QString &text,
                         const std::function<void(Workspace &)> &act);

    struct NodesAction {
        QAction *action;
        bool inCluster;
    };

    QPointer<Workspace> m_open;
    QList<QAction *> m_pages;
    QList<NodesAction> m_nodes;
    QList<QAction *> m_rules;
    QAction *m_addNode;
    QAction *m_newRule;
    QAction *m_check;
    QAction *m_export;
};

}  // namespace maxiofs::pages
