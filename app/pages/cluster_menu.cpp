// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/cluster_menu.h"

#include "pages/workspace.h"

namespace maxiofs::pages {

using namespace Qt::StringLiterals;

ClusterMenu::ClusterMenu(QWidget *parent) : QMenu(tr("&Cluster"), parent)
{
    setToolTipsVisible(true);
    for (const auto &[page, name, text, key] :
         {std::tuple(u"overview"_s, u"goOverview"_s, tr("&Overview"), u"Ctrl+1"_s),
          std::tuple(u"nodes"_s, u"goNodes"_s, tr("&Nodes"), u"Ctrl+2"_s),
          std::tuple(u"buckets"_s, u"goBuckets"_s, tr("&Buckets"), u"Ctrl+3"_s)}) {
        QAction *action = add(name, text, QKeySequence(key));
        connect(action, &QAction::triggered, this, [this, page] { Q_EMIT pageRequested(page); });
        m_pages << action;
    }
    addSeparator();
    addForNodes(u"addNodeAction"_s, tr("&Add node…"), QKeySequence(u"Ctrl+N"_s), true,
                [this](Workspace &open) { open.nodeActions().add(parentWidget()); });
    addForNodes(u"rotateAction"_s, tr("&Rotate the token…"), {}, true,
                [this](Workspace &open) { open.nodeActions().rotate(parentWidget()); });
    addForNodes(u"leaveAction"_s, tr("&Leave the cluster…"), {}, true,
                [this](Workspace &open) { open.nodeActions().leave(parentWidget()); });
    addForNodes(u"initializeAction"_s, tr("&Initialize cluster…"), {}, false,
                [this](Workspace &open) { open.nodeActions().initialize(parentWidget()); });
    addForNodes(u"joinAction"_s, tr("&Join a cluster…"), {}, false,
                [this](Workspace &open) { open.nodeActions().join(parentWidget()); });
    addSeparator();
    m_check = add(u"check"_s, tr("&Check now"), QKeySequence(u"F5"_s));
    connect(m_check, &QAction::triggered, this, [this] {
        if (m_open)
            m_open->cluster().checkNow();
    });
    m_export = add(u"exportTable"_s, tr("Save table as CS&V…"), QKeySequence(u"Ctrl+E"_s));
    connect(m_export, &QAction::triggered, this, &ClusterMenu::exportRequested);
    present(nullptr);
}

QAction *ClusterMenu::add(const QString &name, const QString &text, const QKeySequence &key)
{
    QAction *action = addAction(text);
    action->setObjectName(name);
    action->setShortcut(key);
    return action;
}

void ClusterMenu::addForNodes(const QString &name, const QString &text, const QKeySequence &key,
                              bool inCluster, const std::function<void(Workspace &)> &act)
{
    QAction *action = add(name, text, key);
    connect(action, &QAction::triggered, this, [this, act] {
        if (m_open)
            act(*m_open);
    });
    m_nodes.append({action, inCluster});
}

void ClusterMenu::present(Workspace *open)
{
    m_open = open;
    for (QAction *page : std::as_const(m_pages))
        page->setEnabled(open != nullptr);
    m_check->setEnabled(open && open->connection().isConnected());
    m_export->setEnabled(open != nullptr);
    const QString refusal = open ? open->nodeActions().refusal() : tr("Open a cluster first.");
    const bool isCluster = open && open->nodeActions().isCluster();
    for (const NodesAction &one : std::as_const(m_nodes)) {
        const QString wrong =
            one.inCluster ? tr("This node is in no cluster.") : tr("This node is in a cluster already.");
        const QString why = !refusal.isEmpty() ? refusal : one.inCluster != isCluster ? wrong : QString();
        one.action->setEnabled(why.isEmpty());
        one.action->setToolTip(why);
    }
}

}  // namespace maxiofs::pages
