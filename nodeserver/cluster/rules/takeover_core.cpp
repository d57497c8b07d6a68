// SPDX-License-Identifier: GPL-3.0-or-later
#include "cluster/rules/takeover_core.h"

#include <algorithm>

namespace maxiofs::cluster::rules {

TakeoverCore::TakeoverCore(World &theWorld, TakeoverWorld &theNode, const Members &theMembers)
    : world(theWorld),
      node(theNode),
      members(theMembers)
{
}

Error superseded()
{
    return {Error::PreconditionFailed, "The bucket has another owner since.", std::string(kSuperseded)};
}

bool isSuperseded(const Error &error)
{
    return error.code == Error::PreconditionFailed && error.subject == kSuperseded;
}

Error notOwnerUnder(const Epoch &epoch, const Epoch &known)
{
    if (epoch > known)
        return Error(Error::Busy, "this node has not heard of the bucket's new owner yet");
    return superseded();
}

TakeoverCore::Bucket *TakeoverCore::find(const BucketId &bucket)
{
    const auto found = m_buckets.find(bucket);
    return found == m_buckets.end() ? nullptr : &found->second;
}

const TakeoverCore::Bucket *TakeoverCore::find(const BucketId &bucket) const
{
    const auto found = m_buckets.find(bucket);
    return found == m_buckets.end() ? nullptr : &found->second;
}

std::optional<Peer> TakeoverCore::peer(const NodeId &member) const
{
    const std::vector<Peer> others = members.others();
    const auto found = std::ranges::find(others, member, &Peer::id);
    return found == others.end() ? std::nullopt : std::optional(*found);
}

Status TakeoverCore::write(const BucketId &bucket, CopyState state)
{
    TRY_STATUS(node.writeCopy(bucket, state));
    if (Bucket *entry = find(bucket))
        entry->copy = std::move(state);
    return {};
}

Result<CopyState> TakeoverCore::ownState(const BucketId &bucket)
{
    const Bucket *entry = find(bucket);
    if (entry == nullptr || entry->role != BucketRole::Owner)
        return failure(superseded());
    if (entry->copy && entry->copy->fed == entry->epoch)
        return *entry->copy;
    CopyState state = entry->copy.value_or(CopyState());
    // It came here otherwise than by claim(): it was made here, or taken back.
    if (state.fed != Epoch()) {
        state.bases = basesOf(bucket, state);
        state.since = sinceOf(bucket, state);
    }
    state.fed = entry->epoch;
    state.wasOwner = true;
    state.handed = entry->epoch;
    TRY_STATUS(write(bucket, state));
    return state;
}

void TakeoverCore::evaluate(const BucketId &bucket)
{
    const auto facts = node.bucket(bucket);
    if (!facts) {
        m_buckets.erase(bucket);
        if (whenTurned)
            whenTurned(bucket);
        return;
    }
    const auto [found, isNew] = m_buckets.try_emplace(bucket);
    Bucket &entry = found->second;
    // A copy that no rule leads to may have been removed.
    if (isNew || entry.role != BucketRole::Owner)
        entry.copy = node.copy(bucket);
    entry.unavailable = facts->location.unavailable;
    if (facts->location.owner == self() && !facts->location.unavailable)
        becomeOwner(entry, *facts);
    else
        becomeOther(entry, *facts);
}

void TakeoverCore::turnTo(Bucket &entry, const OwnedBucket &facts, BucketRole role)
{
    entry.role = role;
    entry.owner = facts.location.owner;
    entry.epoch = facts.location.epoch;
    entry.turn = ++m_lastTurn;
}

void TakeoverCore::becomeOwner(Bucket &entry, const OwnedBucket &facts)
{
    if (entry.role != BucketRole::Owner || entry.epoch != facts.location.epoch) {
        turnTo(entry, facts, BucketRole::Owner);
        entry.isFenced = false;
        node.serve(facts.id, entry.epoch);
        if (whenTurned)
            whenTurned(facts.id);
    }
    // Before another can take the bucket over it is on the disk that this node owned it; without replicas
    // nobody can.
    if (entry.copy || !facts.rules.empty())
        (void)ownState(facts.id);
    if (toMend(facts.id).empty())
        m_mends.erase(facts.id);
    else
        m_mends.try_emplace(facts.id, world.steadyMs() + Takeover::kMendMs);
}

Destinations TakeoverCore::toMend(const BucketId &bucket) const
{
    const Bucket *entry = find(bucket);
    const auto facts = node.bucket(bucket);
    if (entry == nullptr || entry->role != BucketRole::Owner || !entry->copy || !facts)
        return {};
    // One that leads to a node that was removed ends as stale.
    Destinations destinations = mended(*facts, self(), *entry->copy);
    if (!leadsTo(*facts, self()))
        std::erase_if(destinations, [this](const auto &pointed) { return !peer(pointed.second); });
    return destinations;
}

void TakeoverCore::tick()
{
    std::vector<BucketId> due;
    for (const auto &[bucket, atMs] : m_mends)
        if (atMs <= world.steadyMs())
            due.push_back(bucket);
    for (const BucketId &bucket : due) {
        m_mends.erase(bucket);
        for (const auto &[rule, destination] : toMend(bucket))
            (void)node.pointRule(rule, destination);
    }
}

void TakeoverCore::becomeOther(Bucket &entry, const OwnedBucket &facts)
{
    const bool wasOwner = entry.role == BucketRole::Owner;
    if (wasOwner && (!entry.copy || entry.copy->fed != entry.epoch))
        (void)ownState(facts.id);
    const BucketRole role = !entry.copy                                 ? BucketRole::None
                            : entry.copy->handed < facts.location.epoch ? BucketRole::HandingOver
                                                                        : BucketRole::Replica;
    if (role == entry.role && entry.epoch == facts.location.epoch && entry.owner == facts.location.owner &&
        entry.turn != 0)
        return;
    turnTo(entry, facts, role);
    if (entry.isFenced) {
        if (whenTurned)
            whenTurned(facts.id);
        return;
    }
    node.fence(facts.id, [this, id = facts.id] {
        Bucket *fenced = find(id);
        if (fenced == nullptr || fenced->role == BucketRole::Owner)
            return;
        fenced->isFenced = true;
        if (whenTurned)
            whenTurned(id);
    });
}

// From where on what is here may be unknown to any other owner. Of a mixed copy nobody can say what a former
// owner knew of it; what was written under an own epoch before, and never handed over, is still unknown.
std::uint64_t TakeoverCore::sinceOf(const BucketId &bucket, const CopyState &copy) const
{
    if (copy.isMixed())
        return 0;
    return copy.wasOwner ? copy.since : node.feedPosition(bucket);
}

std::vector<FeedPoint> TakeoverCore::basesOf(const BucketId &bucket, const CopyState &copy) const
{
    std::vector<FeedPoint> bases = copy.bases;
    if (copy.fed != Epoch())
        bases.insert(bases.begin(), standingOf(bucket).at);
    if (bases.size() > Takeover::kMaxBases)
        bases.resize(Takeover::kMaxBases);
    return bases;
}

Standing TakeoverCore::standingOf(const BucketId &bucket) const
{
    Standing standing;
    standing.bucket = bucket;
    standing.node = self();
    standing.priority = node.priorityOf(self());
    const Bucket *entry = find(bucket);
    if (entry == nullptr)
        return standing;
    standing.known = entry->epoch;
    if (!entry->copy || entry->copy->fed == Epoch())
        return standing;
    const CopyState &copy = *entry->copy;
    standing.at = {copy.fed, copy.wasOwner ? kWholeFeed : node.receivedTo(bucket, copy.fed)};
    const auto facts = node.bucket(bucket);
    standing.isCandidate = entry->role != BucketRole::Owner && facts && fullRuleTo(*facts, self()) != nullptr;
    return standing;
}

Result<Epoch> TakeoverCore::claim(const OwnedBucket &facts, std::uint64_t number, const NodeId &before)
{
    Bucket *entry = find(facts.id);
    if (entry == nullptr || !entry->copy)
        return failure(Error::PreconditionFailed, "this node has no copy of the bucket", facts.id.hex());
    const Location location{self(), {number, self()}, false};
    const Destinations turned = turnedRound(facts, self());
    CopyState state;
    state.bases = basesOf(facts.id, *entry->copy);
    state.fed = location.epoch;
    state.wasOwner = true;
    state.handed = location.epoch;
    state.since = sinceOf(facts.id, *entry->copy);
    state.awaited = entry->copy->awaited;
    state.behind = entry->copy->behind;
    state.before = before;
    state.awaited.push_back(before);
    state.behind.push_back(before);
    if (!turned.empty())
        state.turned = turned.front().first;
    for (const ReplicaRule &rule : facts.rules) {
        state.degraded.push_back(rule.id);
        state.behind.push_back(rule.destination);
    }
    for (std::vector<NodeId> *nodes : {&state.awaited, &state.behind}) {
        std::erase(*nodes, self());
        std::ranges::sort(*nodes);
        nodes->erase(std::ranges::unique(*nodes).begin(), nodes->end());
    }
    TRY_STATUS(node.commit(facts.id, location, state, turned));
    entry->copy = std::move(state);
    evaluate(facts.id);
    return location.epoch;
}

}  // namespace maxiofs::cluster::rules
