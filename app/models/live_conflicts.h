// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/conflicts_model.h"
#include "models/live_cluster.h"

namespace maxiofs::models {

// The live list of a cluster's conflicts. Fetched after signing in, then by polling, which is seldom, with
// growing pauses while it fails, and sooner where an event tells of a takeover. While the connection is lost
// the last list stays and is marked stale. GUI thread.
class LiveConflicts : public QObject {
    Q_OBJECT
public:
    static constexpr std::chrono::milliseconds kPoll{30'000};
    static constexpr std::chrono::milliseconds kLongestPoll{240'000};
    static constexpr std::size_t kMost = 10'000;

    /// `cluster` must outlive it.
    explicit LiveConflicts(LiveCluster &cluster, QObject *parent = nullptr);

    [[nodiscard]] LiveCluster &cluster() const { return m_cluster; }
    [[nodiscard]] ConflictsModel &conflicts() { return m_conflicts; }
    /// True once they were fetched.
    [[nodiscard]] bool isKnown() const { return m_updatedMs > 0; }
    /// True where there are more than are listed.
    [[nodiscard]] bool isCut() const { return m_cut; }
    [[nodiscard]] std::int64_t updatedMs() const { return m_updatedMs; }
    /// Why the last request failed though the connection stands; empty: it did not.
    [[nodiscard]] const std::optional<core::Problem> &problem() const { return m_problem; }
    /// Nodes whose conflicts are not in the list, as the answer told.
    [[nodiscard]] const QStringList &missing() const { return m_missing; }

    void refresh();

Q_SIGNALS:
    void conflictsChanged();

private:
    void onStateChanged();
    void fetchAfter(const std::string &after);
    void take();
    void fail(const core::Problem &problem);

    LiveCluster &m_cluster;
    ConflictsModel m_conflicts;
    std::vector<protocol::Conflict> m_collected;
    QStringList m_missing;
    QStringList m_collectedMissing;
    std::optional<core::Problem> m_problem;
    QTimer m_poll;
    QTimer m_soon;
    std::chrono::milliseconds m_pause = kPoll;
    std::int64_t m_updatedMs = 0;
    std::uint64_t m_session = 0;  // answers of an earlier one are late
    bool m_wasConnected = false;
    bool m_underWay = false;
    bool m_again = false;  // something changed while an answer was awaited
    bool m_cut = false;
};

}  // namespace maxiofs::models
