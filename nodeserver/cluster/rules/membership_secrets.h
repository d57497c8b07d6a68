// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cluster/rules/membership_core.h"
#include "cluster/rules/membership_timer.h"

namespace maxiofs::cluster::rules {

// A member's part in keeping the cluster's secrets the same on all members, and from all who were removed.
// The greater generation wins. A part of Membership.
//
// After partitions that removed different nodes the winning generation may be known to one of the removed:
// the secrets name the removed nodes that never knew them, so each member sees that, and makes new ones: the
// one that removed the node at once, any other when it stays so.
class MembershipSecrets {
public:
    explicit MembershipSecrets(MembershipCore &core);

    /// A new generation that the removed nodes, and `alsoRemoved`, have never known.
    [[nodiscard]] ClusterSecrets afterRemoval(const NodeId &alsoRemoved);
    void rotateToken(std::move_only_function<void(Result<std::string>)> done);
    /// Hands the secrets to all other members and calls when each has answered or failed.
    void deliverAll(std::move_only_function<void()> call);

    [[nodiscard]] Result<FetchSecretsAnswer> onFetch(const NodeId &from, const FetchSecrets &request);
    [[nodiscard]] Result<DeliverSecretsAnswer> onDeliver(const NodeId &from, const DeliverSecrets &request);

    void sawGeneration(const Peer &member, const records::Epoch &generation);
    /// The member knows other secrets, older or newer.
    void differsFrom(const Peer &member);
    [[nodiscard]] const std::string &signingToken(const NodeId &member) const;
    /// After every change of members or secrets, and at the start: are the secrets still what no removed node
    /// knows?
    void membersChanged();

private:
    [[nodiscard]] bool covers(const NodeId &removed) const;
    /// Remembers the tokens that are replaced.
    void keepFormer(ClusterSecrets &next) const;
    [[nodiscard]] bool hasNewest(const NodeId &member) const;
    [[nodiscard]] Status adopt(ClusterSecrets secrets);
    void deliver(const Peer &member, std::move_only_function<void()> call);
    void fetch(const Peer &member);
    void tick();
    void watch();  // begins ticking where there is something to wait for
    void checkCoverage();
    void checkOverlap();
    [[nodiscard]] bool hasUncovered() const;

    MembershipCore &m_core;
    std::map<NodeId, records::Epoch> m_seen;        // the newest generation that each was known to have
    std::map<NodeId, std::int64_t> m_lastDiffered;  // steady: at most one exchange for it in kRetryMs
    std::set<NodeId> m_fetching;
    std::set<NodeId> m_delivering;
    std::optional<std::int64_t> m_overlapEndMs;    // steady
    std::optional<std::int64_t> m_allHaveItSince;  // steady: in an overlap that this node began
    std::optional<std::int64_t> m_uncoveredSince;  // steady
    MembershipTimer m_tick;
};

}  // namespace maxiofs::cluster::rules
