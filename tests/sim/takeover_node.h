// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "simulator.h"
#include "takeover_disk.h"

namespace maxiofs::sim {

class TakeoverModel;

// A member as far as the ownership of buckets goes: the machine over the node's disk, a store and a sender of
// changes in small, beats and records that are passed round.
class TakeoverNode final : public Program,
                           public cluster::rules::Members,
                           public cluster::rules::TakeoverWorld {
public:
    TakeoverNode(TakeoverModel &model, Simulator &simulator, std::size_t node, World &world);

    [[nodiscard]] Caller caller() const override;
    void handle(const Caller &from, Request request, Reply reply) override;

    [[nodiscard]] NodeId self() const override;
    [[nodiscard]] std::vector<Peer> others() const override;
    [[nodiscard]] bool isHealthy(const NodeId &member) const override;
    [[nodiscard]] std::string clusterId() const override { return "simulated"; }

    /// A client of this node writes; passed on to the owner.
    void write(const ClientWrite &write);
    void changeRecords(const std::function<void(TakeoverDisk &)> &change);

    // The node of the machine
    [[nodiscard]] std::optional<std::int64_t> heardAtMs(const NodeId &member) const override;
    [[nodiscard]] std::int64_t priorityOf(const NodeId &) const override { return 100; }
    void ask(const Peer &peer, cluster::rules::TakeoverRequest request, std::int64_t limitMs,
             Answered answered) override;
    [[nodiscard]] std::vector<BucketId> buckets() const override;
    [[nodiscard]] std::optional<cluster::rules::OwnedBucket> bucket(const BucketId &bucket) const override;
    [[nodiscard]] std::optional<cluster::rules::CopyState> copy(const BucketId &bucket) const override;
    [[nodiscard]] Status writeCopy(const BucketId &bucket, const cluster::rules::CopyState &state) override;
    [[nodiscard]] Status commit(const BucketId &bucket, const records::Location &location,
                                const cluster::rules::CopyState &state,
                                const std::vector<std::pair<Id128, NodeId>> &destinations) override;
    [[nodiscard]] Status pointRule(const Id128 &rule, const NodeId &destination) override;
    void refresh(const BucketId &bucket) override;
    [[nodiscard]] std::uint64_t receivedTo(const BucketId &bucket,
                                           const records::Epoch &epoch) const override;
    [[nodiscard]] std::uint64_t feedPosition(const BucketId &) const override { return disk().sequence; }
    void serve(const BucketId &bucket, const records::Epoch &epoch) override;
    void fence(const BucketId &bucket, std::move_only_function<void()> fenced) override;
    void hold(const BucketId &bucket, std::move_only_function<void(std::uint64_t)> held) override;
    void release(const BucketId &bucket) override;
    void page(const BucketId &bucket, const cluster::rules::HandedPart &part, const std::string &from,
              std::move_only_function<void(Result<cluster::rules::HandedPage>)> done) override;
    void take(cluster::rules::HandOver handed, std::uint64_t since,
              std::move_only_function<void(Result<cluster::rules::HandOverAnswer>)> done) override;
    void forgetRemovals(const BucketId &bucket, std::int64_t beforeMs,
                        std::move_only_function<void(Result<std::int64_t>)> done) override;

private:
    using Heard = std::move_only_function<void(Result<TakeoverWord>)>;
    struct Pending {
        std::string key;
        Stamp stamp;
        std::uint64_t sequence = 0;
        records::Epoch epoch;
        std::int64_t untilMs = 0;
        Reply reply;
    };
    struct Sending {  // of one rule
        NodeId to;
        records::Epoch epoch;
        bool isAdmitted = false;
        bool isWhole = false;
        bool isOpen = false;
        std::uint64_t acknowledged = 0;
    };
    struct Served {
        records::Epoch epoch;
        bool isHeld = false;
        std::vector<Pending> pending;
        std::map<Id128, Sending> sendings;
    };

    [[nodiscard]] TakeoverDisk &disk() const;
    [[nodiscard]] const TakeoverFlaws &flaws() const;
    void say(const Peer &to, TakeoverWord word, std::int64_t limitMs, Heard heard);
    [[nodiscard]] Answer answerOf(TakeoverWord word) const;
    void beat();
    void pass();
    [[nodiscard]] RecordsWord ownRecords() const;
    void tellRecords();
    void merge(const RecordsWord &word);
    void mergeLocations(const RecordsWord &word);
    void mergeRules(const RecordsWord &word);
    void keep(const BucketId &bucket, const cluster::rules::CopyState &state);
    [[nodiscard]] std::uint64_t passedBy(const BucketId &bucket) const;
    void decide(const ClientWrite &write, Reply reply);
    void acknowledge(const BucketId &bucket);
    void sendAll();
    void send(const BucketId &bucket, Served &served, const cluster::rules::ReplicaRule &rule);
    void sent(const BucketId &bucket, const Id128 &rule, const Sending &as, std::uint64_t to,
              const Status &taken);
    [[nodiscard]] Status onBatch(const BatchWord &batch);
    [[nodiscard]] bool isAcknowledged(const BucketId &bucket, const Served &served, const Pending &pending,
                                      std::set<NodeId> &durableOn) const;

    TakeoverModel &m_model;
    Simulator &m_simulator;
    const std::size_t m_node;
    World &m_world;
    std::map<NodeId, std::int64_t> m_heard;  // steady
    std::map<BucketId, Served> m_served;
    std::size_t m_passTo = 0;

public:
    cluster::rules::Takeover takeover;
};

}  // namespace maxiofs::sim
