// SPDX-License-Identifier: GPL-3.0-or-later
#include "cluster/rules/takeover_watch.h"

#include <algorithm>

namespace maxiofs::cluster::rules {

void TakeoverWatch::start()
{
    m_awakeSinceMs = m_core.world.steadyMs();
    m_tickedMs = m_awakeSinceMs;
}

void TakeoverWatch::tick()
{
    const std::int64_t now = m_core.world.steadyMs();
    if (now - std::exchange(m_tickedMs, now) > Takeover::kSleptMs)
        m_awakeSinceMs = now;
    std::map<NodeId, std::vector<BucketId>> owners;
    for (const auto &[bucket, entry] : m_core.buckets()) {
        const bool hasCopy = entry.role == BucketRole::Replica || entry.role == BucketRole::HandingOver;
        if (hasCopy && !m_looking.contains(entry.owner) && (entry.unavailable || isSilent(entry.owner)) &&
            mayTakeOver(bucket, entry.owner, false))
            owners[entry.owner].push_back(bucket);
    }
    for (auto &[owner, buckets] : owners) {
        // The rest comes with the next tick.
        if (buckets.size() > Takeover::kMaxAsked)
            buckets.resize(Takeover::kMaxAsked);
        look(owner, buckets);
    }
}

bool TakeoverWatch::isSilent(const NodeId &owner) const
{
    const std::int64_t heardMs = m_core.node.heardAtMs(owner).value_or(m_awakeSinceMs);
    return m_core.world.steadyMs() - std::max(heardMs, m_awakeSinceMs) >= Takeover::kSilenceMs;
}

// A bucket whose owner was removed waits for nobody, whatever the policy: removing it by force decided.
bool TakeoverWatch::mayTakeOver(const BucketId &bucket, const NodeId &owner, bool isAlive) const
{
    const auto facts = m_core.node.bucket(bucket);
    const TakeoverCore::Bucket *entry = m_core.find(bucket);
    if (!facts || entry == nullptr || facts->location.owner != owner ||
        entry->epoch != facts->location.epoch || owner == m_core.self() ||
        !m_core.standingOf(bucket).isCandidate)
        return false;
    return facts->location.unavailable || (facts->isAutomatic && !isAlive && isSilent(owner));
}

void TakeoverWatch::look(const NodeId &owner, const std::vector<BucketId> &buckets)
{
    m_looking.insert(owner);
    askAll(owner, buckets, std::nullopt, Takeover::kAskLimitMs, [this, owner, buckets](const Heard &heard) {
        m_looking.erase(owner);
        decide(owner, buckets, heard);
    });
}

void TakeoverWatch::decide(const NodeId &owner, const std::vector<BucketId> &buckets, const Heard &heard)
{
    for (const BucketId &bucket : buckets) {
        if (!mayTakeOver(bucket, owner, heard.isAlive))
            continue;
        const auto facts = m_core.node.bucket(bucket);
        const Standing own = m_core.standingOf(bucket);
        bool isKnownBetter = false;
        bool isBest = true;
        for (const Standing &other : heard.standings) {
            if (other.bucket != bucket || other.node == m_core.self())
                continue;
            isKnownBetter |= other.known > own.known;
            isBest &= !other.isCandidate || goesBefore(*facts, own, other);
        }
        if (isKnownBetter)
            m_core.node.refresh(bucket);
        else if (isBest)
            // Another claim may have come first, or the disk is full: the next tick looks again.
            (void)m_core.claimNext(*facts);
    }
}

void TakeoverWatch::askAll(const NodeId &owner, const std::vector<BucketId> &buckets,
                           const std::optional<std::vector<NodeId>> &members, std::int64_t limitMs,
                           std::move_only_function<void(Heard)> done)
{
    struct Round {
        std::size_t open = 1;
        Heard heard;
        std::move_only_function<void(Heard)> done;
    };
    const auto round = std::make_shared<Round>();
    round->done = std::move(done);
    const auto closed = [round] {
        if (--round->open == 0)
            round->done(std::move(round->heard));
    };
    for (const BucketId &bucket : buckets)
        round->heard.standings.push_back(m_core.standingOf(bucket));
    for (const Peer &other : m_core.members.others()) {
        if (members && std::ranges::find(*members, other.id) == members->end())
            continue;
        ++round->open;
        m_core.ask<AskStandingsAnswer>(
            other, AskStandings{owner, buckets}, limitMs,
            [round, closed, isOwner = other.id == owner](const Result<AskStandingsAnswer> &answer) {
                if (answer) {
                    round->heard.isAlive |=
                        isOwner || answer->heardMsAgo.value_or(Takeover::kSilenceMs) < Takeover::kSilenceMs;
                    round->heard.standings.insert(round->heard.standings.end(), answer->standings.begin(),
                                                  answer->standings.end());
                }
                closed();
            });
    }
    closed();
}

void TakeoverWatch::freshest(const BucketId &bucket,
                             std::move_only_function<void(std::vector<Standing>)> done)
{
    const auto facts = m_core.node.bucket(bucket);
    if (!facts)
        return done({});
    askAll(facts->location.owner, {bucket}, fullReplicasOf(*facts), Takeover::kReadAskMs,
           [bucket = *facts, done = std::move(done)](Heard heard) mutable {
               done(inOrder(bucket, std::move(heard.standings)));
           });
}

AskStandingsAnswer TakeoverWatch::onAsk(const AskStandings &request) const
{
    AskStandingsAnswer answer;
    if (request.owner == m_core.self())
        answer.heardMsAgo = 0;
    else if (const auto heardMs = m_core.node.heardAtMs(request.owner))
        answer.heardMsAgo = m_core.world.steadyMs() - *heardMs;
    for (const BucketId &bucket : request.buckets)
        if (m_core.find(bucket) != nullptr)
            answer.standings.push_back(m_core.standingOf(bucket));
    return answer;
}

}  // namespace maxiofs::cluster::rules
