// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cluster/rules/world.h"
#include "protocol/cluster.h"

#include <map>
#include <memory>

namespace maxiofs::cluster::rules {

using protocol::HealthStatus;

// What this node has seen of another. Observed here, never synced.
struct Observation {
    NodeId id;
    HealthStatus status = HealthStatus::Unknown;
    std::string reason;  // in words; empty when healthy
    std::int64_t latencyMs = 0;
    double latencyMicros = 0;                      // of the last beat's round trip
    std::optional<std::int64_t> lastCheckWallMs;   // of the last probe
    std::optional<std::int64_t> lastSeenWallMs;    // of the last answer
    std::optional<std::int64_t> lastSeenSteadyMs;  //
    std::int64_t clockSkewMs = 0;                  // its clock less ours
    std::optional<ProbeAnswer> probe;              // the last one
    std::optional<BeatAnswer> beat;                // the last one, also out of a probe
};

/// "7 s", "2 min 4 s", "3 h 12 min", "2 d 4 h".
[[nodiscard]] std::string durationInWords(std::int64_t ms);

// Knows how the other members are: a beat every second, a probe of all at once every interval. healthy under
// 1 s; degraded 1 to 5 s, at the first failure, when its clock is off by more than a minute, or when it says
// so itself; unavailable after two failed probes or 5 s without an answer; unknown before the first answer or
// failure. A pause of this node itself is not the others' silence. A machine.
class Health {
public:
    static constexpr std::int64_t kBeatMs = 1000;
    static constexpr std::int64_t kBeatLimitMs = 5000;
    static constexpr std::int64_t kProbeIntervalMs = 30'000;
    static constexpr std::int64_t kProbeLimitMs = 5000;
    static constexpr int kFailedProbes = 2;
    static constexpr std::int64_t kSilenceMs = 5000;
    static constexpr std::int64_t kDegradedMs = 1000;
    static constexpr std::int64_t kDegradedSkewMs = 60'000;
    static constexpr std::int64_t kGiveUpMs = 3000;  // an edge waits no longer on an owner that is silent

    explicit Health(World &world);
    ~Health();
    Health(const Health &) = delete;
    Health &operator=(const Health &) = delete;

    /// Begins with those that are new, forgets those that are gone.
    void setMembers(const std::vector<Peer> &others);
    /// The next probe of all comes after this.
    void setProbeInterval(std::int64_t intervalMs);
    /// How long a probe may take; kProbeLimitMs until then.
    void setProbeLimit(std::int64_t limitMs) { m_probeLimitMs = limitMs; }
    /// Probes all now and calls when all have answered or failed; at once where there are none.
    void probeNow(std::move_only_function<void()> call);
    /// A forwarded request could not reach the node: probes it at once, but not more than once in a beat's
    /// time.
    void forwardFailed(const NodeId &member);

    [[nodiscard]] std::vector<Observation> observations() const;
    [[nodiscard]] std::optional<Observation> find(const NodeId &member) const;
    /// Called after each beat and probe that was answered or failed.
    void whenObserved(std::function<void(const Observation &)> call) { m_watcher = std::move(call); }
    /// Called when a node's status changes, or the cause of it: a silence that goes on is no change.
    void whenChanged(std::function<void(const Observation &before, const Observation &after)> call)
    {
        m_changeWatcher = std::move(call);
    }

private:
    struct Node;

    void tick();
    void probeAll();
    void beat(Node &node);
    void probe(Node &node, std::move_only_function<void()> call);
    void beatAnswered(Node &node, std::int64_t askedMicros, const Result<Answer> &answer);
    void probeAnswered(Node &node, std::int64_t askedMicros, const Result<Answer> &answer);
    void seen(Node &node, std::int64_t askedMicros, const BeatAnswer &answer);
    void judge(Node &node, bool observed);
    [[nodiscard]] Node *find(const NodeId &id, std::uint64_t serial);

    World &m_world;
    std::int64_t m_probeIntervalMs = kProbeIntervalMs;
    std::int64_t m_probeLimitMs = kProbeLimitMs;
    TimerId m_tickTimer = 0;
    std::int64_t m_tickedMs = 0;  // steady
    TimerId m_probeTimer = 0;
    std::map<NodeId, std::unique_ptr<Node>> m_nodes;
    std::uint64_t m_lastSerial = 0;
    std::function<void(const Observation &)> m_watcher;
    std::function<void(const Observation &, const Observation &)> m_changeWatcher;
};

}  // namespace maxiofs::cluster::rules
