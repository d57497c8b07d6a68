// SPDX-License-Identifier: GPL-3.0-or-later
#include "cluster/rules/membership_core.h"

#include <algorithm>

namespace maxiofs::cluster::rules {

namespace {

constexpr std::string_view kNumberPrefix = "member-number/";
constexpr std::int64_t kMsPerSecond = 1000;
constexpr std::int64_t kSecondsPerMinute = 60;

}  // namespace

MembershipCore::MembershipCore(World &ownWorld, MembershipStore &ownStore, MembershipHooks ownHooks,
                               std::function<void()> changed)
    : world(ownWorld),
      store(ownStore),
      hooks(std::move(ownHooks)),
      m_changed(std::move(changed))
{
    refresh();
}

void MembershipCore::changed()
{
    refresh();
    m_changed();
}

void MembershipCore::refresh()
{
    m_state = store.state();
    m_nodes = isMember() ? store.nodes() : std::vector<records::Record>();
    m_members.clear();
    m_removed.clear();
    for (const records::Record &record : m_nodes) {
        if (auto member = memberOf(record))
            m_members.push_back(*std::move(member));
        else if (const auto removed = removedIn(record))
            m_removed.emplace(*removed, record.stamp.node);
    }
    std::ranges::sort(m_members, {}, [](const MemberRecord &member) { return member.description.id; });
}

const MemberRecord *MembershipCore::find(const NodeId &id) const
{
    const auto found =
        std::ranges::find(m_members, id, [](const MemberRecord &member) { return member.description.id; });
    return found == m_members.end() ? nullptr : &*found;
}

std::vector<Peer> MembershipCore::others() const
{
    std::vector<Peer> peers;
    for (const MemberRecord &member : m_members)
        if (member.description.id != self())
            peers.push_back(member.peer());
    return peers;
}

std::string MembershipCore::newSecret()
{
    const std::string first = world.randomId().hex();
    return first + world.randomId().hex();
}

unsigned freeMemberNumber(const std::vector<MemberRecord> &members, std::span<const unsigned> refused)
{
    const auto isFree = [&](unsigned number) {
        return std::ranges::find(members, number, &MemberRecord::number) == members.end() &&
               std::ranges::find(refused, number) == refused.end();
    };
    unsigned greatest = 0;
    for (const MemberRecord &member : members)
        greatest = std::max(greatest, member.number);
    for (unsigned number = greatest + 1; number <= Membership::kMaxMembers; ++number)
        if (isFree(number))
            return number;
    for (unsigned number = 1; number <= Membership::kMaxMembers; ++number)
        if (isFree(number))
            return number;
    return 0;
}

std::string memberNumberName(unsigned number)
{
    return std::string(kNumberPrefix) + std::to_string(number);
}

bool isMemberNumberTaken(std::string_view reserved, const std::vector<records::Record> &nodes)
{
    return reserved.starts_with(kNumberPrefix) &&
           std::ranges::any_of(nodes, [&](const records::Record &record) {
               const auto member = memberOf(record);
               return member && memberNumberName(member->number) == reserved;
           });
}

std::string listOf(const std::vector<std::string> &names)
{
    std::string list;
    for (const std::string &name : names)
        list += (list.empty() ? "" : ", ") + name;
    return list;
}

std::string formatsOf(const ProtocolRange &range)
{
    const std::string lowest = std::to_string(range.lowest);
    return range.lowest == range.highest ? lowest : lowest + " to " + std::to_string(range.highest);
}

Status checkClocks(std::int64_t askedMs, std::int64_t theirsMs, std::int64_t nowMs, const std::string &who)
{
    const std::int64_t aheadMs = theirsMs - std::max(askedMs, nowMs);
    const std::int64_t behindMs = std::min(askedMs, nowMs) - theirsMs;
    const std::int64_t skewMs = std::max(aheadMs, behindMs);
    if (skewMs <= Membership::kMaxSkewMs)
        return {};
    const std::int64_t seconds = skewMs / kMsPerSecond;
    return failure(Error::InvalidArgument,
                   "The clock of " + who + " is " + std::to_string(seconds / kSecondsPerMinute) + " min " +
                       std::to_string(seconds % kSecondsPerMinute) + " s " +
                       (aheadMs == skewMs ? "ahead" : "behind") +
                       " (at most 5 min): synchronise the clocks of both with NTP.",
                   "clock");
}

Error inNoCluster()
{
    return {Error::NotFound, "This node is in no cluster: initialize one or let it join one.", "cluster"};
}

}  // namespace maxiofs::cluster::rules
