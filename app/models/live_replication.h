// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/lag_history.h"
#include "models/live_cluster.h"
#include "models/queue_model.h"
#include "models/replication_model.h"

namespace maxiofs::models {

// The live picture of a cluster's replication: all rules, and the queue of the one that is looked at. Fetched
// after signing in, then by polling, with growing pauses while it fails, and sooner where an event tells of a
// rule. While the connection is lost the last picture stays and is marked stale. GUI thread.
class LiveReplication : public QObject {
    Q_OBJECT
public:
    static constexpr std::chrono::milliseconds kPoll{5'000};
    static constexpr std::chrono::milliseconds kLongestPoll{60'000};
    static constexpr std::size_t kMostRules = 10'000;
    static constexpr int kQueueShown = 200;

    /// `cluster` must outlive it.
    explicit LiveReplication(LiveCluster &cluster, QObject *parent = nullptr);

    [[nodiscard]] LiveCluster &cluster() const { return m_cluster; }
    [[nodiscard]] ReplicationModel &rules() { return m_rules; }
    [[nodiscard]] QueueModel &queue() { return m_queue; }
    [[nodiscard]] LagHistory &history() { return m_history; }
    /// True once the rules were fetched.
    [[nodiscard]] bool hasRules() const { return m_updatedMs > 0; }
    /// True where the cluster has more rules than are listed.
    [[nodiscard]] bool isCut() const { return m_cut; }
    /// When the rules were last fetched, Unix milliseconds; 0: never.
    [[nodiscard]] std::int64_t updatedMs() const { return m_updatedMs; }
    /// When the answer that is awaited was asked for; 0: none is.
    [[nodiscard]] std::int64_t askedMs() const { return m_askedMs; }
    /// Why the last request failed though the connection stands; empty: it did not.
    [[nodiscard]] const std::optional<core::Problem> &problem() const { return m_problem; }
    /// Nodes whose rules may be missing or old, as the answer told.
    [[nodiscard]] const QStringList &missing() const { return m_missing; }
    /// The rule whose queue is shown; empty: none.
    [[nodiscard]] const QString &watched() const { return m_watched; }
    [[nodiscard]] bool queueCut() const { return m_queueCut; }
    [[nodiscard]] bool hasQueue() const { return m_hasQueue; }
    [[nodiscard]] const std::optional<core::Problem> &queueProblem() const { return m_queueProblem; }

    /// How long the pause to the next fetch is: longer each time that one fails.
    [[nodiscard]] std::chrono::milliseconds pause() const { return m_pause; }

    void watch(const QString &rule);
    /// Fetches everything now.
    void refresh();

Q_SIGNALS:
    void rulesChanged();
    void queueChanged();

private:
    void onStateChanged();
    void fetchRules();
    void fetchRulesAfter(const std::string &after);
    void fetchQueue();
    void takeRules();
    void fail(const core::Problem &problem);
    void plan(std::chrono::milliseconds pause);
    [[nodiscard]] bool isConnected() const { return m_cluster.connection().isConnected(); }

    LiveCluster &m_cluster;
    ReplicationModel m_rules;
    QueueModel m_queue;
    LagHistory m_history;
    std::vector<protocol::ReplicationRule> m_collected;
    QStringList m_missing;
    QStringList m_collectedMissing;
    std::optional<core::Problem> m_problem;
    std::optional<core::Problem> m_queueProblem;
    QString m_watched;
    QTimer m_poll;
    QTimer m_soon;
    std::chrono::milliseconds m_pause = kPoll;
    std::int64_t m_updatedMs = 0;
    std::int64_t m_askedMs = 0;
    std::uint64_t m_session = 0;  // answers of an earlier one are late
    bool m_wasConnected = false;
    bool m_rulesUnderWay = false;
    bool m_queueUnderWay = false;
    bool m_hasQueue = false;
    bool m_queueCut = false;
    bool m_cut = false;
};

}  // namespace maxiofs::models
