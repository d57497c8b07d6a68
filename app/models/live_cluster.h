// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "api/connection.h"
#include "history/latency_history.h"
#include "models/attention_model.h"
#include "models/buckets_model.h"
#include "models/events_model.h"
#include "models/nodes_model.h"
#include "models/rate_window.h"

#include <QObject>
#include <QSet>
#include <QTimer>

namespace maxiofs::models {

// The live picture of one cluster: fetches what its pages show, at once after signing in, then by polling,
// and sooner where an event says that something changed. While the connection is lost the last picture stays
// and is marked stale. GUI thread.
class LiveCluster : public QObject {
    Q_OBJECT
public:
    static constexpr std::chrono::milliseconds kFastPoll{2'000};   // health and latency
    static constexpr std::chrono::milliseconds kSlowPoll{10'000};  // nodes, buckets
    static constexpr std::size_t kMostBuckets = 10'000;

    /// Both must outlive it.
    LiveCluster(api::Connection &connection, history::LatencyHistory &history, QObject *parent = nullptr);

    [[nodiscard]] api::Connection &connection() const { return m_connection; }
    [[nodiscard]] history::LatencyHistory &history() const { return m_history; }
    [[nodiscard]] NodesModel &nodes() { return m_nodes; }
    [[nodiscard]] BucketsModel &buckets() { return m_buckets; }
    [[nodiscard]] EventsModel &events() { return m_events; }
    [[nodiscard]] AttentionModel &attention() { return m_attention; }
    [[nodiscard]] const RateWindow &rates() const { return m_rates; }
    [[nodiscard]] const std::optional<protocol::ClusterHealth> &health() const { return m_health; }
    /// The connected node's place in its cluster; empty: not known yet.
    [[nodiscard]] const std::optional<protocol::ClusterConfig> &config() const { return m_config; }
    /// True where the nodes form a cluster; false for a lone node and while nothing is known.
    [[nodiscard]] bool isCluster() const { return m_config && m_config->isClusterEnabled; }
    /// The last request that failed though the connection stands.
    [[nodiscard]] const std::optional<core::Problem> &problem() const { return m_problem; }
    [[nodiscard]] bool hasBuckets() const { return m_hasBuckets; }
    /// True where the cluster has more buckets than are listed.
    [[nodiscard]] bool bucketsCut() const { return m_bucketsCut; }
    /// When health was last fetched, Unix milliseconds; 0: never.
    [[nodiscard]] std::int64_t updatedMs() const { return m_updatedMs; }
    [[nodiscard]] std::int64_t bucketsUpdatedMs() const { return m_bucketsUpdatedMs; }
    /// The certificate that a node shows other nodes, hex with colons; empty: not known.
    [[nodiscard]] QString fingerprintOf(const QString &node) const { return m_fingerprints.value(node); }
    /// The worst state in it, the connection's included.
    [[nodiscard]] theme::Status worst() const;
    /// The worst health of a node as the sidebar shows it; None where all are healthy or nothing is known.
    [[nodiscard]] theme::Status worstNode() const;
    /// The id under which the history keeps this cluster's nodes.
    [[nodiscard]] QString historyKey() const { return m_connection.profile().id; }

    /// Asks the node to check all members now, and fetches everything.
    void checkNow();
    /// Fetches everything now: something was changed.
    void refresh() { fetchAll(); }

Q_SIGNALS:
    void healthChanged();
    void configChanged();
    void bucketsChanged();
    void latencyChanged();
    /// A request failed though the connection stands; empty: the last one went well.
    void problemChanged(const std::optional<core::Problem> &problem);

private:
    void onStateChanged();
    void onEvent(const protocol::Event &event);
    void fetchAll();
    void fetchConfig();
    void fetchHealth();
    void fetchNodes();
    void fetchBuckets();
    void fetchBucketsAfter(const std::string &after);
    void fetchAudit();
    void fetchMembers();
    void takeMembers(const protocol::Page<protocol::System> &systems);
    void fetchLatency();
    void fetchLatencyOf(const QString &node, history::Resolution resolution);
    void takeLatency(const QString &node, history::Resolution resolution,
                     const protocol::HealthHistory &answer);
    void refreshSparklines();
    void setStale(bool stale);
    void report(const core::Problem &problem);
    /// False where such a request is under way already; true begins it.
    [[nodiscard]] bool begin(const QString &what);
    void end(const QString &what) { m_underWay.remove(what); }

    api::Connection &m_connection;
    history::LatencyHistory &m_history;
    NodesModel m_nodes;
    BucketsModel m_buckets;
    EventsModel m_events;
    AttentionModel m_attention;
    RateWindow m_rates;
    std::optional<protocol::ClusterHealth> m_health;
    std::optional<protocol::ClusterConfig> m_config;
    std::vector<protocol::Node> m_nodeList;
    std::vector<protocol::ClusterBucket> m_collected;
    QHash<QString, std::int64_t> m_newestSecond;
    QHash<QString, QString> m_fingerprints;
    QSet<QString> m_coarseFetched;
    QSet<QString> m_underWay;
    std::optional<core::Problem> m_problem;
    QTimer m_fast;
    QTimer m_slow;
    QTimer m_members;
    QTimer m_rollUp;
    QTimer m_soon;
    std::int64_t m_updatedMs = 0;
    std::int64_t m_bucketsUpdatedMs = 0;
    bool m_hasBuckets = false;
    bool m_bucketsCut = false;
    bool m_wasConnected = false;
};

}  // namespace maxiofs::models
