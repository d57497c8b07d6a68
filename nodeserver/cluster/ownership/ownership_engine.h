// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cluster/bucket_keeper.h"
#include "cluster/ownership/ownership_world.h"
#include "cluster/ownership/progress_teller.h"
#include "cluster/rules/takeover.h"

#include <list>

namespace maxiofs::cluster::ownership {

// Who owns which bucket, at this node: the machine of takeovers on a thread of its own, with what answers
// other nodes and the node itself. Any thread, as Ownership and BucketKeeper say.
class OwnershipEngine final : public Ownership, public BucketKeeper {
public:
    static constexpr std::int64_t kKeepMs = 1000;  // between two writings of what was received

    struct Needs {
        store::NodeStore &store;
        records::Records &records;
        records::Buckets &buckets;
        records::ReplicationRules &rules;
        records::ClusterNodes &nodes;
        NodeCluster &cluster;
        ClientGates &gates;
        net::IoThreads &threads;
        const Clock &clock;
        std::function<void(const BucketId &)> followReplica;  // tells the store what it takes of a bucket
        std::function<void(const BucketId &)> tellProgress;   // destinations learn soon how far they are
        std::function<bool(const BucketId &)> isAutomatic;    // whether its replicas take over by themselves
    };
    [[nodiscard]] static Result<std::unique_ptr<OwnershipEngine>> make(Needs needs);
    ~OwnershipEngine() override;  // stops

    /// Registers who answers the other nodes, and follows the records. Before the node serves.
    void addTo(link::InternalHandlers &handlers);
    /// Serves or fences every bucket. Once the store knows them all, before others are answered.
    void start();
    void stop();
    /// A bucket's record, its rules or its policy changed, here or elsewhere.
    void bucketChanged(const BucketId &bucket);
    /// The policy of the cluster changed.
    void policyChanged();
    /// Whether a replica may take the bucket over by itself while its owner is away. Any thread.
    [[nodiscard]] bool mayMove(const BucketId &bucket) const;
    /// Gives every bucket away that has a full replica that can be reached: how many. Waits, at most so long.
    std::size_t giveAway(std::chrono::milliseconds limit);

    // Ownership
    [[nodiscard]] Role roleOf(const BucketId &bucket) const override;
    [[nodiscard]] Result<records::Epoch> promote(const BucketId &bucket, const NodeId &target,
                                                 bool force) override;
    [[nodiscard]] std::vector<NodeId> awaited(const BucketId &bucket) const override;
    [[nodiscard]] bool isDegraded(const BucketId &bucket, const Id128 &rule) const override;
    [[nodiscard]] std::shared_ptr<void> whenChanged(Listener listener) override;
    [[nodiscard]] Totals totals() const override;

    // BucketKeeper
    void admit(const BucketId &bucket, const records::Epoch &epoch, Admitted done) override;
    void checkDeletion(const BucketId &bucket, Admitted done) override;
    void caughtUp(const BucketId &bucket, const Id128 &rule) override;
    void completed(const BucketId &bucket, const NodeId &destination, const records::Epoch &epoch,
                   std::uint64_t position) override;
    void received(const BucketId &bucket, const records::Epoch &epoch, std::uint64_t position) override;
    [[nodiscard]] bool hasCopy(const BucketId &bucket) const override;

private:
    struct Listeners {
        base::Mutex mutex;
        std::list<Listener> all GUARDED_BY(mutex);
    };

    OwnershipEngine(Needs needs, std::unique_ptr<CopyTable> copies);
    net::Awaitable<Result<std::string>> answer(link::InternalCall call);
    net::Awaitable<Result<std::string>> answerProgress(link::InternalCall call);
    void told(const Event &event);
    void keep();
    void forgetDeleted();

    const Needs m_needs;
    const std::unique_ptr<CopyTable> m_copies;
    net::BlockingPool m_pool;
    mutable MachineThread m_thread;
    HandoverTaker m_taker;
    ProgressTeller m_progress;  // of the thread
    OwnershipWorld m_world;
    mutable rules::Takeover m_takeover;  // of the thread
    const std::shared_ptr<Listeners> m_listeners = std::make_shared<Listeners>();
    mutable base::Mutex m_totalsMutex;
    Totals m_totals GUARDED_BY(m_totalsMutex);
    bool m_isStopped = false;
    records::Records::Listening m_listening;  // last: ends first
};

}  // namespace maxiofs::cluster::ownership
