// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "index/overlay.h"
#include "index/typed_reader.h"

#include <rocksdb/utilities/write_batch_with_index.h>

namespace maxiofs::index {

// The open database; outlives all that reads it.
struct Database {
    std::unique_ptr<rocksdb::DB> db;
    std::array<rocksdb::ColumnFamilyHandle *, kFamilies> handles{};

    [[nodiscard]] rocksdb::ColumnFamilyHandle *handle(Family family) const
    {
        return handles[static_cast<std::size_t>(family)];
    }
};

// A change of the index that is being built: a batch with an index over it, in front of the database. Rows
// that change with every request (counters, segments, the position) are written once, at the end.
class BatchTransaction final : public TypedReader<Transaction> {
public:
    explicit BatchTransaction(const Database &database);

    void putCurrent(const BucketId &bucket, std::string_view key, const ObjectRow &row) override;
    void eraseCurrent(const BucketId &bucket, std::string_view key) override;
    void putVersion(const BucketId &bucket, std::string_view key, const ObjectRow &row) override;
    void eraseVersion(const BucketId &bucket, std::string_view key, const Stamp &stamp) override;
    void setNullVersion(const BucketId &bucket, std::string_view key,
                        const std::optional<Stamp> &stamp) override;
    void putUpload(const BucketId &bucket, std::string_view key, const UploadRow &row) override;
    void eraseUpload(const BucketId &bucket, std::string_view key, const Id128 &uploadId) override;
    void putCompletion(const BucketId &bucket, const Id128 &uploadId, const CompletionRow &row) override;
    void eraseCompletion(const BucketId &bucket, const Id128 &uploadId) override;
    void putPart(std::uint64_t dataId, std::uint16_t number, const PartRow &row) override;
    void erasePart(std::uint64_t dataId, std::uint16_t number) override;
    void putTombstone(const BucketId &bucket, std::string_view key, const std::optional<Stamp> &version,
                      const TombstoneRow &row) override;
    void eraseTombstone(const BucketId &bucket, std::string_view key,
                        const std::optional<Stamp> &version) override;
    void setCounters(const BucketId &bucket, const BucketCounters &counters) override;
    void setClosed(const BucketId &bucket, bool closed) override;
    void forgetBucket(const BucketId &bucket) override;
    void setSegment(std::uint64_t number, const SegmentRow &row) override;
    void eraseSegment(std::uint64_t number) override;
    void putChange(const BucketId &bucket, std::uint64_t sequence, const ChangeRow &row) override;
    void eraseChanges(const BucketId &bucket, std::uint64_t upTo) override;
    void putConsumer(const BucketId &bucket, const Id128 &consumer, const ConsumerRow &row) override;
    void eraseConsumer(const BucketId &bucket, const Id128 &consumer) override;
    void setFeed(const BucketId &bucket, const std::optional<FeedRow> &row) override;
    void setPosition(const LogPosition &position) override;
    void setIncomplete() override;
    [[nodiscard]] bool empty() const override;
    void savePoint() override;
    void rollBackToSavePoint() override;

    [[nodiscard]] Result<BucketCounters> counters(const BucketId &bucket) const override;
    [[nodiscard]] Result<SegmentRow> segment(std::uint64_t number) const override;

    /// Erases what `rows` (Tombstones or Completions) holds from before `beforeMs`, at most `limit` rows of
    /// the order of expiry. The count; less than `limit`: nothing is left. `kept` is for Tombstones.
    [[nodiscard]] Result<std::size_t> eraseExpired(Family rows, std::int64_t beforeMs, std::size_t limit,
                                                   const Index::Kept *kept);

    /// All changes as one batch; nothing may be changed afterwards.
    [[nodiscard]] Result<rocksdb::WriteBatch *> finish();
    /// Keys of `current` that may have changed.
    [[nodiscard]] const std::vector<std::string> &changedObjects() const { return m_changedObjects; }
    [[nodiscard]] const std::optional<LogPosition> &position() const { return m_position; }
    [[nodiscard]] bool makesIncomplete() const { return m_incomplete; }
    /// About how many rows of listings this erases.
    [[nodiscard]] std::size_t erasedRows() const { return m_erasedRows; }

private:
    [[nodiscard]] rocksdb::Status get(const rocksdb::ReadOptions &options, Family family,
                                      std::string_view key, rocksdb::PinnableSlice &value) const override;
    [[nodiscard]] std::unique_ptr<rocksdb::Iterator> iterate(const rocksdb::ReadOptions &options,
                                                             Family family) const override;
    template <typename Row>
    void put(Family family, std::string_view key, const Row &row);
    void erase(Family family, std::string_view key);
    void keep(const rocksdb::Status &status);
    [[nodiscard]] bool isForgotten(Family family, std::string_view key) const;
    enum class Due { Never, Now, Later };
    [[nodiscard]] Result<Due> isDue(Family rows, std::string_view key, std::int64_t unixMs,
                                    const Index::Kept *kept) const;
    [[nodiscard]] rocksdb::Status putRangesFirst();
    void writeFeeds(rocksdb::WriteBatch &batch);

    const Database &m_database;
    mutable rocksdb::WriteBatchWithIndex m_batch;  // its look-ups are not const
    Overlay<BucketId, BucketCounters> m_counters;
    Overlay<std::uint64_t, SegmentRow> m_segments;
    std::vector<BucketId> m_forgotten;
    std::vector<std::pair<std::string, Bytes>> m_changes;       // rows of feeds
    std::vector<std::pair<BucketId, std::uint64_t>> m_trimmed;  // feeds, up to this sequence
    std::vector<std::string> m_changedObjects;
    std::optional<LogPosition> m_position;
    bool m_incomplete = false;
    std::size_t m_erasedRows = 0;
    rocksdb::Status m_status;  // the first error of the batch; told by finish()
    Bytes m_value;             // kept for its memory

    // As they were at the save point.
    std::size_t m_markedBytes = 0;
    std::size_t m_markedForgotten = 0;
    std::size_t m_markedChanges = 0;
    std::size_t m_markedTrimmed = 0;
    std::optional<LogPosition> m_markedPosition;

    rocksdb::WriteBatch m_withRanges;
};

}  // namespace maxiofs::index
