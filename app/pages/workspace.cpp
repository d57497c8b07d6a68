// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/workspace.h"

#include <QDateTime>

namespace maxiofs::pages {

Workspace::Workspace(const core::Profile &profile, bool saved, const Services &services, QObject *parent)
    : QObject(parent),
      m_saved(saved),
      m_settings(services.settings),
      m_connection(profile),
      m_cluster(m_connection, services.history),
      m_replication(m_cluster),
      m_conflicts(m_cluster),
      m_nodeActions(m_cluster),
      m_replicationActions(m_replication),
      m_failoverActions(m_replication, m_conflicts),
      m_overview(std::make_unique<OverviewPage>(m_nodeActions)),
      m_nodes(std::make_unique<NodesPage>(m_cluster, m_nodeActions, services.settings)),
      m_buckets(std::make_unique<BucketsPage>(m_cluster, m_failoverActions, services.settings)),
      m_replicationPage(std::make_unique<ReplicationPage>(m_replication, m_conflicts, m_replicationActions,
                                                          m_failoverActions, services.settings)),
      m_overviewController(m_cluster, *m_overview, m_nodeActions, services.settings)
{
    connect(&m_connection, &api::Connection::stateChanged, this, [this] {
        rememberSize();
        Q_EMIT changed();
    });
    connect(&m_connection, &api::Connection::countdownChanged, this, &Workspace::changed);
    connect(&m_connection, &api::Connection::profileChanged, this, [this] {
        // A member may be the way back after a restart.
        if (m_saved && m_connection.isConnected())
            m_settings.saveProfile(m_connection.profile());
        Q_EMIT changed();
    });
    connect(&m_connection.events(), &api::EventStream::liveChanged, this, &Workspace::changed);
    connect(&m_cluster, &models::LiveCluster::healthChanged, this, [this] {
        rememberSize();
        Q_EMIT changed();
    });
    connect(&m_cluster, &models::LiveCluster::bucketsChanged, this, &Workspace::changed);
    connect(&m_cluster, &models::LiveCluster::configChanged, this, &Workspace::changed);
    connect(&m_replication, &models::LiveReplication::rulesChanged, this, &Workspace::changed);
    connect(&m_conflicts, &models::LiveConflicts::conflictsChanged, this, &Workspace::changed);
    connect(&m_overviewController, &OverviewController::decisionRequested, this,
            &Workspace::decisionRequested);
    connect(m_nodes.get(), &NodesPage::decisionRequested, this, &Workspace::decisionRequested);
    connect(m_buckets.get(), &BucketsPage::decisionRequested, this, &Workspace::decisionRequested);
    connect(m_replicationPage.get(), &ReplicationPage::decisionRequested, this,
            &Workspace::decisionRequested);
}

Workspace::~Workspace()
{
    m_connection.disconnect(this);
    m_cluster.disconnect(this);
    m_replication.disconnect(this);
    m_conflicts.disconnect(this);
}

QWidget *Workspace::page(const QString &key) const
{
    if (key == QLatin1StringView("nodes"))
        return m_nodes.get();
    if (key == QLatin1StringView("buckets"))
        return m_buckets.get();
    if (key == QLatin1StringView("replication"))
        return m_replicationPage.get();
    return m_overview.get();
}

QList<QWidget *> Workspace::pages() const
{
    return {m_overview.get(), m_nodes.get(), m_buckets.get(), m_replicationPage.get()};
}

void Workspace::rememberSize()
{
    if (!m_saved || !m_connection.isConnected())
        return;
    constexpr std::int64_t kMinuteMs = 60'000;
    core::Profile profile = m_connection.profile();
    profile.lastUsedMs = QDateTime::currentMSecsSinceEpoch() / kMinuteMs * kMinuteMs;
    if (const auto &health = m_cluster.health()) {
        profile.lastNodeCount = health->totalNodes;
        profile.lastUsedBytes = 0;
        for (const models::NodeRow &row : m_cluster.nodes().rows())
            profile.lastUsedBytes += row.node.capacityUsed;
    }
    if (profile == m_connection.profile())
        return;
    m_connection.setProfile(profile);
    m_settings.saveProfile(profile);
}

}  // namespace maxiofs::pages
