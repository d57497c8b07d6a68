// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/mutex.h"
#include "cluster/link/internal_handlers.h"
#include "cluster/peer_calls.h"
#include "cluster/replica_reads.h"
#include "net/blocking_pool.h"
#include "net/io_threads.h"
#include "records/buckets.h"
#include "records/replication_rules.h"

#include <atomic>
#include <map>
#include <set>

namespace maxiofs::cluster::replication {

// How fresh the full replicas are. This node asks the owners of its own ones each second when they last had
// everything, and remembers it across restarts to within a minute: what an owner that is gone may have had
// beyond that nobody can tell. Of other nodes' replicas it asks those nodes when reads need one. Any thread.
class ReplicaFreshness final : public ReplicaReads {
public:
    static constexpr std::string_view kLagsRoute = "rule-lags";             // owners are asked
    static constexpr std::string_view kStandingRoute = "replica-standing";  // nodes with replicas
    static constexpr std::chrono::milliseconds kLagsLimit{1000};
    static constexpr std::chrono::milliseconds kStandingLimit{500};
    static constexpr std::size_t kMostAsked = 1000;  // rules in one question
    static constexpr std::int64_t kEqualMs = 2000;   // the answers are older: less makes no replica fresher
    static constexpr std::int64_t kChosenMs = 1000;  // an order is good for so long
    static constexpr std::size_t kMostChosen = 10'000;  // buckets
    static constexpr std::int64_t kNoteMs = 60'000;     // between what is written down

    /// How long ago the destinations of rules that are sent from here had everything, of those that did; by
    /// the rule's id. Only rules to that node count. May wait.
    using Lags = std::map<std::string, std::int64_t>;
    using LagsTo = std::function<Lags(const NodeId &destination, const std::vector<std::string> &rules)>;

    struct Needs {
        records::Records &records;
        records::Buckets &buckets;
        records::ReplicationRules &rules;
        PeerCalls &calls;
        net::IoThreads &threads;
        net::BlockingPool &pool;
        const Clock &clock;
        std::function<bool(const NodeId &)> isSilent;  // asking it makes no sense now
        LagsTo lagsTo;
    };
    explicit ReplicaFreshness(Needs needs) : m_needs(std::move(needs)) {}

    /// Registers who answers the others. Before the node serves.
    void addHandlers(link::InternalHandlers &handlers);
    /// Reads what was written down. Once, before the node serves.
    [[nodiscard]] Status load();
    /// Each second: asks on the pool, unless the last time is still under way.
    void tick();
    /// What tick() does there.
    void askOwners();
    /// Writes down what is known by now.
    void keep();

    [[nodiscard]] std::optional<std::chrono::milliseconds> replicaLag(const BucketId &bucket) const override;
    void freshest(const BucketId &bucket, std::move_only_function<void(std::vector<NodeId>)> done) override;

private:
    using Done = std::move_only_function<void(std::vector<NodeId>)>;
    struct Standing {
        NodeId node;
        std::int64_t lagMs = 0;
    };
    struct Chosen {
        std::vector<NodeId> nodes;
        std::int64_t untilMs = 0;  // steady
    };
    class Choosing;

    [[nodiscard]] std::vector<NodeId> fullReplicas(const BucketId &bucket) const;
    [[nodiscard]] std::vector<NodeId> inOrder(std::vector<Standing> standings) const;
    [[nodiscard]] std::optional<std::vector<NodeId>> chosenFor(const BucketId &bucket) const;
    void ask(const BucketId &bucket, const std::vector<NodeId> &nodes);
    void chosen(const BucketId &bucket, std::vector<Standing> standings);
    void learn(const std::map<std::string, std::int64_t> &asOfMs);
    net::Awaitable<Result<QJsonObject>> answerLags(link::InternalCall call) const;
    net::Awaitable<Result<QJsonObject>> answerStanding(link::InternalCall call) const;

    const Needs m_needs;
    std::atomic<bool> m_isAsking{false};

    mutable base::Mutex m_mutex;
    std::map<std::string, std::int64_t> m_asOfMs GUARDED_BY(m_mutex);  // steady; by the rule's id
    std::map<std::string, std::int64_t> m_written GUARDED_BY(m_mutex);
    std::int64_t m_writtenMs GUARDED_BY(m_mutex) = 0;  // steady
    bool m_hasNew GUARDED_BY(m_mutex) = false;         // of which nothing was written yet
    std::map<BucketId, Chosen> m_chosen GUARDED_BY(m_mutex);
    std::map<BucketId, std::vector<Done>> m_waiting GUARDED_BY(m_mutex);  // for an order that is being found
};

}  // namespace maxiofs::cluster::replication
