// SPDX-License-Identifier: GPL-3.0-or-later
#include "cluster/ownership/copy_table.h"

#include "cluster/ownership/copy_codec.h"

#include <algorithm>

namespace maxiofs::cluster::ownership {

Result<std::unique_ptr<CopyTable>> CopyTable::load(records::Records &records)
{
    std::unique_ptr<CopyTable> table(new CopyTable(records));
    const base::MutexLock lock(table->m_mutex);
    TRY_STATUS(records.database().read([&](db::Connection &connection) -> Status {
        TRY_ASSIGN(auto rows, connection.prepare("SELECT bucket_id, state, received FROM bucket_copies"));
        while (true) {
            TRY_ASSIGN(const bool there, rows.step());
            if (!there)
                return {};
            const auto bucket = BucketId::fromHex(rows.text(0));
            if (!bucket)
                return failure(Error::Corrupt, "A copy of a bucket in auth.db has no bucket's id.",
                               rows.text(0));
            Entry &entry = table->m_entries[*bucket];
            if (!rows.isNull(1)) {
                TRY_ASSIGN(entry.state, decodeCopyState(rows.blob(1)));
            }
            if (!rows.isNull(2)) {
                TRY_ASSIGN(entry.received, decodePoints(rows.blob(2)));
            }
        }
    }));
    return table;
}

std::optional<rules::CopyState> CopyTable::find(const BucketId &bucket) const
{
    const base::MutexLock lock(m_mutex);
    const auto found = m_entries.find(bucket);
    return found == m_entries.end() ? std::nullopt : found->second.state;
}

std::vector<BucketId> CopyTable::buckets() const
{
    std::vector<BucketId> buckets;
    const base::MutexLock lock(m_mutex);
    for (const auto &[bucket, entry] : m_entries) {
        if (entry.state)
            buckets.push_back(bucket);
    }
    return buckets;
}

Status CopyTable::write(const BucketId &bucket, const rules::CopyState &state)
{
    TRY_STATUS(m_records.database().write(
        [&](db::Connection &connection) { return writeIn(connection, bucket, state); }));
    written(bucket, state);
    return {};
}

Status CopyTable::writeIn(db::Connection &connection, const BucketId &bucket, const rules::CopyState &state)
{
    TRY_ASSIGN(auto upsert,
               connection.prepare("INSERT INTO bucket_copies (bucket_id, state) VALUES (?, ?)"
                                  " ON CONFLICT (bucket_id) DO UPDATE SET state = excluded.state"));
    upsert.bind(bucket.hex(), encodeCopyState(state));
    return upsert.run();
}

void CopyTable::written(const BucketId &bucket, const rules::CopyState &state)
{
    const base::MutexLock lock(m_mutex);
    m_entries[bucket].state = state;
}

Status CopyTable::forget(const BucketId &bucket)
{
    {
        const base::MutexLock lock(m_mutex);
        if (m_entries.erase(bucket) == 0)
            return {};
    }
    return m_records.database().write([&](db::Connection &connection) -> Status {
        TRY_ASSIGN(auto remove, connection.prepare("DELETE FROM bucket_copies WHERE bucket_id = ?"));
        remove.bind(bucket.hex());
        return remove.run();
    });
}

bool CopyTable::isDegraded(const BucketId &bucket, const Id128 &rule) const
{
    const base::MutexLock lock(m_mutex);
    const auto found = m_entries.find(bucket);
    return found != m_entries.end() && found->second.state && found->second.state->wasOwner &&
           std::ranges::find(found->second.state->degraded, rule) != found->second.state->degraded.end();
}

std::uint64_t CopyTable::receivedTo(const BucketId &bucket, const records::Epoch &epoch) const
{
    const base::MutexLock lock(m_mutex);
    const auto found = m_entries.find(bucket);
    if (found == m_entries.end())
        return 0;
    const auto &received = found->second.received;
    const auto point = std::ranges::find(received, epoch, &rules::FeedPoint::epoch);
    return point == received.end() ? 0 : point->position;
}

void CopyTable::received(const BucketId &bucket, const records::Epoch &epoch, std::uint64_t position)
{
    const base::MutexLock lock(m_mutex);
    Entry &entry = m_entries[bucket];
    auto point = std::ranges::find(entry.received, epoch, &rules::FeedPoint::epoch);
    if (point == entry.received.end()) {
        if (entry.received.size() >= kMostReceived)
            entry.received.erase(std::ranges::min_element(entry.received, {}, &rules::FeedPoint::epoch));
        entry.received.push_back({epoch, position});
    } else if (position > point->position) {
        point->position = position;
    } else {
        return;
    }
    entry.isKept = false;
}

Status CopyTable::keepReceived()
{
    std::vector<std::pair<BucketId, Bytes>> changed;
    {
        const base::MutexLock lock(m_mutex);
        for (auto &[bucket, entry] : m_entries) {
            if (!std::exchange(entry.isKept, true))
                changed.emplace_back(bucket, encodePoints(entry.received));
        }
    }
    if (changed.empty())
        return {};
    return m_records.database().write([&](db::Connection &connection) -> Status {
        TRY_ASSIGN(auto upsert,
                   connection.prepare("INSERT INTO bucket_copies (bucket_id, received) VALUES (?, ?)"
                                      " ON CONFLICT (bucket_id) DO UPDATE SET received = excluded.received"));
        for (const auto &[bucket, received] : changed) {
            upsert.bind(bucket.hex(), received);
            TRY_STATUS(upsert.run());
        }
        return {};
    });
}

}  // namespace maxiofs::cluster::ownership
