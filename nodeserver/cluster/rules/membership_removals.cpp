// SPDX-License-Identifier: GPL-3.0-or-later
#include "cluster/rules/membership_removals.h"

#include <algorithm>

namespace maxiofs::cluster::rules {

namespace {

constexpr std::int64_t kLongestPauseMs = 15'000;  // between two refusals that count as lasting

}  // namespace

struct MembershipRemovals::Leaving {
    std::vector<Peer> toAsk;
    bool force = false;
    std::move_only_function<void(Status)> done;
};

MembershipRemovals::MembershipRemovals(MembershipCore &core, MembershipSecrets &secrets)
    : m_core(core),
      m_secrets(secrets)
{
}

Status MembershipRemovals::checkBuckets(const NodeId &node, bool force) const
{
    const auto buckets = force ? std::vector<std::string>() : m_core.store.bucketsOf(node);
    if (buckets.empty())
        return {};
    const MemberRecord *const member = m_core.find(node);
    return failure(
        Error::Busy,
        "The node " + (member ? member->description.name : node.uuid()) + " owns " +
            std::to_string(buckets.size()) +
            " buckets: move or delete them first, or use force, which makes them unavailable until the "
            "node joins again.",
        listOf(buckets));
}

Status MembershipRemovals::removeNow(const NodeId &node)
{
    TRY_STATUS(m_core.store.removeNode(node, m_secrets.afterRemoval(node)));
    m_core.changed();
    return {};
}

Status MembershipRemovals::becomeLone()
{
    TRY_STATUS(m_core.store.becomeLone());
    m_core.changed();
    return {};
}

void MembershipRemovals::remove(const NodeId &node, bool force, std::move_only_function<void(Status)> done)
{
    if (!m_core.isMember())
        return done(failure(inNoCluster()));
    if (node == m_core.self())
        return leave(force, std::move(done));
    if (!m_core.find(node))
        return done(
            failure(Error::NotFound, "There is no node " + node.uuid() + " in this cluster.", node.uuid()));
    auto removed = checkBuckets(node, force);
    if (removed)
        removed = removeNow(node);
    if (!removed)
        return done(std::move(removed));
    m_secrets.deliverAll([done = std::move(done)]() mutable { done({}); });
}

void MembershipRemovals::leave(bool force, std::move_only_function<void(Status)> done)
{
    if (!m_core.isMember())
        return done(failure(inNoCluster()));
    if (m_isLeaving)
        return done(failure(Error::Busy, "This node is leaving already.", "leave"));
    if (auto free = checkBuckets(m_core.self(), force); !free && !m_core.others().empty())
        return done(std::move(free));
    m_isLeaving = true;
    askNext(std::make_shared<Leaving>(m_core.others(), force, std::move(done)));
}

// One after the other, so that one node alone removes this one. An answer that is lost does no harm: the next
// then says that this node was removed, and refusedBy() hears it.
void MembershipRemovals::askNext(const std::shared_ptr<Leaving> &leaving)
{
    const auto end = [this, &leaving](Status outcome) {
        m_isLeaving = false;
        leaving->done(std::move(outcome));
    };
    if (!m_core.isMember())
        return end({});
    if (leaving->toAsk.empty()) {
        if (leaving->force || m_core.others().empty())
            return end(becomeLone());
        return end(
            failure(Error::Closed,
                    "No other member can be reached, so this node would leave without their knowledge. Try "
                    "again, or use force: the others find out when they reach it.",
                    "member"));
    }
    const Peer member = leaving->toAsk.front();
    leaving->toAsk.erase(leaving->toAsk.begin());
    // Who joined through this node may be known to nobody else yet.
    PushRecords push;
    for (const records::Record &node : m_core.nodes())
        push.records.push_back(node.clone());
    m_core.ask<PushRecordsAnswer>(member, std::move(push), Membership::kAskLimitMs,
                                  [this, leaving, member](const Result<PushRecordsAnswer> &answer) {
                                      if (!answer || !m_core.isMember())
                                          return askNext(leaving);
                                      askToLeave(leaving, member);
                                  });
}

void MembershipRemovals::askToLeave(const std::shared_ptr<Leaving> &leaving, const Peer &member)
{
    m_core.ask<LeaveClusterAnswer>(member, LeaveCluster{leaving->force}, Membership::kAskLimitMs,
                                   [this, leaving](const Result<LeaveClusterAnswer> &answer) {
                                       const bool isRefused = !answer && answer.error().code == Error::Busy &&
                                                              !refusalOf(answer.error());
                                       if (!m_core.isMember() || (!answer && !isRefused))
                                           return askNext(leaving);
                                       m_isLeaving = false;
                                       leaving->done(answer ? becomeLone() : Status(failure(answer.error())));
                                   });
}

Result<LeaveClusterAnswer> MembershipRemovals::onLeave(const NodeId &from, const LeaveCluster &request)
{
    if (!m_core.isMember())
        return failure(errorOf(Refusal::Lone, from));
    if (!m_core.find(from))
        return failure(errorOf(m_core.isRemoved(from) ? Refusal::Removed : Refusal::UnknownNode, from));
    TRY_STATUS(checkBuckets(from, request.force));
    TRY_STATUS(removeNow(from));
    m_secrets.deliverAll([] {});
    return LeaveClusterAnswer();
}

std::int64_t MembershipRemovals::saysSinceMs(const NodeId &member, Refusal refusal) const
{
    const auto heard = m_heard.find(member);
    const bool says = heard != m_heard.end() && heard->second.refusal == refusal &&
                      m_core.world.steadyMs() - heard->second.lastMs <= kLongestPauseMs;
    return says ? heard->second.lastMs - heard->second.sinceMs : 0;
}

void MembershipRemovals::heard(const Peer &member, Refusal refusal)
{
    const std::int64_t nowMs = m_core.world.steadyMs();
    Heard &heard = m_heard.try_emplace(member.id, Heard{refusal, nowMs, nowMs}).first->second;
    if (heard.refusal != refusal || nowMs - heard.lastMs > kLongestPauseMs)
        heard = {refusal, nowMs, nowMs};
    heard.lastMs = nowMs;
    // The member itself says over its certificate that it is in no cluster: it left when nobody could be
    // reached, or never learnt that it had joined.
    if (saysSinceMs(member.id, Refusal::Lone) >= Membership::kGoneMs) {
        if (removeNow(member.id))
            m_secrets.deliverAll([] {});
        return;
    }
    // Whoever vouched for this node is gone, and all others do not know it.
    const auto others = m_core.others();
    if (std::ranges::all_of(others, [this](const Peer &other) {
            return saysSinceMs(other.id, Refusal::UnknownNode) >= Membership::kGoneMs;
        }))
        (void)becomeLone();
}

void MembershipRemovals::membersChanged()
{
    std::erase_if(m_heard, [this](const auto &entry) { return !m_core.find(entry.first); });
    const MemberRecord *const self = m_core.find(m_core.self());
    if (!self)
        return;
    // This node left and joined again before all had heard of it.
    const auto former = std::ranges::find_if(m_core.members(), [&](const MemberRecord &member) {
        return member.description.id != m_core.self() &&
               member.description.certificate == self->description.certificate;
    });
    if (former != m_core.members().end() && removeNow(NodeId(former->description.id)))
        m_secrets.deliverAll([] {});
}

}  // namespace maxiofs::cluster::rules
