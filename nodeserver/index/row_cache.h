// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/mutex.h"
#include "index/rows.h"

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace maxiofs::index {

inline constexpr std::size_t kRowCacheBytes = 4U << 20;

// Rows of `current` that were read lately, ready to be used: a look-up in RocksDB and its decoding cost ten
// times as much. What was not read for a while goes first. Any thread.
//
// A change is written to the database, then forget() is called, then it is acknowledged. A reader that found
// nothing here takes a ticket before it asks the database; keep() does nothing where a row was forgotten
// since then, so that no row from before a change comes in after it.
class RowCache {
public:
    explicit RowCache(std::size_t bytes = kRowCacheBytes) : m_bytesOfHalf(bytes / kShards / 2) {}

    using Ticket = std::uint64_t;
    /// The row of this key (of key_codec.h), or nothing and a ticket for keep().
    [[nodiscard]] std::optional<ObjectRow> find(std::string_view key, Ticket &ticket);
    /// Keeps a row that the database gave, unless it is large.
    void keep(std::string_view key, const ObjectRow &row, Ticket ticket);
    void forget(std::string_view key);

private:
    static constexpr std::size_t kShards = 16;

    struct Hash : std::hash<std::string_view> {
        using is_transparent = void;
    };
    using Rows = std::unordered_map<std::string, ObjectRow, Hash, std::equal_to<>>;
    struct Shard {
        base::Mutex mutex;
        Rows recent GUARDED_BY(mutex);
        Rows older GUARDED_BY(mutex);  // dropped when `recent` is full and takes its place
        std::size_t recentBytes GUARDED_BY(mutex) = 0;
        Ticket forgotten GUARDED_BY(mutex) = 0;  // counts
    };
    void add(Shard &shard, std::string &&key, ObjectRow &&row) REQUIRES(shard.mutex);
    [[nodiscard]] Shard &shardOf(std::string_view key) { return m_shards[Hash()(key) % kShards]; }

    const std::size_t m_bytesOfHalf;
    std::array<Shard, kShards> m_shards;
};

}  // namespace maxiofs::index
