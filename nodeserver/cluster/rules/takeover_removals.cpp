// SPDX-License-Identifier: GPL-3.0-or-later
#include "cluster/rules/takeover_removals.h"

#include <algorithm>

namespace maxiofs::cluster::rules {

TakeoverRemovals::Known &TakeoverRemovals::known(const BucketId &bucket, std::uint64_t turn)
{
    Known &known = m_known[bucket];
    if (known.turn != turn) {
        known = {};
        known.turn = turn;
    }
    return known;
}

void TakeoverRemovals::told(const BucketId &bucket, const Id128 &rule, const NodeId &destination)
{
    if (const TakeoverCore::Bucket *entry = m_core.find(bucket))
        known(bucket, entry->turn).whole[rule] = destination;
}

bool TakeoverRemovals::isSettled(const BucketId &bucket, const TakeoverCore::Bucket &entry)
{
    if (m_handover.isTaking(bucket))
        return false;
    const auto isMember = [this](const NodeId &node) { return m_core.peer(node).has_value(); };
    if (entry.copy && (std::ranges::any_of(entry.copy->awaited, isMember) ||
                       std::ranges::any_of(entry.copy->behind, isMember)))
        return false;
    const auto facts = m_core.node.bucket(bucket);
    const auto &whole = known(bucket, entry.turn).whole;
    return facts && std::ranges::all_of(facts->rules, [&](const ReplicaRule &rule) {
               const auto found = whole.find(rule.id);
               return found != whole.end() && found->second == rule.destination;
           });
}

void TakeoverRemovals::tick()
{
    if (m_core.world.steadyMs() < m_againAtMs)
        return;
    m_againAtMs = m_core.world.steadyMs() + Takeover::kForgetTickMs;
    std::erase_if(m_known, [this](const auto &known) {
        const TakeoverCore::Bucket *entry = m_core.find(known.first);
        return !known.second.isOpen && (entry == nullptr || entry->role != BucketRole::Owner);
    });
    const std::int64_t beforeMs = m_core.world.wallMs() - Takeover::kRememberMs;
    for (const auto &[bucket, entry] : m_core.buckets()) {
        if (m_open >= Takeover::kForgets)
            return;  // the rest comes with the next tick
        if (entry.role != BucketRole::Owner)
            continue;
        const Known &state = known(bucket, entry.turn);
        if (state.isOpen || beforeMs - state.forgottenBeforeMs < Takeover::kForgetStepMs)
            continue;
        if (isSettled(bucket, entry))
            forget(bucket, beforeMs);
        else
            askLeftovers(bucket, entry);
    }
}

// No comparison brings them in line: copies without a rule are removed in the end.
void TakeoverRemovals::askLeftovers(const BucketId &bucket, const TakeoverCore::Bucket &entry)
{
    const auto facts = m_core.node.bucket(bucket);
    if (!facts || !entry.copy)
        return;
    for (const NodeId &node : entry.copy->behind)
        if (const auto peer = m_core.peer(node); peer && !leadsTo(*facts, node))
            m_core.ask<ForgetRemovalsAnswer>(
                *peer, ForgetRemovals{bucket, entry.epoch, ForgetRemovals::kOnlyAsks}, Takeover::kAskLimitMs,
                [this, bucket, epoch = entry.epoch, node](const Result<ForgetRemovalsAnswer> &answer) {
                    if (answer)
                        hasNoCopy(bucket, epoch, node);
                });
}

void TakeoverRemovals::hasNoCopy(const BucketId &bucket, const Epoch &epoch, const NodeId &node)
{
    const TakeoverCore::Bucket *entry = m_core.find(bucket);
    const auto facts = m_core.node.bucket(bucket);
    if (entry == nullptr || entry->role != BucketRole::Owner || entry->epoch != epoch || !entry->copy ||
        !facts || leadsTo(*facts, node))
        return;
    CopyState state = *entry->copy;
    if (std::erase(state.behind, node) > 0)
        (void)m_core.write(bucket, std::move(state));  // else the next tick asks again
}

void TakeoverRemovals::forget(const BucketId &bucket, std::int64_t beforeMs)
{
    const std::uint64_t turn = m_core.find(bucket)->turn;
    known(bucket, turn).isOpen = true;
    ++m_open;
    m_core.node.forgetRemovals(bucket, beforeMs,
                               [this, bucket, turn, beforeMs](const Result<std::int64_t> &clearedMs) {
                                   --m_open;
                                   forgotten(bucket, turn, beforeMs, clearedMs);
                               });
}

// What the replicas may forget is what is not here any more: all of them had it before.
void TakeoverRemovals::forgotten(const BucketId &bucket, std::uint64_t turn, std::int64_t beforeMs,
                                 const Result<std::int64_t> &clearedMs)
{
    const auto found = m_known.find(bucket);
    if (found == m_known.end() || found->second.turn != turn)
        return;
    found->second.isOpen = false;
    const TakeoverCore::Bucket *entry = m_core.find(bucket);
    if (!clearedMs || entry == nullptr || entry->turn != turn || !isSettled(bucket, *entry))
        return;  // the next tick tries again
    found->second.forgottenBeforeMs = beforeMs;
    for (const auto &[rule, destination] : found->second.whole)
        if (const auto peer = m_core.peer(destination))
            m_core.ask<ForgetRemovalsAnswer>(*peer, ForgetRemovals{bucket, entry->epoch, *clearedMs},
                                             Takeover::kAskLimitMs,
                                             [](const Result<ForgetRemovalsAnswer> &) {});
}

void TakeoverRemovals::onForget(const NodeId &from, const ForgetRemovals &request, Reply reply)
{
    const TakeoverCore::Bucket *entry = m_core.find(request.bucket);
    if (entry == nullptr)
        return reply(failure(Error::NoSuchBucket, "there is no such bucket", request.bucket.hex()));
    const bool isCurrent = entry->owner == from && entry->epoch == request.epoch;
    if (isCurrent && request.beforeMs == ForgetRemovals::kOnlyAsks && entry->role == BucketRole::None)
        return reply(TakeoverAnswer(ForgetRemovalsAnswer{}));
    if (!isCurrent || request.beforeMs == ForgetRemovals::kOnlyAsks || entry->role != BucketRole::Replica ||
        !entry->copy || entry->copy->fed != request.epoch)
        return reply(failure(notOwnerUnder(request.epoch, entry->epoch)));
    if (!entry->copy->awaited.empty() || !entry->copy->behind.empty()) {
        CopyState state = *entry->copy;
        state.awaited.clear();
        state.behind.clear();
        if (Status written = m_core.write(request.bucket, std::move(state)); !written)
            return reply(failure(std::move(written.error())));
    }
    m_core.node.forgetRemovals(request.bucket, request.beforeMs,
                               [reply = std::move(reply)](Result<std::int64_t> clearedMs) mutable {
                                   if (clearedMs)
                                       reply(TakeoverAnswer(ForgetRemovalsAnswer{}));
                                   else
                                       reply(failure(std::move(clearedMs.error())));
                               });
}

}  // namespace maxiofs::cluster::rules
