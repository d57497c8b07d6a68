// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cluster/member_memory.h"
#include "records/buckets.h"

#include <set>
#include <unordered_set>

namespace maxiofs::cluster {

// What the membership keeps in auth.db. Each change is one transaction: after a crash it is there as a whole
// or not at all, and all that keep records in memory hear of it. Any thread; writes wait for the disk.
class MemberStore final : public rules::MembershipStore {
public:
    /// Both must outlive it.
    [[nodiscard]] static Result<std::unique_ptr<MemberStore>> load(records::Records &records,
                                                                   const records::Buckets &buckets);

    [[nodiscard]] rules::MemberState state() const override;
    [[nodiscard]] std::vector<records::Record> nodes() const override;
    [[nodiscard]] std::vector<std::string> ownUserNames() const override;
    [[nodiscard]] std::vector<std::string> ownBucketNames() const override;
    [[nodiscard]] std::vector<std::string> ownTenantNames() const override;
    [[nodiscard]] bool isUserName(std::string_view name) const override;
    [[nodiscard]] bool isBucketName(std::string_view name) const override;
    [[nodiscard]] bool isTenantName(std::string_view name) const override;
    [[nodiscard]] std::vector<std::string> bucketsOf(const NodeId &node) const override;

    [[nodiscard]] Status found(const std::string &clusterId, const rules::ClusterSecrets &secrets,
                               const rules::NodeDescription &self) override;
    [[nodiscard]] Status saveIntent(const std::optional<rules::JoinIntent> &intent) override;
    [[nodiscard]] Status enter(const rules::JoinIntent &intent,
                               const rules::JoinConfirmAnswer &answer) override;
    [[nodiscard]] Status becomeLone() override;
    [[nodiscard]] Status addNode(const rules::NodeDescription &node, unsigned memberNumber) override;
    [[nodiscard]] Status removeNode(const NodeId &node, const rules::ClusterSecrets &secrets) override;
    [[nodiscard]] Status saveSecrets(const rules::ClusterSecrets &secrets) override;
    [[nodiscard]] Status markOwnersRemoved() override;

    /// Buckets that are marked unavailable and that this node had under a former id are its own again, under
    /// the next epoch: their number. To be called after a join and when Location records were merged.
    [[nodiscard]] Result<std::size_t> takeBackBuckets();

private:
    MemberStore(records::Records &records, const records::Buckets &buckets);

    [[nodiscard]] std::vector<std::string> ownNames(records::Kind kind) const;
    using Wanted = std::function<bool(const records::Location &)>;
    [[nodiscard]] Status write(const records::Records::Work &work,
                               std::initializer_list<records::Origin> origins);
    [[nodiscard]] Status readMemoryAgain();
    [[nodiscard]] Status noteNewId(records::RecordTransaction &transaction, const NodeId &before);
    /// Edits the live Locations that are wanted and gives them the next epoch, of this node: their number.
    [[nodiscard]] Result<std::size_t> takeLocations(records::RecordTransaction &transaction,
                                                    const Wanted &wanted,
                                                    const std::function<void(records::Location &)> &edit);
    [[nodiscard]] Status markUnavailable(records::RecordTransaction &transaction,
                                         const std::set<NodeId> &owners);
    [[nodiscard]] bool hasBucket(const Wanted &wanted) const;
    [[nodiscard]] std::vector<NodeId> formerIds() const;

    records::Records &m_records;
    const records::Buckets &m_buckets;

    mutable base::Mutex m_mutex;
    MemberMemory m_memory GUARDED_BY(m_mutex);
    struct Names {
        std::unordered_set<std::string> names;
        std::optional<std::uint64_t> of;  // Records::generation
    };
    [[nodiscard]] bool isNameIn(Names &known, records::Kind kind, std::string_view name) const
        REQUIRES(m_mutex);
    mutable Names m_userNames GUARDED_BY(m_mutex);
    mutable Names m_tenantNames GUARDED_BY(m_mutex);
};

}  // namespace maxiofs::cluster
