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
          std::tuple(u"buckets"_s, u"goBuckets"_s, tr("&Buckets"), u"Ctrl+3"_s),
          std::tuple(u"replication"_s, u"goReplication"_s, tr("Re&plication"), u"Ctrl+4"_s)}) {
        QAction *action = add(name, text, QKeySequence(key));
        connect(action, &QAction::triggered, this, [this, page] { Q_EMIT pageRequested(page); });
        m_pages << action;
    }
    addSeparator();
    m_addNode = addForNodes(u"addNodeAction"_s, tr("&Add node…"), true,
                            [this](Workspace &open) { open.nodeActions().add(parentWidget()); });
    addForNodes(u"rotateAction"_s, tr("&Rotate the token…"), true,
                [this](Workspace &open) { open.nodeActions().rotate(parentWidget()); });
    addForNodes(u"leaveAction"_s, tr("&Leave the cluster…"), true,
                [this](Workspace &open) { open.nodeActions().leave(parentWidget()); });
    addForNodes(u"initializeAction"_s, tr("&Initialize cluster…"), false,
                [this](Workspace &open) { open.nodeActions().initialize(parentWidget()); });
    addForNodes(u"joinAction"_s, tr("&Join a cluster…"), false,
                [this](Workspace &open) { open.nodeActions().join(parentWidget()); });
    addSeparator();
    m_newRule = addForRules(u"newRuleAction"_s, tr("New replication r&ule…"),
                            [this](Workspace &open) { open.replicationActions().create(parentWidget()); });
    addForRules(u"bulkRulesAction"_s, tr("Bul&k replicate…"),
                [this](Workspace &open) { open.replicationActions().bulk(parentWidget()); });
    addForRules(u"failoverAction"_s, tr("&Failover…"),
                [this](Workspace &open) { open.failoverActions().chooseStandard(parentWidget()); });
    addSeparator();
    m_check = add(u"check"_s, tr("&Check now"), QKeySequence(u"F5"_s));
    connect(m_check, &QAction::triggered, this, [this] {
        if (!m_open)
            return;
        m_open->cluster().checkNow();
        m_open->replication().refresh();
        m_open->conflicts().refresh();
    });
    m_export = add(u"exportTable"_s, tr("Save table as CS&V…"), QKeySequence(u"Ctrl+E"_s));
    connect(m_export, &QAction::triggered, this, &ClusterMenu::exportRequested);
    present(nullptr, {});
}

QAction *ClusterMenu::add(const QString &name, const QString &text, const QKeySequence &key)
{
    QAction *action = addAction(text);
    action->setObjectName(name);
    action->setShortcut(key);
    return action;
}

QAction *ClusterMenu::addForNodes(const QString &name, const QString &text, bool inCluster,
                                  const std::function<void(Workspace &)> &act)
{
    QAction *action = add(name, text, {});
    connect(action, &QAction::triggered, this, [this, act] {
        if (m_open)
            act(*m_open);
    });
    m_nodes.append({action, inCluster});
    return action;
}

QAction *ClusterMenu::addForRules(const QString &name, const QString &text,
                                  const std::function<void(Workspace &)> &act)
{
    QAction *action = add(name, text, {});
    connect(action, &QAction::triggered, this, [this, act] {
        if (m_open)
            act(*m_open);
    });
    m_rules << action;
    return action;
}

void ClusterMenu::present(Workspace *open, const QString &page)
{
    // Ctrl+N makes what the page in sight is about.
    const bool rules = page == u"replication"_s;
    const QKeySequence makes(u"Ctrl+N"_s);
    m_newRule->setShortcut(rules ? makes : QKeySequence());
    m_addNode->setShortcut(rules ? QKeySequence() : makes);
    m_open = open;
    for (QAction *action : std::as_const(m_pages))
        action->setEnabled(open != nullptr);
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
    const QString noRules = open ? open->replicationActions().refusal() : tr("Open a cluster first.");
    for (QAction *action : std::as_const(m_rules)) {
        action->setEnabled(noRules.isEmpty());
        action->setToolTip(noRules);
    }
}

}  // namespace maxiofs::pages
