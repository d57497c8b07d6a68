// SPDX-License-Identifier: GPL-3.0-or-later
// The store of a simulated node: clients' writes, and what the machine does with objects.
#include "index/handover_merge.h"
#include "takeover_model.h"

#include <algorithm>

namespace maxiofs::sim {

namespace rules = cluster::rules;
using records::Epoch;

namespace {

constexpr std::int64_t kSyncMs = 5000;   // a synchronous write has failed then
constexpr std::int64_t kWriteMs = 6000;  // a client's patience
constexpr std::int64_t kDiskMs = 5;
constexpr std::size_t kPageEntries = 2;
constexpr std::string_view kNull = "null";

Error notHere()
{
    return rules::superseded();
}

}  // namespace

// --- Clients

void TakeoverNode::write(const ClientWrite &write)
{
    const NodeId owner = disk().locations[write.bucket].owner;
    if (owner == self())
        return decide(write, [](const Result<Answer> &) {});
    const auto peers = others();
    const auto peer = std::ranges::find(peers, owner, &Peer::id);
    if (peer != peers.end())
        say(*peer, write, kWriteMs, [](const Result<TakeoverWord> &) {});
}

void TakeoverNode::decide(const ClientWrite &write, Reply reply)
{
    const auto served = m_served.find(write.bucket);
    if (served == m_served.end() || served->second.isHeld)
        return reply(failure(notHere()));
    const auto &rows = disk().buckets[write.bucket].rows;
    const auto before = rows.find(write.key);
    const std::optional<Stamp> replaced =
        before == rows.end() ? std::nullopt : std::optional(before->second.stamp);
    if (write.isRemoval && (before == rows.end() || before->second.isRemoval))
        return reply(failure(Error::NoSuchKey, "it is not there"));
    const Stamp stamp = Stamp::after(replaced.value_or(Stamp()), m_world.wallMs(), self());
    m_model.decided(write, stamp, replaced);
    m_simulator.durably(m_node, [&] {
        disk().buckets[write.bucket].rows[write.key] = {stamp, write.isRemoval, ++disk().sequence};
    });
    served->second.pending.push_back({write.key, stamp, disk().sequence, served->second.epoch,
                                      m_world.steadyMs() + kSyncMs, std::move(reply)});
    m_world.after(kDiskMs, [this, bucket = write.bucket] {
        acknowledge(bucket);
        const auto owned = m_served.find(bucket);
        const auto facts = this->bucket(bucket);
        if (owned != m_served.end() && facts)
            for (const rules::ReplicaRule &rule : facts->rules)
                send(bucket, owned->second, rule);
    });
}

bool TakeoverNode::isAcknowledged(const BucketId &bucket, const Served &served, const Pending &pending,
                                  std::set<NodeId> &durableOn) const
{
    const auto facts = this->bucket(bucket);
    durableOn = {self()};
    for (const rules::ReplicaRule &rule : facts->rules) {
        if (!rule.isSynchronous || !rule.isEnabled)
            continue;
        const auto sending = served.sendings.find(rule.id);
        if (sending != served.sendings.end() && sending->second.to == rule.destination &&
            sending->second.acknowledged >= pending.sequence)
            durableOn.insert(rule.destination);
        else if ((flaws().neverDegrades || !takeover.isDegraded(bucket, rule.id)) && !flaws().neverWaits)
            return false;
    }
    return true;
}

void TakeoverNode::acknowledge(const BucketId &bucket)
{
    const auto served = m_served.find(bucket);
    if (served == m_served.end())
        return;
    std::vector<Pending> waiting;
    for (Pending &pending : served->second.pending) {
        std::set<NodeId> durableOn;
        const bool isOwner = flaws().acknowledgesLate || takeover.servedEpoch(bucket) == pending.epoch;
        if (!isOwner || pending.untilMs <= m_world.steadyMs()) {
            pending.reply(failure(Error::TimedOut, "it may or may not exist"));
        } else if (isAcknowledged(bucket, served->second, pending, durableOn)) {
            m_model.acknowledged(m_simulator, m_node, bucket, pending.key, pending.stamp, pending.epoch,
                                 durableOn);
            pending.reply(answerOf(RecordsWord()));
        } else {
            waiting.push_back(std::move(pending));
        }
    }
    served->second.pending = std::move(waiting);
}

// --- The store's side of the machine

void TakeoverNode::serve(const BucketId &bucket, const Epoch &epoch)
{
    m_served[bucket] = {};
    m_served[bucket].epoch = epoch;
}

void TakeoverNode::fence(const BucketId &bucket, std::move_only_function<void()> fenced)
{
    if (!flaws().acknowledgesLate)
        m_served.erase(bucket);
    m_world.after(kDiskMs, std::move(fenced));
}

void TakeoverNode::hold(const BucketId &bucket, std::move_only_function<void(std::uint64_t)> held)
{
    m_served[bucket].isHeld = !flaws().holdsNothing;
    m_world.after(kDiskMs,
                  [position = disk().sequence, held = std::move(held)]() mutable { held(position); });
}

void TakeoverNode::release(const BucketId &bucket)
{
    m_served[bucket].isHeld = false;
}

std::uint64_t TakeoverNode::receivedTo(const BucketId &bucket, const Epoch &epoch) const
{
    const auto found = disk().buckets.find(bucket);
    if (found == disk().buckets.end())
        return 0;
    const auto received = found->second.received.find(epoch);
    return received == found->second.received.end() ? 0 : received->second;
}

void TakeoverNode::page(const BucketId &bucket, const rules::HandedPart &part, const std::string &from,
                        std::move_only_function<void(Result<rules::HandedPage>)> done)
{
    const TakeoverDisk::Bucket &kept = disk().buckets[bucket];
    rules::HandedPage page;
    auto row = kept.rows.upper_bound(from);
    for (; row != kept.rows.end() && page.entries.size() < kPageEntries; ++row) {
        const bool isLate = row->second.sequence > part.after;
        const bool isUnsent = isLate && row->second.sequence <= part.until;
        if ((part.isWhole || isLate) && !(flaws().forgetsRemovals && row->second.isRemoval))
            page.entries.push_back({row->first, std::string(kNull), row->second.stamp, row->second.isRemoval,
                                    isUnsent, nullptr});
        page.next = row->first;
    }
    if (row == kept.rows.end()) {
        page.next.clear();
        for (const auto &[key, stamp] : kept.conflicts)
            page.entries.push_back({key, index::conflictNameOf(stamp), stamp, false, true, nullptr});
    }
    if (flaws().handsNothingOver)
        page.entries.clear();
    m_world.after(kDiskMs,
                  [page = std::move(page), done = std::move(done)]() mutable { done(std::move(page)); });
}

void TakeoverNode::take(rules::HandOver handed, std::uint64_t since,
                        std::move_only_function<void(Result<rules::HandOverAnswer>)> done)
{
    rules::HandOverAnswer answer;
    m_simulator.durably(m_node, [&] {
        TakeoverDisk::Bucket &kept = disk().buckets[handed.bucket];
        const auto keep = [&](const std::string &key, const Stamp &stamp) {
            if (!flaws().dropsLosers && kept.conflicts.emplace(key, stamp).second)
                ++disk().sequence;
            ++answer.conflicts;
        };
        for (const rules::HandedEntry &entry : handed.entries) {
            if (entry.version != kNull) {
                kept.conflicts.emplace(entry.key, entry.stamp);
                continue;
            }
            std::optional<index::MergedSide> ours;
            const auto row = kept.rows.find(entry.key);
            if (row != kept.rows.end())
                ours = {row->second.stamp, row->second.isRemoval,
                        handed.isForeign || row->second.sequence > since};
            auto merge = index::mergeHandedOver(ours, {entry.stamp, entry.isRemoval, entry.isUnsent});
            if (flaws().lastWins)
                merge = index::HandoverMerge::Take;
            if (merge == index::HandoverMerge::KeepTheirs)
                keep(entry.key, entry.stamp);
            if (merge == index::HandoverMerge::TakeKeepOurs)
                keep(entry.key, ours->stamp);
            if (merge == index::HandoverMerge::Take || merge == index::HandoverMerge::TakeKeepOurs) {
                kept.rows[entry.key] = {entry.stamp, entry.isRemoval, ++disk().sequence};
                ++answer.taken;
            }
        }
    });
    m_world.after(kDiskMs, [answer, done = std::move(done)]() mutable { done(answer); });
}

// What all destinations of rules have.
std::uint64_t TakeoverNode::passedBy(const BucketId &bucket) const
{
    std::uint64_t passed = rules::kWholeFeed;
    const auto served = m_served.find(bucket);
    if (served == m_served.end())
        return passed;
    for (const rules::ReplicaRule &rule : this->bucket(bucket)->rules) {
        const auto sending = served->second.sendings.find(rule.id);
        const bool isKnown =
            sending != served->second.sendings.end() && sending->second.to == rule.destination;
        passed = std::min(passed, isKnown ? sending->second.acknowledged : 0);
    }
    return passed;
}

void TakeoverNode::forgetRemovals(const BucketId &bucket, std::int64_t beforeMs,
                                  std::move_only_function<void(Result<std::int64_t>)> done)
{
    std::int64_t clearedMs = beforeMs;
    const std::uint64_t passed = flaws().forgetsUnpassed ? rules::kWholeFeed : passedBy(bucket);
    m_simulator.durably(m_node, [&] {
        std::erase_if(disk().buckets[bucket].rows, [&](const auto &entry) {
            const TakeoverDisk::Row &row = entry.second;
            if (!row.isRemoval || row.stamp.unixMs() >= beforeMs)
                return false;
            if (row.sequence > passed)
                clearedMs = std::min(clearedMs, row.stamp.unixMs());
            return row.sequence <= passed;
        });
    });
    m_world.after(kDiskMs, [clearedMs, done = std::move(done)]() mutable { done(clearedMs); });
}

}  // namespace maxiofs::sim
