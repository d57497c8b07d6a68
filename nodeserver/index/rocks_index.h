// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/mutex.h"
#include "index/batch_transaction.h"
#include "index/row_cache.h"

namespace maxiofs::index {

// The index in RocksDB. What was applied since the last flush lives in memory alone; the log brings it back.
class RocksIndex final : public TypedReader<Index> {
public:
    [[nodiscard]] static Result<std::unique_ptr<RocksIndex>> open(const Options &options);
    ~RocksIndex() override;

    [[nodiscard]] std::unique_ptr<Transaction> begin() override;
    [[nodiscard]] Status apply(std::unique_ptr<Transaction> transaction) override;
    [[nodiscard]] Status applyWaiting() override;
    [[nodiscard]] LogPosition flushedPosition() const override;
    [[nodiscard]] LogPosition appliedPosition() const override;
    [[nodiscard]] bool isIncomplete() const override;
    [[nodiscard]] Status flush() override;

    [[nodiscard]] Found<ObjectRow> current(const BucketId &bucket, std::string_view key,
                                           ReadMode mode) const override;
    [[nodiscard]] Result<Page<ObjectRow>> list(const ListQuery &query, ReadMode mode) const override;
    [[nodiscard]] Result<Page<ObjectRow>>
    listVersions(const ListQuery &query, const std::optional<Stamp> &afterVersion) const override;
    [[nodiscard]] Result<Page<UploadRow>> listUploads(const ListQuery &query,
                                                      const std::optional<Id128> &afterUpload) const override;

    [[nodiscard]] Result<std::vector<std::pair<ObjectCursor, ObjectRow>>>
    walkObjects(ObjectCursor &cursor, std::size_t limit) const override;
    [[nodiscard]] Result<std::vector<std::pair<PartCursor, PartRow>>>
    walkParts(PartCursor &cursor, std::size_t limit) const override;
    [[nodiscard]] Result<std::vector<std::pair<std::uint64_t, SegmentRow>>> segments() const override;
    [[nodiscard]] Status forEachFile(const std::function<bool(const Id128 &)> &visit) const override;
    [[nodiscard]] Result<std::size_t> eraseExpired(Transaction &transaction, std::int64_t tombstonesBeforeMs,
                                                   std::int64_t completionsBeforeMs, std::size_t limit,
                                                   const Kept &kept) const override;
    [[nodiscard]] Result<std::vector<std::pair<std::uint64_t, ChangeRow>>>
    changes(const BucketId &bucket, std::uint64_t after, std::size_t limit) const override;
    [[nodiscard]] Result<std::optional<std::pair<std::uint64_t, ChangeRow>>>
    lastChange(const BucketId &bucket) const override;
    [[nodiscard]] Result<FeedReaders> feedReaders() const override;
    [[nodiscard]] Result<std::vector<Tombstone>> tombstones(const BucketId &bucket,
                                                            const std::optional<TombstonePlace> &after,
                                                            std::size_t limit) const override;
    [[nodiscard]] Result<std::vector<ConflictVersion>> conflicts(const std::optional<BucketId> &bucket,
                                                                 const std::optional<ConflictVersion> &after,
                                                                 std::size_t limit) const override;
    [[nodiscard]] std::uint64_t memoryUsedBytes() const override;

private:
    explicit RocksIndex(const Options &options);
    [[nodiscard]] Status openDatabase();
    [[nodiscard]] Status checkFamilies(const rocksdb::DBOptions &options) const;
    [[nodiscard]] Status checkFormat();
    [[nodiscard]] rocksdb::Status persistently(const std::function<rocksdb::Status()> &action);
    [[nodiscard]] rocksdb::Status write(rocksdb::WriteBatch &batch);
    [[nodiscard]] rocksdb::Status startFlush(bool wait);
    [[nodiscard]] Status finishApplied();

    [[nodiscard]] rocksdb::Status get(const rocksdb::ReadOptions &options, Family family,
                                      std::string_view key, rocksdb::PinnableSlice &value) const override;
    [[nodiscard]] std::unique_ptr<rocksdb::Iterator> iterate(const rocksdb::ReadOptions &options,
                                                             Family family) const override;

    const std::string m_directory;
    std::unique_ptr<rocksdb::Env> m_memoryEnvironment;  // with Options::inMemory
    SharedMemory m_memory;
    Database m_database;
    mutable RowCache m_rows;
    // Of the applying thread.
    std::size_t m_erasedSinceFlush = 0;
    std::unique_ptr<BatchTransaction> m_waiting;
    rocksdb::WriteBatch *m_waitingBatch = nullptr;

    mutable base::Mutex m_mutex;
    LogPosition m_applied GUARDED_BY(m_mutex);
    LogPosition m_flushed GUARDED_BY(m_mutex);
    bool m_incomplete GUARDED_BY(m_mutex) = false;
};

}  // namespace maxiofs::index
