// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cluster/rules/membership.h"
#include "simulator.h"

namespace maxiofs::sim {

// Rules of the membership that a test may break, to show that histories notice.
struct MembershipFlaws {
    bool losesIntent = false;        // an intent is not on the disk before the confirm
    bool forgetsRemoved = false;     // a removal leaves nothing behind
    bool revivesRemoved = false;     // a later edit of a removed node's record undoes the removal
    bool ignoresGeneration = false;  // whatever secrets are handed over are taken
    bool keepsOverlap = false;       // the token from before a removal goes on to verify
    bool keepsCoverage = false;      // secrets claim that no removed node ever knew them
    bool admitsRemoved = false;      // a removed node's requests are answered
    bool keepsNumber = false;        // a number that two members have is not given up
    bool keepsOwners = false;        // a removed node's buckets are not marked unavailable
    bool anyPassword = false;        // whatever password an invitation has is good
    bool anyToken = false;           // whatever token a join has is good
};

// What a simulated node has of its membership on its disk. Buckets are Location records.
struct MembershipDisk {
    NodeId self;
    std::string certificate;
    std::string clusterId;
    std::optional<cluster::rules::ClusterSecrets> secrets;
    std::optional<cluster::rules::JoinIntent> intent;
    bool wasMember = false;
    std::map<records::RecordKey, records::Record> records;
    std::set<NodeId> removedHere;  // by this node under its id; only the checks look at it

    [[nodiscard]] bool isMember() const { return !clusterId.empty(); }
    [[nodiscard]] std::set<NodeId> members() const;
    [[nodiscard]] std::set<NodeId> removed() const;
};

// The membership's and the records' store in memory. Writes like a disk: whole or not at all, with a crash
// before or after each write where the history says so.
class MembershipDiskStore final : public cluster::rules::MembershipStore, public records::RecordStore {
public:
    /// Secrets that a node has on its disk under an id, now; of which node's removal they are, if of any.
    using Learnt = std::function<void(const NodeId &id, const cluster::rules::ClusterSecrets &secrets,
                                      const NodeId &removed)>;
    using Written = std::function<void(const std::vector<records::RecordKey> &keys)>;

    MembershipDiskStore(Simulator &simulator, std::size_t node, MembershipDisk &disk,
                        const MembershipFlaws &flaws, Learnt learnt);
    /// `own`: called for changes that this node made; `merged`: for those that came from others.
    void whenWritten(Written own, Written merged);

    void makeBucket(const std::string &name);
    /// Another name for a member.
    void rename(const NodeId &node, const std::string &name);

    [[nodiscard]] cluster::rules::MemberState state() const override;
    [[nodiscard]] std::vector<records::Record> nodes() const override;
    [[nodiscard]] std::vector<std::string> ownUserNames() const override { return {}; }
    [[nodiscard]] std::vector<std::string> ownBucketNames() const override;
    [[nodiscard]] std::vector<std::string> ownTenantNames() const override { return {}; }
    [[nodiscard]] bool isUserName(std::string_view /*name*/) const override { return false; }
    [[nodiscard]] bool isTenantName(std::string_view /*name*/) const override { return false; }
    [[nodiscard]] bool isBucketName(std::string_view name) const override;
    [[nodiscard]] std::vector<std::string> bucketsOf(const NodeId &node) const override;
    [[nodiscard]] Status found(const std::string &clusterId, const cluster::rules::ClusterSecrets &secrets,
                               const cluster::rules::NodeDescription &self) override;
    [[nodiscard]] Status saveIntent(const std::optional<cluster::rules::JoinIntent> &intent) override;
    [[nodiscard]] Status enter(const cluster::rules::JoinIntent &intent,
                               const cluster::rules::JoinConfirmAnswer &answer) override;
    [[nodiscard]] Status becomeLone() override;
    [[nodiscard]] Status addNode(const cluster::rules::NodeDescription &node, unsigned memberNumber) override;
    [[nodiscard]] Status removeNode(const NodeId &node,
                                    const cluster::rules::ClusterSecrets &secrets) override;
    [[nodiscard]] Status saveSecrets(const cluster::rules::ClusterSecrets &secrets) override;
    [[nodiscard]] Status markOwnersRemoved() override;

    [[nodiscard]] Result<records::Merged> merge(std::vector<records::Record> records) override;
    [[nodiscard]] Result<std::optional<records::Record>> find(records::Kind kind,
                                                              const std::string &id) override;
    [[nodiscard]] records::SlotDigests digests(records::Kind kind) override;
    [[nodiscard]] std::string checksum(std::span<const records::Kind> kinds) override;
    [[nodiscard]] Result<records::RecordPage> page(records::Kind kind, const records::Slots &slots,
                                                   const std::string &after, std::size_t limitBytes) override;
    [[nodiscard]] Result<std::vector<records::Record>>
    oldTombstones(records::Kind kind, std::int64_t beforeMs, std::size_t limit) override;
    [[nodiscard]] Status forget(const std::vector<records::Record> &tombstones) override;

private:
    using Keys = std::vector<records::RecordKey>;

    void change(Keys &keys, records::Kind kind, const std::string &id, QJsonObject body,
                bool deleted = false);
    void moveBucket(Keys &keys, const std::string &name, const NodeId &owner, bool unavailable);
    void markRemoved(Keys &keys);
    void learn(const cluster::rules::ClusterSecrets &secrets, const NodeId &removed = {});
    template <typename Write>
    void write(Write write);

    Simulator &m_simulator;
    const std::size_t m_node;
    MembershipDisk &m_disk;
    const MembershipFlaws &m_flaws;
    const Learnt m_learnt;
    Written m_own;
    Written m_merged;
    std::optional<cluster::rules::JoinIntent> m_lostIntent;  // MembershipFlaws::losesIntent
};

}  // namespace maxiofs::sim
