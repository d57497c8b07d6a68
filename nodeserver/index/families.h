// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <rocksdb/db.h>

#include <array>
#include <memory>
#include <string_view>
#include <vector>

namespace maxiofs::index {

// The column families, in the order in which they are opened.
enum class Family : std::size_t {
    Meta,  // RocksDB's default family: the format and the position in the log
    Current,
    Versions,
    Uploads,
    Completions,
    Parts,
    Tombstones,
    Buckets,
    Segments,
    Changes,
    Consumers,
    Conflicts,
};
inline constexpr std::size_t kFamilies = 12;

[[nodiscard]] const char *nameOf(Family family);

[[nodiscard]] bool isFamily(std::string_view name);

// The rows of Meta.
inline constexpr std::string_view kFormatKey = "format";
inline constexpr std::string_view kPositionKey = "position";
inline constexpr std::string_view kIncompleteKey = "incomplete";
inline constexpr std::string_view kFormat = "1";

// What the database and its families share in memory. The write buffers are charged to the cache, so that one
// figure bounds both and what writes do not need serves reads.
class SharedMemory {
public:
    explicit SharedMemory(std::uint64_t bytes);

    [[nodiscard]] rocksdb::DBOptions databaseOptions() const;
    [[nodiscard]] std::vector<rocksdb::ColumnFamilyDescriptor> families() const;
    [[nodiscard]] std::uint64_t usedBytes() const { return m_cache->GetUsage(); }

private:
    [[nodiscard]] rocksdb::ColumnFamilyOptions optionsOf(Family family) const;

    std::uint64_t m_writeBufferBytes;
    std::shared_ptr<rocksdb::Cache> m_cache;
    std::shared_ptr<rocksdb::WriteBufferManager> m_writeBuffers;
};

}  // namespace maxiofs::index
