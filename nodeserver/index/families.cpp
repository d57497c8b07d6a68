// SPDX-License-Identifier: GPL-3.0-or-later
#include "index/families.h"

#include "index/key_prefix.h"
#include "index/rocks_logger.h"

#include <rocksdb/cache.h>
#include <rocksdb/convenience.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/listener.h>
#include <rocksdb/table.h>
#include <rocksdb/utilities/table_properties_collectors.h>
#include <rocksdb/write_buffer_manager.h>

#include <algorithm>

namespace maxiofs::index {

namespace {

constexpr std::array<const char *, kFamilies> kNames{"default",     "current", "versions",   "uploads",
                                                     "completions", "parts",   "tombstones", "buckets",
                                                     "segments",    "changes", "consumers",  "conflicts"};

// A third of the memory collects writes: at 96 MiB about 100,000 rows between two flushes.
constexpr std::uint64_t kWriteBufferShare = 3;
constexpr int kCacheShardBits = 4;
constexpr std::size_t kArenaBlockBytes = 64 << 10;  // families that are mostly empty must cost little
constexpr std::size_t kBlockBytes = 8 << 10;
constexpr int kIndexRestartInterval = 8;
constexpr double kFilterBitsPerKey = 10;
constexpr double kMemoryFilterShare = 0.01;  // of a write buffer
constexpr std::uint64_t kFileBytes = 64ULL << 20;
constexpr int kOpenFiles = 256;
constexpr int kBackgroundJobs = 2;
constexpr int kMaxWriteBuffers = 4;

// A file in which half of any 2,048 neighbouring rows are deletions is compacted soon, whatever its level: a
// listing would have to step over them.
constexpr std::size_t kDeletionWindow = 2048;
constexpr std::size_t kDeletionTrigger = 1024;

bool isListed(Family family)
{
    return family != Family::Meta && family != Family::Buckets && family != Family::Segments &&
           family != Family::Consumers;
}

// RocksDB's own recovery from a full volume looks every 5 seconds, holds off Resume() meanwhile and was seen
// to stay stuck. The index calls Resume() when it is asked to write.
class NoOwnRecovery final : public rocksdb::EventListener {
public:
    void OnErrorRecoveryBegin(rocksdb::BackgroundErrorReason, rocksdb::Status, bool *automatic) override
    {
        *automatic = false;
    }
};

rocksdb::CompressionType compression()
{
    const std::vector<rocksdb::CompressionType> supported = rocksdb::GetSupportedCompressions();
    const auto has = [&](rocksdb::CompressionType type) {
        return std::find(supported.begin(), supported.end(), type) != supported.end();
    };
    return has(rocksdb::kLZ4Compression) ? rocksdb::kLZ4Compression : rocksdb::kNoCompression;
}

}  // namespace

const char *nameOf(Family family)
{
    return kNames[static_cast<std::size_t>(family)];
}

bool isFamily(std::string_view name)
{
    return std::ranges::find(kNames, name) != kNames.end();
}

SharedMemory::SharedMemory(std::uint64_t bytes)
    : m_writeBufferBytes(bytes / kWriteBufferShare),
      m_cache(rocksdb::NewLRUCache(bytes, kCacheShardBits)),
      m_writeBuffers(std::make_shared<rocksdb::WriteBufferManager>(m_writeBufferBytes, m_cache))
{
}

rocksdb::DBOptions SharedMemory::databaseOptions() const
{
    rocksdb::DBOptions options;
    options.create_if_missing = true;
    options.create_missing_column_families = true;
    // What is in the files is always one moment of the log: that of the position stored with it.
    options.atomic_flush = true;
    options.avoid_flush_during_shutdown = true;
    options.allow_concurrent_memtable_write = false;  // one thread writes
    options.enable_write_thread_adaptive_yield = false;
    options.write_buffer_manager = m_writeBuffers;
    options.max_background_jobs = kBackgroundJobs;
    options.max_open_files = kOpenFiles;
    options.skip_stats_update_on_db_open = true;
    options.avoid_unnecessary_blocking_io = true;  // an I/O thread that ends an iterator unlinks no file
    options.stats_dump_period_sec = 0;
    options.stats_persist_period_sec = 0;
    options.listeners.push_back(std::make_shared<NoOwnRecovery>());
    options.max_bgerror_resume_count = 0;
    options.info_log = std::make_shared<RocksLogger>();
    return options;
}

std::vector<rocksdb::ColumnFamilyDescriptor> SharedMemory::families() const
{
    std::vector<rocksdb::ColumnFamilyDescriptor> descriptors;
    descriptors.reserve(kFamilies);
    for (std::size_t i = 0; i < kFamilies; ++i)
        descriptors.emplace_back(kNames[i], optionsOf(static_cast<Family>(i)));
    return descriptors;
}

rocksdb::ColumnFamilyOptions SharedMemory::optionsOf(Family family) const
{
    rocksdb::BlockBasedTableOptions table;
    table.block_cache = m_cache;
    table.block_size = kBlockBytes;
    table.index_block_restart_interval = kIndexRestartInterval;
    table.cache_index_and_filter_blocks = true;
    table.pin_l0_filter_and_index_blocks_in_cache = true;
    table.format_version = 5;

    rocksdb::ColumnFamilyOptions options;
    switch (family) {
    case Family::Current:
        // Most writes ask for a key that is not there: they need not search the write buffer.
        options.memtable_prefix_bloom_size_ratio = kMemoryFilterShare;
        options.memtable_whole_key_filtering = true;
        [[fallthrough]];
    case Family::Tombstones:  // asked before a write to a key that another node may have removed
    case Family::Parts: table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(kFilterBitsPerKey)); break;
    case Family::Versions:
        // Asked once for each write to a key, mostly to learn that it has no older versions.
        options.prefix_extractor = std::make_shared<KeyPrefix>();
        table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(kFilterBitsPerKey));
        table.whole_key_filtering = false;
        break;
    default: break;
    }
    options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
    options.write_buffer_size = m_writeBufferBytes;  // the manager decides first
    options.max_write_buffer_number = kMaxWriteBuffers;
    options.arena_block_size = std::min<std::size_t>(kArenaBlockBytes, m_writeBufferBytes / 8);
    options.target_file_size_base = kFileBytes;
    options.level_compaction_dynamic_level_bytes = true;
    options.compression = compression();
    if (isListed(family))
        options.table_properties_collector_factories = {
            rocksdb::NewCompactOnDeletionCollectorFactory(kDeletionWindow, kDeletionTrigger)};
    return options;
}

}  // namespace maxiofs::index
