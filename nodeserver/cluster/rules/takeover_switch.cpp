// SPDX-License-Identifier: GPL-3.0-or-later
#include "cluster/rules/takeover_switch.h"

#include <algorithm>

namespace maxiofs::cluster::rules {

namespace {

Error busy(const BucketId &bucket)
{
    return Error(Error::Busy, "the bucket got another owner meanwhile; look at it again", bucket.hex());
}

}  // namespace

// --- At the node that takes

void TakeoverSwitch::promote(const BucketId &bucket, const NodeId &target, bool force, Done done)
{
    if (target == m_core.self())
        return take(bucket, force, std::move(done));
    const auto peer = m_core.peer(target);
    if (!peer)
        return done(failure(Error::NotFound, "there is no such node in the cluster", target.uuid()));
    m_core.ask<PromoteReplicaAnswer>(*peer, PromoteReplica{bucket, force},
                                     Takeover::kPromoteMs + Takeover::kAskLimitMs,
                                     [done = std::move(done)](Result<PromoteReplicaAnswer> answer) mutable {
                                         if (answer)
                                             done(answer->epoch);
                                         else
                                             done(failure(std::move(answer.error())));
                                     });
}

void TakeoverSwitch::onPromote(const PromoteReplica &request, Reply reply)
{
    take(request.bucket, request.force, [reply = std::move(reply)](Result<Epoch> epoch) mutable {
        if (epoch)
            reply(TakeoverAnswer(PromoteReplicaAnswer{*epoch}));
        else
            reply(failure(std::move(epoch.error())));
    });
}

void TakeoverSwitch::take(const BucketId &bucket, bool force, Done done)
{
    const auto facts = m_core.node.bucket(bucket);
    const TakeoverCore::Bucket *entry = m_core.find(bucket);
    if (!facts || entry == nullptr)
        return done(failure(Error::NotFound, "there is no such bucket", bucket.hex()));
    if (entry->role == BucketRole::Owner)
        return done(entry->epoch);
    if (fullRuleTo(*facts, m_core.self()) == nullptr)
        return done(failure(Error::InvalidArgument,
                            "the node has no full replica of the bucket: only a rule without prefix, with "
                            "deletes and metadata, makes one",
                            bucket.hex()));
    if (!entry->copy || (entry->copy->fed == Epoch() && !force))
        return done(failure(Error::PreconditionFailed,
                            "the replica was never complete: wait until its rule has caught up, or use force",
                            bucket.hex()));
    const auto [found, isNew] = m_attempts.try_emplace(bucket);
    Attempt &attempt = found->second;
    attempt.force |= force;
    attempt.done.push_back(std::move(done));
    if (!isNew)
        return;
    attempt.epoch = entry->epoch;
    attempt.untilMs = m_core.world.steadyMs() + Takeover::kPromoteMs;
    nextTry(bucket, false);
}

TakeoverSwitch::Attempt *TakeoverSwitch::attempt(const BucketId &bucket, const Id128 &id)
{
    const auto found = m_attempts.find(bucket);
    return found == m_attempts.end() || found->second.id != id ? nullptr : &found->second;
}

void TakeoverSwitch::nextTry(const BucketId &bucket, bool hold)
{
    Attempt &attempt = m_attempts.at(bucket);
    const std::int64_t nowMs = m_core.world.steadyMs();
    attempt.id = m_core.world.randomId();
    attempt.isHeld = hold;
    // The answer and the commit must be there before the owner's hold ends.
    attempt.tryUntilMs = hold ? nowMs + Takeover::kHoldMs * 3 / 4 : attempt.untilMs;
    const auto owner = m_core.peer(m_core.find(bucket)->owner);
    if (!owner)
        return ownerIsAway(bucket, attempt.id, Error(Error::Closed, "the owner is no member any more"));
    m_core.ask<BeginSwitchAnswer>(*owner, BeginSwitch{bucket, attempt.epoch, attempt.id, hold},
                                  Takeover::kAskLimitMs,
                                  [this, bucket, id = attempt.id](const Result<BeginSwitchAnswer> &answer) {
                                      begun(bucket, id, answer);
                                  });
}

void TakeoverSwitch::begun(const BucketId &bucket, const Id128 &id, const Result<BeginSwitchAnswer> &answer)
{
    Attempt *trying = attempt(bucket, id);
    if (trying == nullptr)
        return;
    if (!answer) {
        if (isSuperseded(answer.error()))
            m_core.node.refresh(bucket);
        if (trying->isHeld)
            giveUpHold(bucket, *trying);
        return ownerIsAway(bucket, trying->id, answer.error());
    }
    trying->position = answer->position;
    poll(bucket, id);
}

void TakeoverSwitch::poll(const BucketId &bucket, const Id128 &id)
{
    Attempt *trying = attempt(bucket, id);
    if (trying == nullptr)
        return;
    const Standing own = m_core.standingOf(bucket);
    if (own.at >= FeedPoint{trying->epoch, trying->position})
        return reached(bucket, id);
    if (m_core.world.steadyMs() < trying->tryUntilMs) {
        m_core.world.after(Takeover::kPollMs, [this, bucket, id] { poll(bucket, id); });
        return;
    }
    if (trying->isHeld)
        giveUpHold(bucket, *trying);
    ownerIsAway(bucket, trying->id, Error(Error::TimedOut, "the replica does not catch up"));
}

void TakeoverSwitch::reached(const BucketId &bucket, const Id128 &id)
{
    const bool isHeld = attempt(bucket, id)->isHeld;
    if (!isHeld)
        return nextTry(bucket, true);
    const auto facts = m_core.node.bucket(bucket);
    Result<Epoch> taken = facts ? m_core.claimNext(*facts) : failure(busy(bucket));
    if (!taken)
        finish(bucket, std::move(taken));  // else turned() did
}

// What was permitted is void: the owner may go on.
void TakeoverSwitch::giveUpHold(const BucketId &bucket, Attempt &attempt)
{
    const Id128 former = std::exchange(attempt.id, m_core.world.randomId());
    attempt.isHeld = false;
    if (const auto owner = m_core.peer(m_core.find(bucket)->owner))
        m_core.ask<EndSwitchAnswer>(*owner, EndSwitch{bucket, former}, Takeover::kAskLimitMs,
                                    [](const Result<EndSwitchAnswer> &) {});
}

void TakeoverSwitch::ownerIsAway(const BucketId &bucket, const Id128 &id, const Error &error)
{
    const NodeId owner = m_core.find(bucket)->owner;
    const auto decide = [this, bucket, id, owner, error](const TakeoverWatch::Heard &heard) {
        Attempt *trying = attempt(bucket, id);
        const auto facts = m_core.node.bucket(bucket);
        if (trying == nullptr || !facts)
            return;
        const bool isAway = error.code == Error::Closed || error.code == Error::TimedOut;
        const bool isGone = facts->location.unavailable || (!heard.isAlive && m_watch.isSilent(owner));
        if (isGone || (isAway && trying->force)) {
            Result<Epoch> taken = m_core.claimNext(*facts);
            if (!taken)
                finish(bucket, std::move(taken));
            return;
        }
        if (m_core.world.steadyMs() >= trying->untilMs)
            return finish(bucket, failure(Error::PreconditionFailed,
                                          "the bucket's owner does not give it away (" + error.message +
                                              "): try again, or use force where it is lost",
                                          bucket.hex()));
        m_core.world.after(Takeover::kRetryMs, [this, bucket, id] {
            if (attempt(bucket, id) != nullptr)
                nextTry(bucket, false);
        });
    };
    m_watch.askAll(owner, {bucket}, std::nullopt, Takeover::kAskLimitMs, decide);
}

void TakeoverSwitch::finish(const BucketId &bucket, Result<Epoch> outcome)
{
    auto ended = m_attempts.extract(bucket);
    if (ended.empty())
        return;
    for (Done &done : ended.mapped().done)
        done(outcome);
}

Result<AskSwitchAnswer> TakeoverSwitch::onAsk(const AskSwitch &request)
{
    const TakeoverCore::Bucket *entry = m_core.find(request.bucket);
    if (Attempt *trying = attempt(request.bucket, request.id)) {
        trying->id = m_core.world.randomId();
        trying->isHeld = false;
        m_core.world.after(Takeover::kRetryMs, [this, bucket = request.bucket, id = trying->id] {
            if (attempt(bucket, id) != nullptr)
                nextTry(bucket, false);
        });
    }
    return AskSwitchAnswer{entry == nullptr ? Epoch() : entry->epoch};
}

// --- At the owner

void TakeoverSwitch::onBegin(const NodeId &from, const BeginSwitch &request, Reply reply)
{
    const TakeoverCore::Bucket *entry = m_core.find(request.bucket);
    if (entry == nullptr)
        return reply(failure(Error::NoSuchBucket, "there is no such bucket", request.bucket.hex()));
    if (entry->role != BucketRole::Owner || entry->epoch != request.epoch)
        return reply(failure(notOwnerUnder(request.epoch, entry->epoch)));
    if (!request.hold)
        return reply(TakeoverAnswer(BeginSwitchAnswer{m_core.node.feedPosition(request.bucket)}));
    const auto [found, isNew] = m_holds.try_emplace(request.bucket);
    Hold &hold = found->second;
    if (!isNew && hold.id != request.id)
        return reply(failure(Error::Busy, "the bucket is just being given to a node", request.bucket.hex()));
    hold = {request.id, from, ++m_lastSerial};
    m_core.node.hold(request.bucket, [this, bucket = request.bucket, serial = hold.serial,
                                      reply = std::move(reply)](std::uint64_t position) mutable {
        const auto held = m_holds.find(bucket);
        if (held != m_holds.end() && held->second.serial == serial)
            reply(TakeoverAnswer(BeginSwitchAnswer{position}));
    });
    m_core.world.after(Takeover::kHoldMs,
                       [this, bucket = request.bucket, serial = hold.serial] { askOutcome(bucket, serial); });
}

void TakeoverSwitch::askOutcome(const BucketId &bucket, std::uint64_t serial)
{
    const auto found = m_holds.find(bucket);
    if (found == m_holds.end() || found->second.serial != serial)
        return;
    const auto later = [this, bucket, serial] {
        m_core.world.after(Takeover::kRetryMs, [this, bucket, serial] { askOutcome(bucket, serial); });
    };
    // It may have taken the next number: this node takes the one after that.
    const auto goOn = [this, bucket, serial, later,
                       to = found->second.to](const TakeoverWatch::Heard &heard) {
        const auto held = m_holds.find(bucket);
        const auto facts = m_core.node.bucket(bucket);
        if (held == m_holds.end() || held->second.serial != serial || !facts)
            return;
        if (heard.isAlive || !m_watch.isSilent(to) ||
            !m_core.claim(*facts, facts->location.epoch.number + 2, to))
            later();
    };
    const auto target = m_core.peer(found->second.to);
    if (!target)
        return m_watch.askAll(found->second.to, {}, std::nullopt, Takeover::kAskLimitMs, goOn);
    m_core.ask<AskSwitchAnswer>(
        *target, AskSwitch{bucket, found->second.id}, Takeover::kAskLimitMs,
        [this, bucket, serial, later, goOn, to = target->id](const Result<AskSwitchAnswer> &answer) {
            const auto held = m_holds.find(bucket);
            if (held == m_holds.end() || held->second.serial != serial)
                return;
            if (!answer)
                return m_watch.askAll(to, {}, std::nullopt, Takeover::kAskLimitMs, goOn);
            if (answer->known <= m_core.find(bucket)->epoch)
                return release(bucket);
            m_core.node.refresh(bucket);
            later();
        });
}

void TakeoverSwitch::release(const BucketId &bucket)
{
    if (m_holds.erase(bucket) > 0)
        m_core.node.release(bucket);
}

Result<EndSwitchAnswer> TakeoverSwitch::onEnd(const EndSwitch &request)
{
    const auto found = m_holds.find(request.bucket);
    if (found != m_holds.end() && found->second.id == request.id)
        release(request.bucket);
    return EndSwitchAnswer{};
}

void TakeoverSwitch::turned(const BucketId &bucket)
{
    m_holds.erase(bucket);
    const auto trying = m_attempts.find(bucket);
    if (trying == m_attempts.end())
        return;
    const TakeoverCore::Bucket *entry = m_core.find(bucket);
    if (entry != nullptr && entry->role == BucketRole::Owner)
        finish(bucket, entry->epoch);
    else if (entry == nullptr || entry->epoch != trying->second.epoch)
        finish(bucket, failure(busy(bucket)));
}

// --- Before this node stops

void TakeoverSwitch::giveAway(std::int64_t limitMs, std::move_only_function<void(std::size_t)> done)
{
    const auto giving = std::make_shared<Giving>();
    giving->done = std::move(done);
    for (const auto &[bucket, entry] : m_core.buckets())
        if (entry.role == BucketRole::Owner)
            giving->waiting.push_back(bucket);
    m_core.world.after(limitMs, [giving] {
        if (!std::exchange(giving->isOver, true))
            giving->done(giving->given);
    });
    giveNext(giving);
}

void TakeoverSwitch::giveNext(const std::shared_ptr<Giving> &giving)
{
    const auto closed = [this, giving](bool isGiven) {
        --giving->open;
        giving->given += isGiven ? 1 : 0;
        giveNext(giving);
    };
    while (!giving->isOver && giving->open < Takeover::kSwitches && !giving->waiting.empty()) {
        const BucketId bucket = giving->waiting.front();
        giving->waiting.pop_front();
        const auto facts = m_core.node.bucket(bucket);
        if (!facts || fullReplicasOf(*facts).empty())
            continue;
        ++giving->open;
        m_watch.freshest(bucket, [this, bucket, closed](const std::vector<Standing> &standings) {
            const TakeoverCore::Bucket *entry = m_core.find(bucket);
            const auto best = std::ranges::find_if(standings, [&](const Standing &standing) {
                return entry != nullptr && standing.at.epoch == entry->epoch;
            });
            if (best == standings.end())
                return closed(false);
            promote(bucket, best->node, false,
                    [closed](const Result<Epoch> &taken) { closed(taken.has_value()); });
        });
    }
    if (giving->open == 0 && giving->waiting.empty() && !std::exchange(giving->isOver, true))
        giving->done(giving->given);
}

}  // namespace maxiofs::cluster::rules
