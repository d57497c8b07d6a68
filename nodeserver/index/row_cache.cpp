// SPDX-License-Identifier: GPL-3.0-or-later
#include "index/row_cache.h"

namespace maxiofs::index {

namespace {

constexpr std::size_t kMostRowBytes = 2048;
// What a map's node and bucket take beside the texts.
constexpr std::size_t kOverhead = 64;

std::size_t bytesOf(std::string_view key, const ObjectRow &row)
{
    std::size_t bytes = kOverhead + sizeof row + key.size() + row.etag.size() + row.ownerId.size() +
                        row.checksum.size() + row.clearFields.size() + row.sealedFields.size();
    if (const auto *parts = std::get_if<InParts>(&row.data))
        bytes += parts->parts.size() * sizeof parts->parts[0];
    return bytes;
}

}  // namespace

std::optional<ObjectRow> RowCache::find(std::string_view key, Ticket &ticket)
{
    Shard &shard = shardOf(key);
    const base::MutexLock lock(shard.mutex);
    if (const auto found = shard.recent.find(key); found != shard.recent.end())
        return found->second;
    ticket = shard.forgotten;
    const auto found = shard.older.find(key);
    if (found == shard.older.end())
        return std::nullopt;
    auto node = shard.older.extract(found);
    ObjectRow row = node.mapped();
    add(shard, std::move(node.key()), std::move(node.mapped()));
    return row;
}

void RowCache::keep(std::string_view key, const ObjectRow &row, Ticket ticket)
{
    if (bytesOf(key, row) > kMostRowBytes)
        return;
    Shard &shard = shardOf(key);
    const base::MutexLock lock(shard.mutex);
    if (shard.forgotten == ticket)
        add(shard, std::string(key), ObjectRow(row));
}

void RowCache::add(Shard &shard, std::string &&key, ObjectRow &&row)
{
    const std::size_t bytes = bytesOf(key, row);
    if (shard.recentBytes + bytes > m_bytesOfHalf) {
        shard.older = std::exchange(shard.recent, {});
        shard.recentBytes = 0;
    }
    if (shard.recent.try_emplace(std::move(key), std::move(row)).second)
        shard.recentBytes += bytes;
}

void RowCache::forget(std::string_view key)
{
    Shard &shard = shardOf(key);
    const base::MutexLock lock(shard.mutex);
    ++shard.forgotten;
    if (const auto found = shard.older.find(key); found != shard.older.end())
        shard.older.erase(found);
    const auto found = shard.recent.find(key);
    if (found == shard.recent.end())
        return;
    shard.recentBytes -= bytesOf(key, found->second);
    shard.recent.erase(found);
}

}  // namespace maxiofs::index
