// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/live_cluster.h"
#include "models/live_conflicts.h"
#include "models/live_replication.h"
#include "pages/buckets_page.h"
#include "pages/failover_actions.h"
#include "pages/node_actions.h"
#include "pages/nodes_page.h"
#include "pages/overview_controller.h"
#include "pages/overview_page.h"
#include "pages/replication_actions.h"
#include "pages/replication_page.h"
#include "pages/services.h"

#include <QObject>

#include <memory>

namespace maxiofs::pages {

// One cluster that is open in the window: its connection, its live picture and its pages. The pages belong to
// the window's stack, which must outlive it.
class Workspace : public QObject {
    Q_OBJECT
public:
    /// A profile that is not `saved` is forgotten with the window.
    Workspace(const core::Profile &profile, bool saved, const Services &services, QObject *parent = nullptr);
    ~Workspace() override;

    [[nodiscard]] const core::Profile &profile() const { return m_connection.profile(); }
    [[nodiscard]] bool isSaved() const { return m_saved; }
    [[nodiscard]] api::Connection &connection() { return m_connection; }
    [[nodiscard]] models::LiveCluster &cluster() { return m_cluster; }
    /// The page with this key; the overview where there is none.
    [[nodiscard]] QWidget *page(const QString &key) const;
    [[nodiscard]] OverviewPage *overview() const { return m_overview.get(); }
    [[nodiscard]] NodesPage *nodes() const { return m_nodes.get(); }
    [[nodiscard]] NodeActions &nodeActions() { return m_nodeActions; }
    [[nodiscard]] BucketsPage *buckets() const { return m_buckets.get(); }
    [[nodiscard]] models::LiveReplication &replication() { return m_replication; }
    [[nodiscard]] ReplicationActions &replicationActions() { return m_replicationActions; }
    [[nodiscard]] models::LiveConflicts &conflicts() { return m_conflicts; }
    [[nodiscard]] FailoverActions &failoverActions() { return m_failoverActions; }
    /// All of its pages, for the window's stack.
    [[nodiscard]] QList<QWidget *> pages() const;

Q_SIGNALS:
    /// Something that the sidebar, the list of connections or the status bar shows has changed.
    void changed();
    void decisionRequested();

private:
    void rememberSize();

    bool m_saved;
    core::Settings &m_settings;
    api::Connection m_connection;
    models::LiveCluster m_cluster;
    models::LiveReplication m_replication;
    models::LiveConflicts m_conflicts;
    NodeActions m_nodeActions;
    ReplicationActions m_replicationActions;
    FailoverActions m_failoverActions;
    std::unique_ptr<OverviewPage> m_overview;
    std::unique_ptr<NodesPage> m_nodes;
    std::unique_ptr<BucketsPage> m_buckets;
    std::unique_ptr<ReplicationPage> m_replicationPage;
    OverviewController m_overviewController;
};

}  // namespace maxiofs::pages
