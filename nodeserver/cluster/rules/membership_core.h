// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cluster/rules/member_record.h"
#include "cluster/rules/membership.h"

#include <concepts>
#include <span>

namespace maxiofs::cluster::rules {

// What the parts of Membership share: the world, the store, and the members as the store has them.
class MembershipCore {
public:
    MembershipCore(World &world, MembershipStore &store, MembershipHooks hooks,
                   std::function<void()> changed);

    World &world;
    MembershipStore &store;
    const MembershipHooks hooks;

    /// Reads the store again and tells who waits for changes: call after every durable change, and when
    /// invitations changed.
    void changed();
    /// Reads the store again.
    void refresh();

    [[nodiscard]] const MemberState &state() const { return m_state; }
    [[nodiscard]] const std::vector<records::Record> &nodes() const { return m_nodes; }
    [[nodiscard]] const NodeId &self() const { return m_state.self; }
    [[nodiscard]] bool isMember() const { return !m_state.clusterId.empty() && m_state.secrets; }
    [[nodiscard]] const ClusterSecrets &secrets() const { return *m_state.secrets; }  // of a member
    /// All that are not removed, this node too, in order of id; empty for a lone node.
    [[nodiscard]] const std::vector<MemberRecord> &members() const { return m_members; }
    [[nodiscard]] const MemberRecord *find(const NodeId &id) const;
    [[nodiscard]] std::vector<Peer> others() const;
    /// Removed nodes and who removed them.
    [[nodiscard]] const std::map<NodeId, NodeId> &removed() const { return m_removed; }
    [[nodiscard]] bool isRemoved(const NodeId &id) const { return m_removed.contains(id); }

    /// 64 lower-case hex digits.
    [[nodiscard]] std::string newSecret();

    template <typename Expected, typename Asked>
    void ask(const Peer &peer, Asked request, std::int64_t limitMs,
             std::move_only_function<void(Result<Expected>)> call)
    {
        world.ask(peer, std::move(request), limitMs, [call = std::move(call)](Result<Answer> answer) mutable {
            if (!answer)
                return call(failure(std::move(answer).error()));
            if (auto *const expected = std::get_if<Expected>(&*answer))
                return call(std::move(*expected));
            call(failure(Error::Internal, "A node answered another question than it was asked."));
        });
    }

private:
    const std::function<void()> m_changed;
    MemberState m_state;
    std::vector<records::Record> m_nodes;
    std::vector<MemberRecord> m_members;
    std::map<NodeId, NodeId> m_removed;
};

// Subjects of what a member that took an offer refuses for good.
inline constexpr std::string_view kOfferSubject = "offer";        // NotFound: expired or never made
inline constexpr std::string_view kFullSubject = "cluster-full";  // Denied

/// A number that no member has and that is not among `refused`: the smallest above all that are in use, else
/// the smallest. 0: none.
[[nodiscard]] unsigned freeMemberNumber(const std::vector<MemberRecord> &members,
                                        std::span<const unsigned> refused);
[[nodiscard]] std::string memberNumberName(unsigned number);
/// "a, b, c"
[[nodiscard]] std::string listOf(const std::vector<std::string> &names);
/// "1" or "1 to 3"
[[nodiscard]] std::string formatsOf(const ProtocolRange &range);
/// InvalidArgument with subject "clock" when a clock that showed `theirsMs` at some time between `askedMs`
/// and `nowMs` of ours is more than Membership::kMaxSkewMs away. `who`: "the node at ...".
[[nodiscard]] Status checkClocks(std::int64_t askedMs, std::int64_t theirsMs, std::int64_t nowMs,
                                 const std::string &who);
/// The error of what only a member can do.
[[nodiscard]] Error inNoCluster();

}  // namespace maxiofs::cluster::rules
