// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cluster/node_cluster.h"
#include "cluster/replication.h"
#include "cluster/replication/healer.h"
#include "cluster/replication/replica_freshness.h"
#include "cluster/replication/replica_service.h"
#include "cluster/replication/source_rules.h"
#include "cluster/replication/synchronous_store.h"
#include "store/node_store.h"

namespace maxiofs::cluster::replication {

// Replication of this node: sends by the rules whose source bucket it owns and takes what other nodes send.
// Its machines run on one thread, what blocks on pools of its own. Any thread, as Replication says.
class ReplicationEngine final : public Replication {
public:
    static constexpr std::size_t kWorkers = 5;  // batches under way at once, to begin with
    static constexpr std::int64_t kTickMs = 1000;
    static constexpr std::int64_t kNotesEvery = 10;  // ticks between what is written down of the rules

    struct Needs {
        store::NodeStore &store;
        records::Records &records;
        records::Buckets &buckets;
        records::ReplicationRules &rules;
        identity::Directory &identities;
        NodeCluster &cluster;
        net::IoThreads &threads;
        const Clock &clock;
        ClientGates *gates = nullptr;  // with `ownership`; without both buckets never change their owners
        BucketKeeper *ownership = nullptr;
        /// A damaged object was replaced by that of another node.
        std::function<void(const BucketId &bucket, const NodeId &from)> whenHealed = {};
    };
    explicit ReplicationEngine(Needs needs);
    ~ReplicationEngine() override;  // stops

    /// Registers who answers the other nodes, and follows the rules' records. Before the node serves.
    void addTo(link::InternalHandlers &handlers);
    /// Makes the replicas here known to the store. Once all buckets of its own are, before others are
    /// answered.
    [[nodiscard]] Status takeReplicas();
    /// Begins to send.
    void start();
    /// Ends sending; the calls to others have ended before, or end by themselves.
    void stop();
    void setWorkers(std::size_t count) { m_workers.setCount(count); }
    /// Makes known to the store what is taken of a bucket that another node owns.
    void followReplica(const BucketId &bucket) { m_replicas.follow(bucket); }
    /// As SourceRules::tellProgress().
    void tellProgress(const BucketId &bucket)
    {
        m_thread.post([this, bucket] { m_rules.tellProgress(bucket); });
    }
    /// A bucket's record changed, here or elsewhere; after the store was told of it as of one of clients.
    void bucketChanged(const BucketId &bucket);

    /// The store for clients: answers changes when the destinations of synchronous rules have them too.
    [[nodiscard]] store::ObjectStore &clientStore() { return m_clientStore; }
    [[nodiscard]] ReplicaReads &replicaReads() { return m_freshness; }

    [[nodiscard]] std::map<std::string, protocol::ReplicationState> states() const override;
    [[nodiscard]] std::optional<protocol::ReplicationState> state(const std::string &ruleId) const override;
    [[nodiscard]] Result<protocol::Page<protocol::ReplicationQueueEntry>>
    queue(const std::string &ruleId, std::optional<protocol::ReplicationQueueStatus> status,
          const std::string &after, std::size_t limit) const override;
    [[nodiscard]] Status syncNow(const std::string &ruleId) override;
    [[nodiscard]] Result<protocol::ReplicationVerification> verify(const std::string &ruleId) override;
    [[nodiscard]] Result<protocol::ReplicationVerification>
    verification(const std::string &ruleId) const override;
    [[nodiscard]] Totals totals() const override;

private:
    void follow();
    void tick();
    void keepNotes();
    void followLater();
    [[nodiscard]] bool isSynchronous(const BucketId &bucket) const;
    void waitFor(const BucketId &bucket, std::uint64_t position, SynchronousStore::Waited waited);
    [[nodiscard]] ReplicaFreshness::Lags lagsTo(const NodeId &destination,
                                                const std::vector<std::string> &rules) const;
    [[nodiscard]] std::optional<std::int64_t> lagOf(const SourceRules::Entry &entry) const;
    /// Runs on the machines' thread with the rule: NotFound where it is not sent from here.
    template <typename T>
    [[nodiscard]] Result<T> withRule(const std::string &ruleId,
                                     std::function<Result<T>(SourceRules::Entry &)> call) const;

    const Needs m_needs;
    SynchronousStore m_clientStore;
    std::atomic<bool> m_hasSynchronous{false};
    mutable base::Mutex m_synchronousMutex;
    std::set<BucketId> m_synchronous GUARDED_BY(m_synchronousMutex);  // buckets with synchronous rules
    net::BlockingPool m_pool;
    net::BlockingPool m_keeper;
    mutable MachineThread m_thread;
    SendWorkers m_workers;
    VersionFetcher m_fetcher;
    StateApplier m_applier;
    VersionGiver m_giver;
    BatchSender m_sender;
    ReplicaBuckets m_replicas;
    ReplicaService m_service;
    ReplicaFreshness m_freshness;
    mutable records::ReplicationQueue m_queue;
    SourceWorld m_world;
    mutable SourceRules m_rules;  // of the machines' thread
    const HealSources m_healSources;
    Healer m_healer;
    std::int64_t m_ticks = 0;  // the same
    bool m_isSending = false;  // the same
    std::atomic<bool> m_mustFollow{false};
    bool m_stopped = false;
    records::Records::Listening m_listening;  // last: ends first
};

}  // namespace maxiofs::cluster::replication
