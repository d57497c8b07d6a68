// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "explore.h"
#include "replication_node.h"

#include <set>

namespace maxiofs::sim {

// Clients change the objects of a bucket at its owner while replicas or copies on other nodes follow.
// Promised: nothing acknowledged vanishes, nothing deleted revives, a write that a synchronous rule confirmed
// is on both, the cursor passes only what is there or in the queue; in the end all have the same.
class ReplicationModel final : public Model {
public:
    enum What : unsigned {
        Put,
        PutVersion,
        Remove,
        Metadata,
        Pause,
        Resume,
        SyncNow,
        Trim,
        Rebuild,
        Flush,
        Damage,
        Mend,
        Rot,
        TakeOver,
        Whats
    };
    struct Setup {
        bool copies = false;  // two buckets with rules in opposite directions; else one with replicas
        std::int64_t intervalMs = 10'000;
        cluster::rules::ReplicationRule::Policy policy = cluster::rules::ReplicationRule::Policy::Fail;
        std::size_t page = 3;
    };

    ReplicationModel(const History &history, const ReplicationRules &rules, Setup setup);

    [[nodiscard]] std::unique_ptr<Program> start(Simulator &simulator, std::size_t node,
                                                 World &world) override;
    void act(Simulator &simulator, const Step &step) override;
    void healed(Simulator &simulator) override;
    [[nodiscard]] std::int64_t healMs() const override { return 180'000; }
    [[nodiscard]] std::optional<std::string> check(Simulator &simulator) override;
    [[nodiscard]] std::string describe(const Step &step) const override;

    // --- For nodes
    [[nodiscard]] const ReplicationRules &rules() const { return m_rules; }
    [[nodiscard]] const Setup &setup() const { return m_setup; }
    [[nodiscard]] ReplicaDisk &disk(std::size_t node) { return m_disks[node]; }
    [[nodiscard]] const NodeId &id(std::size_t node) const { return m_ids[node]; }
    [[nodiscard]] std::size_t indexOf(const NodeId &id) const;
    [[nodiscard]] std::vector<cluster::rules::ReplicationRule> rulesOf(const BucketId &bucket,
                                                                       std::size_t owner) const;
    [[nodiscard]] bool isDamaged(std::size_t node, const VersionName &name) const
    {
        return m_damaged.contains({node, name});
    }
    [[nodiscard]] static ReplicationNode *nodeOf(const Simulator &simulator, std::size_t node);
    /// The bucket in which a client made the state.
    [[nodiscard]] std::optional<BucketId> birthplace(const ManifestEntry &state) const;
    void mustHavePassed(Simulator &simulator, std::size_t node, const cluster::rules::ReplicationRule &rule,
                        std::uint64_t position);
    /// The receiver is said to have all up to `complete`.
    void mustBeComplete(Simulator &simulator, std::size_t node, const cluster::rules::BatchHeader &header);

private:
    // A change that a client asked for. Whether it was made is known when it is acknowledged.
    struct Change {
        BucketId bucket;
        std::size_t node = 0;
        std::int64_t begunMs = 0;
        std::uint64_t position = 0;
        ManifestEntry state;
        bool acknowledged = false;
    };
    using ChangePtr = std::shared_ptr<Change>;

    void change(Simulator &simulator, const Step &step, const BucketId &bucket);
    void commit(Simulator &simulator, std::size_t node, const BucketId &bucket, ObjectState state,
                cluster::rules::FeedEntry::Change what);
    void confirmed(Simulator &simulator, const Change &change, const cluster::rules::RuleSender &sender);
    void takeOver(Simulator &simulator, std::size_t node);
    void verifyAll(Simulator &simulator, std::size_t node);
    /// Whether a client's removal may be why there is no trace of it.
    [[nodiscard]] bool wasRemoved(const ManifestEntry &state) const;
    [[nodiscard]] bool has(std::size_t node, const BucketId &bucket, const ManifestEntry &state) const;
    [[nodiscard]] std::optional<std::string> checkSame(std::size_t node, const BucketId &bucket,
                                                       std::size_t other, const BucketId &otherBucket) const;
    [[nodiscard]] std::optional<std::string> checkKept(std::size_t owner) const;
    [[nodiscard]] std::size_t ownerOf(const BucketId &bucket) const;

    const ReplicationRules &m_rules;
    const Setup m_setup;
    std::vector<NodeId> m_ids;
    std::vector<ReplicaDisk> m_disks;
    std::vector<BucketId> m_buckets;
    std::set<std::pair<std::size_t, VersionName>> m_damaged;
    std::vector<ChangePtr> m_changes;
    std::map<std::size_t, std::int64_t> m_tookOverMs;
};

[[nodiscard]] Scenario replicasScenario(const ReplicationRules &rules);
[[nodiscard]] Scenario synchronousScenario(const ReplicationRules &rules);
[[nodiscard]] Scenario copiesScenario(const ReplicationRules &rules);

}  // namespace maxiofs::sim
