// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "explore.h"
#include "membership_node.h"

namespace maxiofs::sim {

// People form clusters, join and leave them, remove members and change tokens, at the same time on different
// nodes, while links are cut, clocks go wrong and nodes crash at their durable writes.
class MembershipModel final : public Model {
public:
    enum What : unsigned {
        Initialize,
        Join,
        JoinWithOldToken,
        Invite,
        InviteByPassword,
        InviteByWrongPassword,
        Leave,
        ForceLeave,
        Remove,
        ForceRemove,
        Rotate,
        MakeBucket,
        Rename,
        Whats
    };

    MembershipModel(const History &history, const MembershipFlaws &flaws);

    [[nodiscard]] std::unique_ptr<Program> start(Simulator &simulator, std::size_t node,
                                                 World &world) override;
    void act(Simulator &simulator, const Step &step) override;
    /// A node that finds out that nobody knows it, and then those that find out that it has gone.
    [[nodiscard]] std::int64_t healMs() const override { return 3 * cluster::rules::Membership::kGoneMs; }
    [[nodiscard]] std::optional<std::string> check(Simulator &simulator) override;
    [[nodiscard]] std::string describe(const Step &step) const override;

private:
    [[nodiscard]] MembershipNode *nodeOf(const Simulator &simulator, std::size_t node) const;
    void saidLone(Simulator &simulator, std::size_t node, std::size_t asker) const;
    [[nodiscard]] std::string tokenOf(std::size_t node) const;
    void join(Simulator &simulator, std::size_t node, std::size_t member, const std::string &token);
    void invite(Simulator &simulator, std::size_t member, std::size_t node, unsigned what);
    void outcome(Simulator &simulator, std::size_t node,
                 const Result<cluster::rules::Membership::Joined> &joined);

    [[nodiscard]] std::optional<std::size_t> indexOf(const NodeId &id) const;  // of a member
    [[nodiscard]] std::optional<std::string> checkNode(const Simulator &simulator, std::size_t node) const;
    [[nodiscard]] bool areApart(const Simulator &simulator, std::size_t a, std::size_t b) const;
    [[nodiscard]] std::optional<std::string> checkPair(const Simulator &simulator, std::size_t a,
                                                       std::size_t b) const;
    [[nodiscard]] std::optional<std::string> checkSecrets(const Simulator &simulator, std::size_t node) const;
    [[nodiscard]] std::optional<std::string> checkBuckets(std::size_t node) const;
    [[nodiscard]] bool isMember(std::size_t node, const NodeId &id) const;

    const MembershipFlaws m_flaws;
    std::vector<MembershipDisk> m_disks;
    std::map<NodeId, std::set<std::string>> m_known;          // what an id ever had of secrets
    std::map<std::string, std::set<std::string>> m_tokensOf;  // each cluster's, of all times
    std::vector<std::string> m_tokens;                        // that people have seen
    std::set<std::size_t> m_joined;                           // nodes that were told so
    bool m_anyoneLeft = false;
    unsigned m_buckets = 0;
};

[[nodiscard]] Scenario membershipScenario(const MembershipFlaws &flaws = {});

}  // namespace maxiofs::sim
