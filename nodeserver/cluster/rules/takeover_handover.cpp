// SPDX-License-Identifier: GPL-3.0-or-later
#include "cluster/rules/takeover_handover.h"

#include <algorithm>

namespace maxiofs::cluster::rules {

namespace {

constexpr std::int64_t kOfferedMs = 30'000;  // without another word it was one that was long on its way

}  // namespace

void TakeoverHandover::turned(const BucketId &bucket)
{
    const TakeoverCore::Bucket *entry = m_core.find(bucket);
    if (entry == nullptr || entry->role != BucketRole::HandingOver || !entry->isFenced) {
        m_runs.erase(bucket);
        return;
    }
    Run &run = m_runs[bucket];
    if (run.turn == entry->turn)
        return;
    run = {};
    run.turn = entry->turn;
    run.epoch = entry->epoch;
    begin(bucket, run);
}

void TakeoverHandover::tick()
{
    std::erase_if(m_offers, [this](const auto &offer) {
        return m_core.world.steadyMs() - offer.second.heardMs > kOfferedMs &&
               !m_takes.contains(offer.first.first);
    });
    std::vector<BucketId> waiting;
    for (const auto &[bucket, run] : m_runs)
        if (!run.isOpen && run.againAtMs <= m_core.world.steadyMs())
            waiting.push_back(bucket);
    for (const BucketId &bucket : waiting)
        if (const auto found = m_runs.find(bucket); found != m_runs.end())
            begin(bucket, found->second);
}

TakeoverHandover::Run *TakeoverHandover::current(const BucketId &bucket, std::uint64_t turn)
{
    const auto found = m_runs.find(bucket);
    if (found == m_runs.end() || found->second.turn != turn)
        return nullptr;
    found->second.isOpen = false;
    return &found->second;
}

void TakeoverHandover::again(Run &run)
{
    run.isOpen = false;
    run.againAtMs = m_core.world.steadyMs() + Takeover::kRetryMs;
}

void TakeoverHandover::begin(const BucketId &bucket, Run &run)
{
    const TakeoverCore::Bucket *entry = m_core.find(bucket);
    const auto owner = entry != nullptr ? m_core.peer(entry->owner) : std::nullopt;
    if (!owner || !entry->copy || entry->unavailable)
        return again(run);
    run.isOpen = true;
    const Standing standing = m_core.standingOf(bucket);
    m_core.ask<OfferCopyAnswer>(
        *owner, OfferCopy{bucket, run.epoch, standing.at, entry->copy->wasOwner, entry->copy->handed},
        Takeover::kHandOverMs, [this, bucket, turn = run.turn](const Result<OfferCopyAnswer> &answer) {
            Run *running = current(bucket, turn);
            if (running == nullptr)
                return;
            if (!answer) {
                if (isSuperseded(answer.error()))
                    m_core.node.refresh(bucket);
                return again(*running);
            }
            const TakeoverCore::Bucket *own = m_core.find(bucket);
            if (answer->isKnown)
                return end(bucket, *running);
            running->isForeign = answer->isForeign;
            running->offer = answer->id;
            running->next.clear();
            running->part = partFor(*answer, *own->copy);
            sendPage(bucket, *running);
        });
}

// What later owners sent to a mixed copy was never its own.
HandedPart TakeoverHandover::partFor(const OfferCopyAnswer &answer, const CopyState &copy)
{
    if (answer.isForeign && !answer.after)
        return {true, 0, kWholeFeed};
    const std::uint64_t until = copy.isMixed() ? copy.until : kWholeFeed;
    if (answer.after)
        return {false, *answer.after, until};
    return {true, copy.wasOwner ? copy.since : kWholeFeed, until};
}

void TakeoverHandover::sendPage(const BucketId &bucket, Run &run)
{
    run.isOpen = true;
    m_core.node.page(bucket, run.part, run.next,
                     [this, bucket, turn = run.turn](Result<HandedPage> page) mutable {
                         Run *running = current(bucket, turn);
                         const TakeoverCore::Bucket *entry = m_core.find(bucket);
                         const auto owner = running != nullptr ? m_core.peer(entry->owner) : std::nullopt;
                         if (running == nullptr)
                             return;
                         if (!page || !owner)
                             return again(*running);
                         running->isOpen = true;
                         HandOver word{bucket, running->epoch, running->offer, running->isForeign,
                                       std::move(page->entries)};
                         m_core.ask<HandOverAnswer>(*owner, std::move(word), Takeover::kHandOverMs,
                                                    [this, bucket, turn, next = std::move(page->next)](
                                                        const Result<HandOverAnswer> &answer) mutable {
                                                        Run *sender = current(bucket, turn);
                                                        if (sender == nullptr)
                                                            return;
                                                        if (!answer)
                                                            return again(*sender);
                                                        if (next.empty())
                                                            return end(bucket, *sender);
                                                        sender->next = std::move(next);
                                                        sendPage(bucket, *sender);
                                                    });
                     });
}

void TakeoverHandover::end(const BucketId &bucket, Run &run)
{
    const TakeoverCore::Bucket *entry = m_core.find(bucket);
    const auto owner = m_core.peer(entry->owner);
    if (!owner)
        return again(run);
    run.isOpen = true;
    m_core.ask<EndHandOverAnswer>(*owner, EndHandOver{bucket, run.epoch, entry->copy->turned},
                                  Takeover::kAskLimitMs,
                                  [this, bucket, turn = run.turn](const Result<EndHandOverAnswer> &answer) {
                                      Run *running = current(bucket, turn);
                                      if (running == nullptr)
                                          return;
                                      if (!answer)
                                          return again(*running);
                                      finished(bucket, running->epoch);
                                  });
}

void TakeoverHandover::finished(const BucketId &bucket, const Epoch &epoch)
{
    CopyState state = *m_core.find(bucket)->copy;
    // Nothing was taken from a later owner until now.
    if (state.wasOwner && !state.isMixed())
        state.until = m_core.node.feedPosition(bucket);
    state.handed = epoch;
    state.before = {};
    state.degraded.clear();
    if (Status written = m_core.write(bucket, std::move(state)); !written)
        return again(m_runs[bucket]);
    m_runs.erase(bucket);
    m_core.evaluate(bucket);
}

// --- At the owner

Status TakeoverHandover::checkOwner(const BucketId &bucket, const Epoch &epoch) const
{
    const TakeoverCore::Bucket *entry = m_core.find(bucket);
    if (entry == nullptr)
        return failure(Error::NoSuchBucket, "there is no such bucket", bucket.hex());
    if (entry->role != BucketRole::Owner || entry->epoch != epoch)
        return failure(notOwnerUnder(epoch, entry->epoch));
    return {};
}

Result<OfferCopyAnswer> TakeoverHandover::onOffer(const NodeId &from, const OfferCopy &request)
{
    TRY_STATUS(checkOwner(request.bucket, request.epoch));
    TRY_ASSIGN(const CopyState state, m_core.ownState(request.bucket));
    const Id128 id = m_core.world.randomId();
    m_offers[{request.bucket, from}] = {id, request.wasOwner, m_core.world.steadyMs()};
    const auto baseOf = [&state](const Epoch &epoch) {
        return std::ranges::find(state.bases, epoch, &FeedPoint::epoch);
    };
    const auto base = baseOf(request.at.epoch);
    const bool isMixed = request.handed != request.at.epoch;
    // A backlog that never ended: nothing but what former owners sent.
    if (request.at.epoch == Epoch() && isMixed)
        return OfferCopyAnswer{false, std::nullopt, false, id};
    if (base == state.bases.end() || (isMixed && baseOf(request.handed) == state.bases.end()))
        return OfferCopyAnswer{false, std::nullopt, true, id};
    const bool isCovered =
        base->position == kWholeFeed || (!request.wasOwner && request.at.position <= base->position);
    if (isCovered && !isMixed)
        return OfferCopyAnswer{true, std::nullopt, false, id};
    // Under owners in between others wrote what this one never knew.
    const bool isForeign = base != state.bases.begin();
    if (isCovered || !request.wasOwner)
        return OfferCopyAnswer{false, std::nullopt, isForeign && request.wasOwner, id};
    return OfferCopyAnswer{false, base->position, isForeign, id};
}

void TakeoverHandover::onHandOver(const NodeId &from, HandOver request, Reply reply)
{
    if (Status owned = checkOwner(request.bucket, request.epoch); !owned)
        return reply(failure(std::move(owned.error())));
    const auto offer = m_offers.find({request.bucket, from});
    if (offer == m_offers.end() || offer->second.id != request.offer)
        return reply(failure(Error::Busy, "this word of handing over comes late: offer the copy anew",
                             request.bucket.hex()));
    offer->second.heardMs = m_core.world.steadyMs();
    auto state = m_core.ownState(request.bucket);
    if (!state)
        return reply(failure(std::move(state.error())));
    const BucketId bucket = request.bucket;
    ++m_takes[bucket];
    m_core.node.take(std::move(request), state->since,
                     [this, bucket, from, reply = std::move(reply)](Result<HandOverAnswer> answer) mutable {
                         taken(bucket, from);
                         if (!answer)
                             return reply(failure(std::move(answer.error())));
                         reply(TakeoverAnswer(*answer));
                     });
}

void TakeoverHandover::taken(const BucketId &bucket, const NodeId &from)
{
    if (const auto takes = m_takes.find(bucket); --takes->second == 0)
        m_takes.erase(takes);
    if (const auto offer = m_offers.find({bucket, from}); offer != m_offers.end())
        offer->second.heardMs = m_core.world.steadyMs();
}

Result<EndHandOverAnswer> TakeoverHandover::onEnd(const NodeId &from, const EndHandOver &request)
{
    TRY_STATUS(checkOwner(request.bucket, request.epoch));
    TRY_ASSIGN(CopyState state, m_core.ownState(request.bucket));
    const auto facts = m_core.node.bucket(request.bucket);
    if (!facts)
        return failure(Error::NoSuchBucket, "there is no such bucket", request.bucket.hex());
    m_offers.erase({request.bucket, from});
    const Destinations destinations = givenBack(*facts, from, request.turned);
    const std::size_t awaited = state.awaited.size();
    std::erase(state.awaited, from);
    bool isChanged = state.awaited.size() != awaited;
    // That it turned round may not be known here yet.
    if (request.turned != Id128() && from != state.before)
        isChanged |= state.gaveWay.insert_or_assign(from, request.turned).second;
    for (const auto &[rule, destination] : destinations)
        if (std::ranges::find(state.degraded, rule) == state.degraded.end()) {
            state.degraded.push_back(rule);
            isChanged = true;
        }
    if (isChanged)
        TRY_STATUS(m_core.write(request.bucket, std::move(state)));
    for (const auto &[rule, destination] : destinations)
        TRY_STATUS(m_core.node.pointRule(rule, destination));
    return EndHandOverAnswer{};
}

std::vector<NodeId> TakeoverHandover::awaited(const BucketId &bucket) const
{
    const TakeoverCore::Bucket *entry = m_core.find(bucket);
    if (entry == nullptr || entry->role != BucketRole::Owner || !entry->copy)
        return {};
    std::vector<NodeId> awaited = entry->copy->awaited;
    for (const auto &[from, offer] : m_offers)
        if (from.first == bucket && offer.wasOwner &&
            std::ranges::find(awaited, from.second) == awaited.end())
            awaited.push_back(from.second);
    std::erase_if(awaited, [this](const NodeId &node) { return !m_core.peer(node); });
    return awaited;
}

bool TakeoverHandover::isTaking(const BucketId &bucket) const
{
    return m_takes.contains(bucket) ||
           std::ranges::any_of(m_offers, [&](const auto &offer) { return offer.first.first == bucket; });
}

}  // namespace maxiofs::cluster::rules
