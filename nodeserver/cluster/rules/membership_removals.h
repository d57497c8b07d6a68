// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cluster/rules/membership_secrets.h"

namespace maxiofs::cluster::rules {

// How members go: removed by another, by their own wish, or found out to be gone. A part of Membership.
class MembershipRemovals {
public:
    MembershipRemovals(MembershipCore &core, MembershipSecrets &secrets);

    void remove(const NodeId &node, bool force, std::move_only_function<void(Status)> done);
    void leave(bool force, std::move_only_function<void(Status)> done);
    [[nodiscard]] Result<LeaveClusterAnswer> onLeave(const NodeId &from, const LeaveCluster &request);
    /// In one durable step: the node's tombstone, its buckets unavailable, new secrets.
    [[nodiscard]] Status removeNow(const NodeId &node);
    /// This node is no member any more.
    [[nodiscard]] Status becomeLone();

    /// A member refuses this node as UnknownNode, or answers that it is in no cluster itself (Lone). Either
    /// may pass; what lasts for kGoneMs counts.
    void heard(const Peer &member, Refusal refusal);
    /// For how long the member has said this; 0 when it says something else.
    [[nodiscard]] std::int64_t saysSinceMs(const NodeId &member, Refusal refusal) const;
    /// The member answered otherwise.
    void heardWell(const NodeId &member) { m_heard.erase(member); }
    /// After every change of members.
    void membersChanged();

private:
    struct Heard {
        Refusal refusal = Refusal::UnknownNode;
        std::int64_t sinceMs = 0;  // steady
        std::int64_t lastMs = 0;   //
    };
    struct Leaving;

    [[nodiscard]] Status checkBuckets(const NodeId &node, bool force) const;
    void askNext(const std::shared_ptr<Leaving> &leaving);
    void askToLeave(const std::shared_ptr<Leaving> &leaving, const Peer &member);

    MembershipCore &m_core;
    MembershipSecrets &m_secrets;
    std::map<NodeId, Heard> m_heard;
    bool m_isLeaving = false;
};

}  // namespace maxiofs::cluster::rules
