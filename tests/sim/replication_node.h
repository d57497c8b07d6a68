// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cluster/rules/replica_receiver.h"
#include "cluster/rules/rule_sender.h"
#include "replica_store.h"

namespace maxiofs::sim {

class ReplicationModel;

// A member as far as objects go: the machines of replication over its disk. That buckets change hands is told
// by messages of the rules alone.
class ReplicationNode final : public Program,
                              public cluster::rules::ReplicationWorld,
                              public cluster::rules::ReceiverWorld {
public:
    using Rule = cluster::rules::ReplicationRule;
    using Header = cluster::rules::BatchHeader;
    template <typename T>
    using Done = cluster::rules::ReplicationWorld::Done<T>;

    ReplicationNode(ReplicationModel &model, Simulator &simulator, std::size_t node, World &world);
    /// Once it can be reached by the simulator.
    void begin();

    [[nodiscard]] Caller caller() const override { return {}; }
    void handle(const Caller &from, Request request, Reply reply) override;

    /// What travels in a batch.
    struct Parcel {
        Header header;
        struct Item {
            cluster::rules::BatchEntry entry;
            ObjectState state;
        };
        std::vector<Item> items;
    };
    void onBatch(const std::shared_ptr<const Parcel> &parcel, Said reply);
    void onManifest(const Header &header, const std::optional<VersionName> &after, std::size_t most,
                    Said reply);

    /// Tells the bucket's rules that it has changed.
    void changed(const BucketId &bucket);
    [[nodiscard]] bool owns(const BucketId &bucket) const;
    /// Takes a location that is newer than the known one.
    void setLocation(const BucketId &bucket, const records::Location &location);
    void handOver(const BucketId &bucket);
    [[nodiscard]] std::vector<cluster::rules::RuleSender *> sendersOf(const BucketId &bucket) const;

    // --- ReplicationWorld
    [[nodiscard]] std::int64_t wallMs() const override { return m_world.wallMs(); }
    [[nodiscard]] std::int64_t steadyMs() const override { return m_world.steadyMs(); }
    TimerId after(std::int64_t delayMs, std::move_only_function<void()> call) override
    {
        return m_world.after(delayMs, std::move(call));
    }
    void cancel(TimerId timer) override { m_world.cancel(timer); }
    void openFeed(const Rule &rule, Done<cluster::rules::OpenedFeed> done) override;
    void readFeed(const Rule &rule, std::uint64_t after, std::size_t most,
                  Done<cluster::rules::FeedPage> done) override;
    void acknowledge(const Rule &rule, std::uint64_t position) override;
    void readManifest(const Rule &rule, const std::optional<VersionName> &after, std::size_t most,
                      Done<cluster::rules::ManifestPage> done) override;
    [[nodiscard]] cluster::rules::FeedLag lag(const Rule &rule) const override;
    void sendBatch(const Rule &rule, cluster::rules::Batch batch,
                   Done<cluster::rules::BatchAnswer> done) override;
    void readTheirs(const Rule &rule, const Header &header, const std::optional<VersionName> &after,
                    std::size_t most, Done<cluster::rules::TheirManifest> done) override;
    void loadProgress(const Rule &rule, Done<RuleProgress> done) override;
    void saveProgress(const Rule &rule, const RuleProgress &progress, Finished done) override;
    void loadQueue(const Rule &rule, Done<std::vector<FailingObject>> done) override;
    void keepInQueue(const Rule &rule, std::vector<FailingObject> objects, Finished done) override;
    void dropFromQueue(const Rule &rule, std::vector<VersionName> names) override;
    void tell(const Rule & /*rule*/, cluster::rules::RuleEvent /*event*/,
              const std::string & /*text*/) override
    {
    }
    void superseded(const Rule &rule, const records::Location &location) override;

    // --- ReceiverWorld
    [[nodiscard]] records::Location location(const BucketId &bucket) const override;
    void learn(const BucketId &bucket, const records::Location &location) override;
    [[nodiscard]] std::string whyNotReady(const Header &header) const override;
    void note(const Header &header) override;

private:
    void startRules(const BucketId &bucket);
    void send(const Rule &rule, cluster::rules::Batch batch, Done<cluster::rules::BatchAnswer> done);
    [[nodiscard]] cluster::rules::EntryAnswer apply(const Header &header, const Parcel::Item &item);
    /// As a store or disk that answers a moment later.
    template <typename Answer>
    void soon(Answer answer)
    {
        m_world.after(1, std::move(answer));
    }

    ReplicationModel &m_model;
    Simulator &m_simulator;
    const std::size_t m_node;
    World &m_world;
    ReplicaDisk &m_disk;

public:
    ReplicaStore store;

private:
    cluster::rules::ReplicaReceiver m_receiver;
    std::map<Id128, std::unique_ptr<cluster::rules::RuleSender>> m_senders;  // last: they use all else
};

}  // namespace maxiofs::sim
