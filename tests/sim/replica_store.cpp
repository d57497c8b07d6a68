// SPDX-License-Identifier: GPL-3.0-or-later
#include "replica_store.h"

#include <algorithm>

namespace maxiofs::sim {

using cluster::rules::FeedPage;
using cluster::rules::ManifestPage;
using cluster::rules::OpenedFeed;
using Change = FeedEntry::Change;
using Kind = ManifestEntry::Kind;

namespace {

constexpr std::int64_t kTombstonesMs = 7LL * 24 * 3'600'000;

}  // namespace

// --- A bucket

const ObjectState *BucketDisk::find(const VersionName &name) const
{
    const auto found = states.find(name);
    return found != states.end() ? &found->second : nullptr;
}

void BucketDisk::dropRows()
{
    std::uint64_t passed = ~std::uint64_t{0};
    for (const auto &[id, consumer] : consumers)
        passed = std::min(passed, consumer.durableCursor);
    feed.erase(feed.begin(), feed.upper_bound(passed));
}

// --- A store

ReplicaStore::ReplicaStore(Simulator &simulator, std::size_t node, ReplicaDisk &disk,
                           const ReplicationRules &rules)
    : m_simulator(simulator),
      m_node(node),
      m_disk(disk),
      m_rules(rules)
{
    for (auto &[id, bucket] : m_disk.buckets)
        for (auto &[rule, consumer] : bucket.consumers)
            consumer.cursor = consumer.durableCursor;
}

bool ReplicaStore::apply(const BucketId &id, ObjectState state, Change change)
{
    BucketDisk &bucket = m_disk.buckets[id];
    const ObjectState *stored = bucket.find(state.entry.name);
    if (stored != nullptr && !m_rules.replaces(state.entry, stored->entry))
        return false;
    const std::uint64_t position = ++m_disk.sequence;
    if (!bucket.consumers.empty())
        bucket.feed[position] = {{position, change, state.entry.name, state.entry.size, state.through},
                                 state.entry};
    if (state.entry.kind == Kind::Tombstone && !m_rules.keepsTombstones())
        bucket.states.erase(state.entry.name);
    else
        bucket.states[state.entry.name] = std::move(state);
    return true;
}

bool ReplicaStore::write(const BucketId &bucket, ObjectState state, Change change)
{
    bool applied = false;
    m_simulator.durably(m_node, [&] {
        for (Later &later : std::exchange(m_later, {}))
            apply(later.bucket, std::move(later.state), later.change);
        applied = apply(bucket, std::move(state), change);
    });
    return applied;
}

bool ReplicaStore::writeLater(const BucketId &bucket, ObjectState state, Change change)
{
    m_later.push_back({bucket, std::move(state), change});
    return true;
}

Stamp ReplicaStore::nextStamp(const BucketId &bucket, std::string_view key, const NodeId &node) const
{
    Stamp replaced;
    if (const auto found = m_disk.buckets.find(bucket); found != m_disk.buckets.end())
        for (const auto &[name, state] : found->second.states)
            if (name.key == key)
                replaced = std::max({replaced, state.entry.stamp, state.entry.headerStamp});
    return Stamp::after(replaced, m_simulator.wallMs(m_node), node);
}

// --- The feed

OpenedFeed ReplicaStore::openFeed(const BucketId &id, const Id128 &consumer)
{
    BucketDisk &bucket = m_disk.buckets[id];
    if (const auto found = bucket.consumers.find(consumer); found != bucket.consumers.end())
        return {found->second.cursor, false};
    m_simulator.durably(m_node, [&] { bucket.consumers[consumer] = {m_disk.sequence, m_disk.sequence, 0}; });
    return {m_disk.sequence, m_rules.tellsForgetting()};
}

Result<FeedPage> ReplicaStore::readFeed(const BucketId &id, const Id128 &consumer, std::uint64_t after,
                                        std::size_t most) const
{
    const auto bucket = m_disk.buckets.find(id);
    if (bucket == m_disk.buckets.end() || !bucket->second.consumers.contains(consumer)) {
        if (m_rules.tellsForgetting())
            return failure(Error::NotFound, "the feed has no such consumer");
        return FeedPage{.entries = {}, .next = after};
    }
    const BucketDisk &disk = bucket->second;
    FeedPage page{.entries = {}, .next = m_disk.sequence};
    page.trimmed = m_rules.tellsTrimming() && after < disk.consumers.at(consumer).trimmedTo;
    for (auto row = disk.feed.upper_bound(after); row != disk.feed.end(); ++row) {
        if (page.entries.size() == most) {
            page.more = true;
            page.next = page.entries.back().position;
            break;
        }
        page.entries.push_back(row->second.entry);
    }
    if (m_rules.skipsAhead())
        std::erase_if(page.entries, [&](const FeedEntry &entry) {
            return std::any_of(disk.feed.upper_bound(page.next), disk.feed.end(),
                               [&](const auto &row) { return row.second.entry.name == entry.name; });
        });
    return page;
}

void ReplicaStore::acknowledge(const BucketId &id, const Id128 &consumer, std::uint64_t position)
{
    const auto found = m_disk.buckets[id].consumers.find(consumer);
    if (found != m_disk.buckets[id].consumers.end())
        found->second.cursor = std::max(found->second.cursor, position);
}

ManifestPage ReplicaStore::manifest(const BucketId &id, const std::string &prefix,
                                    const std::optional<VersionName> &after, std::size_t most) const
{
    ManifestPage page;
    const auto bucket = m_disk.buckets.find(id);
    if (bucket == m_disk.buckets.end())
        return page;
    const auto &states = bucket->second.states;
    for (auto it = after ? states.upper_bound(*after) : states.begin(); it != states.end(); ++it) {
        if (!it->first.key.starts_with(prefix))
            continue;
        if (page.entries.size() == most) {
            page.more = true;
            break;
        }
        page.entries.push_back(it->second.entry);
    }
    return page;
}

// --- What happens to it

void ReplicaStore::flush()
{
    for (auto &[id, bucket] : m_disk.buckets) {
        for (auto &[rule, consumer] : bucket.consumers)
            consumer.durableCursor = consumer.cursor;
        bucket.dropRows();
    }
}

void ReplicaStore::dropOldTombstones(BucketDisk &bucket) const
{
    std::erase_if(bucket.states, [&](const auto &state) {
        return state.second.entry.kind == Kind::Tombstone &&
               state.second.entry.stamp.unixMs() < m_simulator.wallMs(m_node) - kTombstonesMs;
    });
}

void ReplicaStore::trim(const BucketId &id)
{
    BucketDisk &bucket = m_disk.buckets[id];
    for (auto &[rule, consumer] : bucket.consumers)
        if (!bucket.feed.empty() && bucket.feed.rbegin()->first > consumer.durableCursor)
            consumer.trimmedTo = m_disk.sequence;
    bucket.feed.clear();
    dropOldTombstones(bucket);
}

void ReplicaStore::rebuildIndex(const BucketId &id)
{
    BucketDisk &bucket = m_disk.buckets[id];
    bucket.feed.clear();
    bucket.consumers.clear();
    dropOldTombstones(bucket);
}

void ReplicaStore::rot(const BucketId &id, const VersionName &name)
{
    const auto found = m_disk.buckets[id].states.find(name);
    if (found != m_disk.buckets[id].states.end() && found->second.entry.kind == Kind::Version)
        found->second.entry.contentHash.bytes[0] ^= std::byte{1};
}

}  // namespace maxiofs::sim
