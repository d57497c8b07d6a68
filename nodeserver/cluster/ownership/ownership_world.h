// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cluster/client_gates.h"
#include "cluster/machine_thread.h"
#include "cluster/node_cluster.h"
#include "cluster/ownership.h"
#include "cluster/ownership/copy_table.h"
#include "cluster/ownership/handover_taker.h"
#include "cluster/rules/takeover_world.h"
#include "records/replication_rules.h"
#include "store/node_store.h"

namespace maxiofs::cluster::ownership {

// The world of Takeover: this node's records and members, the messages to others, and the store with the
// gates before it. On the machine's thread, as TakeoverWorld says; after that thread has stopped nothing is
// answered any more.
class OwnershipWorld final : public rules::TakeoverWorld, public rules::Members {
public:
    static constexpr std::string_view kRoute = "ownership";
    static constexpr std::int64_t kRefreshMs = 500;  // between two questions for newer records

    struct Needs {
        store::NodeStore &store;
        records::Records &records;
        records::Buckets &buckets;
        records::ReplicationRules &rules;
        records::ClusterNodes &nodes;
        NodeCluster &cluster;
        ClientGates &gates;
        CopyTable &copies;
        HandoverTaker &taker;
        MachineThread &thread;
        net::BlockingPool &pool;
        std::function<void(const BucketId &)> followReplica;  // tells the store what it takes of the bucket
        std::function<void(const BucketId &)> tellProgress;
        std::function<bool(const BucketId &)> isAutomatic;
        std::function<void(Ownership::Event)> tell;
    };
    explicit OwnershipWorld(Needs needs) : m_needs(std::move(needs)) {}

    /// A member has answered or asked.
    void heard(const NodeId &member);

    // --- Members
    [[nodiscard]] NodeId self() const override { return m_needs.records.nodeId(); }
    [[nodiscard]] std::vector<rules::Peer> others() const override;
    [[nodiscard]] bool isHealthy(const NodeId &member) const override;
    [[nodiscard]] std::string clusterId() const override { return m_needs.records.clusterId(); }

    // --- TakeoverWorld
    [[nodiscard]] std::optional<std::int64_t> heardAtMs(const NodeId &member) const override;
    [[nodiscard]] std::int64_t priorityOf(const NodeId &member) const override;
    void ask(const rules::Peer &peer, rules::TakeoverRequest request, std::int64_t limitMs,
             Answered answered) override;
    [[nodiscard]] std::vector<BucketId> buckets() const override;
    [[nodiscard]] std::optional<rules::OwnedBucket> bucket(const BucketId &bucket) const override;
    [[nodiscard]] std::optional<rules::CopyState> copy(const BucketId &bucket) const override;
    [[nodiscard]] Status writeCopy(const BucketId &bucket, const rules::CopyState &state) override;
    [[nodiscard]] Status commit(const BucketId &bucket, const records::Location &location,
                                const rules::CopyState &state,
                                const std::vector<std::pair<Id128, NodeId>> &destinations) override;
    [[nodiscard]] Status pointRule(const Id128 &rule, const NodeId &destination) override;
    void refresh(const BucketId &bucket) override;
    [[nodiscard]] std::uint64_t receivedTo(const BucketId &bucket,
                                           const records::Epoch &epoch) const override;
    [[nodiscard]] std::uint64_t feedPosition(const BucketId &bucket) const override;
    void serve(const BucketId &bucket, const records::Epoch &epoch) override;
    void fence(const BucketId &bucket, std::move_only_function<void()> fenced) override;
    void hold(const BucketId &bucket, std::move_only_function<void(std::uint64_t)> held) override;
    void release(const BucketId &bucket) override;
    void page(const BucketId &bucket, const rules::HandedPart &part, const std::string &from,
              std::move_only_function<void(Result<rules::HandedPage>)> done) override;
    void take(rules::HandOver handed, std::uint64_t since,
              std::move_only_function<void(Result<rules::HandOverAnswer>)> done) override;
    void forgetRemovals(const BucketId &bucket, std::int64_t beforeMs,
                        std::move_only_function<void(Result<std::int64_t>)> done) override;

private:
    void setStoreRole(const BucketId &bucket, store::BucketRole role);
    /// Calls on the machine's thread when all that was decided in the store is on the disk.
    void whenSettled(std::move_only_function<void(std::uint64_t)> call);
    void goOn(std::vector<ClientGates::Go> waiting, Status status);
    void tell(Ownership::Event::Kind kind, const BucketId &bucket, const NodeId &node,
              const records::Epoch &epoch) const;

    const Needs m_needs;
    std::map<NodeId, std::int64_t> m_heard;  // steady
    std::set<BucketId> m_served;
    std::int64_t m_refreshedMs = 0;
};

}  // namespace maxiofs::cluster::ownership
