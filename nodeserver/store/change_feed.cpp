// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/change_feed.h"

#include <algorithm>
#include <limits>
#include <set>

namespace maxiofs::store {

using frame::Tag;

namespace {

constexpr std::uint64_t kAllChanges = std::numeric_limits<std::uint64_t>::max();

std::unexpected<Error> unknownConsumer()
{
    return failure(Error::NotFound, "The bucket's changes are not kept for this consumer: add it first.");
}

FeedEntry entryOf(std::uint64_t position, index::ChangeRow &&row)
{
    FeedEntry entry;
    entry.position = position;
    entry.kind = static_cast<ChangeKind>(row.kind);
    entry.key = std::move(row.key);
    entry.version.stamp = row.version;
    entry.stamp = row.stamp;
    entry.size = row.size;
    entry.origins = std::move(row.origins);
    return entry;
}

// Of several changes of one version the last says all. Order stays.
void dropRepeated(std::vector<FeedEntry> &entries)
{
    std::set<std::pair<std::string_view, VersionId>> seen;
    std::vector<bool> superseded(entries.size(), false);
    for (std::size_t i = entries.size(); i-- > 0;)
        superseded[i] = !seen.emplace(entries[i].key, entries[i].version).second;
    std::vector<FeedEntry> kept;
    kept.reserve(seen.size());
    for (std::size_t i = 0; i < entries.size(); ++i) {
        if (!superseded[i])
            kept.push_back(std::move(entries[i]));
    }
    entries = std::move(kept);
}

// The greatest sequence of a row that `isDropped` holds for, where it holds for the first rows and for none
// behind them; 0 for none. Rows are found by seeking: it reads few of them.
template <typename IsDropped>
Result<std::uint64_t> lastDropped(const index::Index &index, const BucketId &bucket, std::uint64_t end,
                                  IsDropped isDropped)
{
    std::uint64_t dropped = 0;
    std::uint64_t kept = end;
    while (dropped < kept) {
        const std::uint64_t middle = dropped + (kept - dropped) / 2;
        TRY_ASSIGN(const auto rows, index.changes(bucket, middle, 1));
        if (rows.empty() || !isDropped(rows.front().second))
            kept = middle;
        else
            dropped = rows.front().first;
    }
    return dropped;
}

}  // namespace

std::vector<BucketId> originsOf(const frame::Fields &fields)
{
    std::vector<BucketId> origins;
    const auto field = fields.get(Tag::Origin);
    if (!field)
        return origins;
    for (ByteView rest = *field; rest.size() >= sizeof(BucketId::bytes);
         rest = rest.subspan(sizeof(BucketId::bytes)))
        origins.push_back(*BucketId::fromBytes(rest.first(sizeof(BucketId::bytes))));
    return origins;
}

void setOrigins(frame::Fields &fields, const std::vector<BucketId> &origins)
{
    Bytes bytes;
    for (std::size_t i = origins.size() - std::min(origins.size(), kMostOrigins); i < origins.size(); ++i)
        append(bytes, origins[i].bytes);
    fields.set(Tag::Origin, std::move(bytes));
}

Status ChangeFeed::load(const index::Index &index)
{
    TRY_ASSIGN(const auto readers, index.feedReaders());
    std::unordered_map<BucketId, Feed> feeds;
    for (const auto &[bucket, row] : readers.feeds) {
        feeds[bucket].floor = row.floor;
        feeds[bucket].hasImports = row.hasImports;
    }
    for (const auto &consumer : readers.consumers)
        feeds[consumer.bucket].consumers[consumer.id] = {consumer.row.cursor, consumer.row.cursor};
    for (auto &[bucket, feed] : feeds) {
        if (feed.consumers.empty())
            continue;
        TRY_ASSIGN(const auto last, index.lastChange(bucket));
        if (last)
            feed.totals = {last->second.changes, last->second.bytes};
    }
    base::MutexLock lock(m_mutex);
    m_feeds = std::move(feeds);
    countFeeds();
    return {};
}

void ChangeFeed::countFeeds()
{
    m_any.store(!m_feeds.empty(), std::memory_order_relaxed);
}

std::optional<ChangeFeed::Totals> ChangeFeed::feedOf(const BucketId &bucket) const
{
    if (!m_any.load(std::memory_order_relaxed))
        return std::nullopt;
    base::MutexLock lock(m_mutex);
    const auto found = m_feeds.find(bucket);
    if (found == m_feeds.end() || found->second.consumers.empty())
        return std::nullopt;
    return found->second.totals;
}

bool ChangeFeed::isExchanged(const BucketId &bucket) const
{
    if (!m_any.load(std::memory_order_relaxed))
        return false;
    base::MutexLock lock(m_mutex);
    return m_feeds.contains(bucket);
}

bool ChangeFeed::hasImports(const BucketId &bucket) const
{
    base::MutexLock lock(m_mutex);
    const auto found = m_feeds.find(bucket);
    return found != m_feeds.end() && found->second.hasImports;
}

void ChangeFeed::setTotals(const BucketId &bucket, const Totals &totals)
{
    base::MutexLock lock(m_mutex);
    if (const auto found = m_feeds.find(bucket); found != m_feeds.end())
        found->second.totals = totals;
}

void ChangeFeed::noteImports(index::Transaction &transaction, const BucketId &bucket)
{
    base::MutexLock lock(m_mutex);
    Feed &feed = m_feeds[bucket];
    feed.hasImports = true;
    countFeeds();
    transaction.setFeed(bucket, index::FeedRow{feed.floor, true});
}

std::uint64_t ChangeFeed::add(index::Transaction &transaction, const BucketId &bucket, const Id128 &consumer,
                              std::uint64_t position)
{
    base::MutexLock lock(m_mutex);
    Feed &feed = m_feeds[bucket];
    countFeeds();
    const auto [place, isNew] = feed.consumers.try_emplace(consumer, Consumer{position, position});
    // Also for a known one: the row of a consumer whose adding failed may not be there.
    transaction.putConsumer(bucket, consumer, {place->second.cursor});
    place->second.written = place->second.cursor;
    return place->second.cursor;
}

void ChangeFeed::remove(index::Transaction &transaction, const BucketId &bucket, const Id128 &consumer)
{
    base::MutexLock lock(m_mutex);
    const auto found = m_feeds.find(bucket);
    if (found == m_feeds.end() || found->second.consumers.erase(consumer) == 0)
        return;
    Feed &feed = found->second;
    transaction.eraseConsumer(bucket, consumer);
    if (!feed.consumers.empty())
        return;
    transaction.eraseChanges(bucket, kAllChanges);
    feed.totals = {};
    feed.floor = feed.droppedUpTo = 0;
    if (feed.hasImports) {
        transaction.setFeed(bucket, index::FeedRow{0, true});
    } else {
        transaction.setFeed(bucket, std::nullopt);
        m_feeds.erase(found);
        countFeeds();
    }
}

void ChangeFeed::forget(index::Transaction &transaction, const BucketId &bucket)
{
    base::MutexLock lock(m_mutex);
    const auto found = m_feeds.find(bucket);
    if (found == m_feeds.end())
        return;
    for (const auto &[consumer, place] : found->second.consumers)
        transaction.eraseConsumer(bucket, consumer);
    transaction.eraseChanges(bucket, kAllChanges);
    transaction.setFeed(bucket, std::nullopt);
    m_feeds.erase(found);
    countFeeds();
}

std::vector<Id128> ChangeFeed::consumers(const BucketId &bucket) const
{
    base::MutexLock lock(m_mutex);
    std::vector<Id128> ids;
    if (const auto found = m_feeds.find(bucket); found != m_feeds.end()) {
        for (const auto &[consumer, place] : found->second.consumers)
            ids.push_back(consumer);
    }
    return ids;
}

Result<ChangeFeed::Consumer> ChangeFeed::find(const BucketId &bucket, const Id128 &consumer) const
{
    const auto feed = m_feeds.find(bucket);
    if (feed == m_feeds.end())
        return unknownConsumer();
    const auto found = feed->second.consumers.find(consumer);
    if (found == feed->second.consumers.end())
        return unknownConsumer();
    return found->second;
}

Result<std::uint64_t> ChangeFeed::cursor(const BucketId &bucket, const Id128 &consumer) const
{
    base::MutexLock lock(m_mutex);
    TRY_ASSIGN(const Consumer found, find(bucket, consumer));
    return found.cursor;
}

Status ChangeFeed::acknowledge(const BucketId &bucket, const Id128 &consumer, std::uint64_t position)
{
    base::MutexLock lock(m_mutex);
    TRY_ASSIGN(const Consumer found, find(bucket, consumer));
    if (position > found.cursor)
        m_feeds[bucket].consumers[consumer].cursor = position;
    return {};
}

Result<FeedPage> ChangeFeed::changes(const index::Index &index, const BucketId &bucket, const Id128 &consumer,
                                     std::uint64_t after, std::size_t limit) const
{
    FeedPage page;
    const std::uint64_t applied = index.appliedPosition().sequence;  // all rows up to here are there
    TRY_ASSIGN(auto rows, index.changes(bucket, after, limit));
    {
        base::MutexLock lock(m_mutex);
        TRY_ASSIGN([[maybe_unused]] const Consumer found, find(bucket, consumer));
        page.trimmed = after < m_feeds.at(bucket).floor;
    }
    page.atEnd = rows.size() < limit;
    page.next = rows.empty() ? after : rows.back().first;
    if (page.atEnd)
        page.next = std::max(page.next, applied);
    page.entries.reserve(rows.size());
    for (auto &[position, row] : rows)
        page.entries.push_back(entryOf(position, std::move(row)));
    dropRepeated(page.entries);
    return page;
}

Result<FeedLag> ChangeFeed::lag(const index::Index &index, const BucketId &bucket,
                                const Id128 &consumer) const
{
    FeedLag lag;
    Consumer reader;
    Totals totals;
    {
        base::MutexLock lock(m_mutex);
        TRY_ASSIGN(reader, find(bucket, consumer));
        totals = m_feeds.at(bucket).totals;
        lag.trimmed = reader.cursor < m_feeds.at(bucket).floor;
    }
    TRY_ASSIGN(const auto rows, index.changes(bucket, reader.cursor, 1));
    if (rows.empty())
        return lag;
    const index::ChangeRow &first = rows.front().second;
    // The totals may be from before a row that came in meanwhile.
    lag.changes = std::max(totals.changes, first.changes) - first.changes + 1;
    lag.bytes = std::max(totals.bytes, first.bytes) - first.bytes + first.size;
    lag.oldestMs = first.madeMs;
    return lag;
}

Result<std::vector<ChangeFeed::Trim>> ChangeFeed::planTrim(const index::Index &index,
                                                           std::int64_t nowMs) const
{
    std::vector<Trim> plan;
    std::vector<Totals> totals;
    Limits limits;
    {
        base::MutexLock lock(m_mutex);
        limits = m_limits;
        for (const auto &[bucket, feed] : m_feeds) {
            if (feed.consumers.empty())
                continue;
            Trim trim;
            trim.bucket = bucket;
            std::uint64_t slowest = kAllChanges;
            for (const auto &[id, consumer] : feed.consumers) {
                slowest = std::min(slowest, consumer.cursor);
                if (consumer.cursor != consumer.written)
                    trim.cursors.emplace_back(id, consumer.cursor);
            }
            if (slowest > std::max(feed.droppedUpTo, feed.floor))
                trim.readUpTo = slowest;
            plan.push_back(std::move(trim));
            totals.push_back(feed.totals);
        }
    }
    const std::uint64_t end = index.appliedPosition().sequence;
    for (std::size_t i = 0; i < plan.size(); ++i) {
        Trim &trim = plan[i];
        TRY_ASSIGN(const auto first, index.changes(trim.bucket, trim.readUpTo, 1));
        const auto isTooMuch = [&, most = totals[i].changes](const index::ChangeRow &row) {
            return row.changes + limits.changes <= most || row.madeMs + limits.ageMs <= nowMs;
        };
        if (first.empty() || !isTooMuch(first.front().second))
            continue;
        TRY_ASSIGN(trim.floor, lastDropped(index, trim.bucket, end, isTooMuch));
    }
    std::erase_if(
        plan, [](const Trim &trim) { return trim.cursors.empty() && trim.readUpTo == 0 && trim.floor == 0; });
    return plan;
}

void ChangeFeed::trim(index::Transaction &transaction, const std::vector<Trim> &plan)
{
    base::MutexLock lock(m_mutex);
    for (const Trim &trim : plan) {
        const auto found = m_feeds.find(trim.bucket);
        if (found == m_feeds.end() || found->second.consumers.empty())
            continue;
        Feed &feed = found->second;
        for (const auto &[id, cursor] : trim.cursors) {
            if (const auto consumer = feed.consumers.find(id); consumer != feed.consumers.end()) {
                transaction.putConsumer(trim.bucket, id, {cursor});
                consumer->second.written = cursor;
            }
        }
        if (trim.floor > feed.floor) {
            feed.floor = trim.floor;
            transaction.setFeed(trim.bucket, index::FeedRow{feed.floor, feed.hasImports});
        }
        // A consumer added since begins behind all of this.
        const std::uint64_t upTo = std::max(trim.readUpTo, trim.floor);
        if (upTo > feed.droppedUpTo) {
            feed.droppedUpTo = upTo;
            transaction.eraseChanges(trim.bucket, upTo);
        }
    }
}

void ChangeFeed::setLimits(const Limits &limits)
{
    base::MutexLock lock(m_mutex);
    m_limits = limits;
}

std::uint64_t ChangeFeed::passedByAll(const BucketId &bucket) const
{
    base::MutexLock lock(m_mutex);
    std::uint64_t passed = kAllChanges;
    if (const auto found = m_feeds.find(bucket); found != m_feeds.end()) {
        for (const auto &[consumer, place] : found->second.consumers)
            passed = std::min(passed, place.cursor);
    }
    return passed;
}

bool ChangeFeed::keepsRemoval(const BucketId &bucket, std::uint64_t sequence) const
{
    {
        base::MutexLock lock(m_mutex);
        if (const auto found = m_feeds.find(bucket); found != m_feeds.end()) {
            const std::uint64_t floor = found->second.floor;
            for (const auto &[consumer, place] : found->second.consumers) {
                if (place.cursor < sequence && place.cursor >= floor)
                    return true;
            }
        }
    }
    base::MutexLock lock(m_hookMutex);
    return m_removalsHook && m_removalsHook(bucket);
}

void ChangeFeed::setRemovalsHook(RemovalsHook hook)
{
    base::MutexLock lock(m_hookMutex);
    m_removalsHook = std::move(hook);
}

}  // namespace maxiofs::store
