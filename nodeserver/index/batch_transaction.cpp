// SPDX-License-Identifier: GPL-3.0-or-later
#include "index/batch_transaction.h"

#include "index/conflict_stamp.h"
#include "index/key_codec.h"
#include "index/rocks_status.h"
#include "index/row_codec.h"

#include <algorithm>

namespace maxiofs::index {

namespace {

// The value of rows whose key says everything.
struct NoRow {};
void encode(const NoRow &, Bytes &) {}

}  // namespace

BatchTransaction::BatchTransaction(const Database &database)
    : m_database(database),
      m_batch(rocksdb::BytewiseComparator(), 0, true)
{
    savePoint();
}

void BatchTransaction::putCurrent(const BucketId &bucket, std::string_view key, const ObjectRow &row)
{
    m_changedObjects.push_back(objectKey(bucket, key));
    put(Family::Current, m_changedObjects.back(), row);
}

void BatchTransaction::eraseCurrent(const BucketId &bucket, std::string_view key)
{
    m_changedObjects.push_back(objectKey(bucket, key));
    erase(Family::Current, m_changedObjects.back());
    ++m_erasedRows;
}

void BatchTransaction::putVersion(const BucketId &bucket, std::string_view key, const ObjectRow &row)
{
    const std::string rowKey = versionKey(bucket, key, row.stamp);
    put(Family::Versions, rowKey, row);
    if (isConflict(row.stamp))
        put(Family::Conflicts, rowKey, NoRow{});
}

void BatchTransaction::eraseVersion(const BucketId &bucket, std::string_view key, const Stamp &stamp)
{
    const std::string rowKey = versionKey(bucket, key, stamp);
    erase(Family::Versions, rowKey);
    if (isConflict(stamp))
        erase(Family::Conflicts, rowKey);
    ++m_erasedRows;
}

void BatchTransaction::setNullVersion(const BucketId &bucket, std::string_view key,
                                      const std::optional<Stamp> &stamp)
{
    const std::string row = objectKey(bucket, key);
    if (stamp)
        put(Family::Versions, row, *stamp);
    else
        erase(Family::Versions, row);
}

void BatchTransaction::putUpload(const BucketId &bucket, std::string_view key, const UploadRow &row)
{
    put(Family::Uploads, uploadKey(bucket, key, row.uploadId), row);
}

void BatchTransaction::eraseUpload(const BucketId &bucket, std::string_view key, const Id128 &uploadId)
{
    erase(Family::Uploads, uploadKey(bucket, key, uploadId));
    ++m_erasedRows;
}

void BatchTransaction::putCompletion(const BucketId &bucket, const Id128 &uploadId, const CompletionRow &row)
{
    const std::string key = completionKey(bucket, uploadId);
    put(Family::Completions, key, row);
    put(Family::Completions, expiryKey(row.completedMs, key), NoRow{});
}

// The row of the order of expiry stays until its time: finding it would cost a read.
void BatchTransaction::eraseCompletion(const BucketId &bucket, const Id128 &uploadId)
{
    erase(Family::Completions, completionKey(bucket, uploadId));
}

void BatchTransaction::putPart(std::uint64_t dataId, std::uint16_t number, const PartRow &row)
{
    put(Family::Parts, partKey(dataId, number), row);
}

void BatchTransaction::erasePart(std::uint64_t dataId, std::uint16_t number)
{
    erase(Family::Parts, partKey(dataId, number));
}

void BatchTransaction::putTombstone(const BucketId &bucket, std::string_view key,
                                    const std::optional<Stamp> &version, const TombstoneRow &row)
{
    const std::string rowKey = tombstoneKey(bucket, key, version);
    put(Family::Tombstones, rowKey, row);
    put(Family::Tombstones, expiryKey(row.stamp.unixMs(), rowKey), NoRow{});
}

void BatchTransaction::eraseTombstone(const BucketId &bucket, std::string_view key,
                                      const std::optional<Stamp> &version)
{
    erase(Family::Tombstones, tombstoneKey(bucket, key, version));
}

void BatchTransaction::setCounters(const BucketId &bucket, const BucketCounters &counters)
{
    m_counters.set(bucket, counters);
}

void BatchTransaction::setClosed(const BucketId &bucket, bool closed)
{
    if (closed)
        put(Family::Buckets, closedKey(bucket), NoRow{});
    else
        erase(Family::Buckets, closedKey(bucket));
}

void BatchTransaction::forgetBucket(const BucketId &bucket)
{
    m_counters.set(bucket, std::nullopt);
    // Rows that this transaction put go one by one; the database's as a range, before all else of the batch.
    const std::string begin = expiringRowsOf(bucket);
    for (const Family family : {Family::Tombstones, Family::Completions}) {
        std::vector<std::string> own;
        const std::unique_ptr<rocksdb::WBWIIterator> iterator(m_batch.NewIterator(m_database.handle(family)));
        for (iterator->Seek(begin); iterator->Valid() && iterator->Entry().key.starts_with(begin);
             iterator->Next())
            own.push_back(iterator->Entry().key.ToString());
        for (const std::string &key : own)
            erase(family, key);
    }
    m_forgotten.push_back(bucket);
}

void BatchTransaction::setSegment(std::uint64_t number, const SegmentRow &row)
{
    m_segments.set(number, row);
}

void BatchTransaction::eraseSegment(std::uint64_t number)
{
    m_segments.set(number, std::nullopt);
}

void BatchTransaction::putChange(const BucketId &bucket, std::uint64_t sequence, const ChangeRow &row)
{
    m_changes.emplace_back(changeKey(bucket, sequence), encoded(row));
}

void BatchTransaction::eraseChanges(const BucketId &bucket, std::uint64_t upTo)
{
    m_trimmed.emplace_back(bucket, upTo);
}

void BatchTransaction::putConsumer(const BucketId &bucket, const Id128 &consumer, const ConsumerRow &row)
{
    put(Family::Consumers, consumerKey(bucket, consumer), row);
}

void BatchTransaction::eraseConsumer(const BucketId &bucket, const Id128 &consumer)
{
    erase(Family::Consumers, consumerKey(bucket, consumer));
}

void BatchTransaction::setFeed(const BucketId &bucket, const std::optional<FeedRow> &row)
{
    if (row)
        put(Family::Consumers, feedKey(bucket), *row);
    else
        erase(Family::Consumers, feedKey(bucket));
}

void BatchTransaction::setPosition(const LogPosition &position)
{
    m_position = position;
}

void BatchTransaction::setIncomplete()
{
    m_incomplete = true;
}

bool BatchTransaction::empty() const
{
    return m_batch.GetWriteBatch()->Count() == 0 && m_counters.empty() && m_segments.empty() && !m_position &&
           !m_incomplete && m_forgotten.empty() && m_changes.empty() && m_trimmed.empty();
}

void BatchTransaction::savePoint()
{
    m_batch.PopSavePoint().PermitUncheckedError();  // one mark, not a stack: NotFound the first time
    m_batch.SetSavePoint();
    m_markedBytes = m_batch.GetDataSize();
    m_markedForgotten = m_forgotten.size();
    m_markedChanges = m_changes.size();
    m_markedTrimmed = m_trimmed.size();
    m_markedPosition = m_position;
    m_counters.mark();
    m_segments.mark();
}

void BatchTransaction::rollBackToSavePoint()
{
    // RocksDB builds the batch's index anew: not for nothing.
    if (m_batch.GetDataSize() != m_markedBytes) {
        keep(m_batch.RollbackToSavePoint());
        m_batch.SetSavePoint();
    }
    m_forgotten.resize(m_markedForgotten);
    m_changes.resize(m_markedChanges);
    m_trimmed.resize(m_markedTrimmed);
    m_position = m_markedPosition;
    m_counters.rollBack();
    m_segments.rollBack();
}

Result<BucketCounters> BatchTransaction::counters(const BucketId &bucket) const
{
    if (const auto *own = m_counters.find(bucket))
        return own->value_or(BucketCounters{});
    return TypedReader::counters(bucket);
}

Result<SegmentRow> BatchTransaction::segment(std::uint64_t number) const
{
    if (const auto *own = m_segments.find(number))
        return own->value_or(SegmentRow{});
    return TypedReader::segment(number);
}

Result<std::size_t> BatchTransaction::eraseExpired(Family rows, std::int64_t beforeMs, std::size_t limit,
                                                   const Index::Kept *kept)
{
    const std::string end = expiryKey(beforeMs, {});
    const rocksdb::Slice endSlice(end);
    rocksdb::ReadOptions options;
    options.iterate_upper_bound = &endSlice;
    options.fill_cache = false;
    std::vector<std::string> due;
    const auto iterator = iterate(options, rows);
    // RocksDB 7.8 steps over the bound in an iterator with a batch on top.
    for (iterator->Seek(ExpiryKey::first());
         iterator->Valid() && iterator->key().compare(endSlice) < 0 && due.size() < limit; iterator->Next())
        due.push_back(iterator->key().ToString());
    TRY_STATUS(statusOf(iterator->status(), "read what has expired"));
    for (const std::string &expiry : due) {
        const auto name = ExpiryKey::decode(expiry);
        if (!name)
            return failure(Error::Corrupt, "the index holds a row of expiry that names no time");
        erase(rows, expiry);
        TRY_ASSIGN(const Due rowIsDue, isDue(rows, name->rowKey, name->unixMs, kept));
        if (rowIsDue == Due::Later)
            put(rows, expiryKey(beforeMs + kept->forMs, name->rowKey), NoRow{});
        else if (rowIsDue == Due::Now)
            erase(rows, name->rowKey);
    }
    return due.size();
}

// A row that was written again since has another row of expiry.
Result<BatchTransaction::Due> BatchTransaction::isDue(Family rows, std::string_view key, std::int64_t unixMs,
                                                      const Index::Kept *kept) const
{
    if (rows == Family::Tombstones) {
        TRY_ASSIGN(const auto row, find<TombstoneRow>(rows, key));
        if (!row || row->stamp.unixMs() > unixMs)
            return Due::Never;
        const bool isKept = kept != nullptr && kept->isKept && kept->isKept(bucketOf(key.substr(1)), *row);
        return isKept ? Due::Later : Due::Now;
    }
    TRY_ASSIGN(const auto row, find<CompletionRow>(rows, key));
    return row && row->completedMs == unixMs ? Due::Now : Due::Never;
}

Result<rocksdb::WriteBatch *> BatchTransaction::finish()
{
    rocksdb::WriteBatch *batch = m_batch.GetWriteBatch();
    if (!m_forgotten.empty()) {
        keep(putRangesFirst());
        batch = &m_withRanges;
    }
    writeFeeds(*batch);
    const auto write = [&](Family family, const std::string &key, const auto &row) {
        rocksdb::ColumnFamilyHandle *handle = m_database.handle(family);
        if (!row) {
            keep(batch->Delete(handle, key));
            return;
        }
        m_value.clear();
        encode(*row, m_value);
        keep(batch->Put(handle, key, sliceOf(m_value)));
    };
    for (const auto &[bucket, counters] : m_counters.values())
        write(Family::Buckets, countersKey(bucket), counters);
    for (const auto &[number, row] : m_segments.values())
        write(Family::Segments, segmentKey(number), row);
    if (m_position)
        write(Family::Meta, std::string(kPositionKey), m_position);
    if (m_incomplete)
        write(Family::Meta, std::string(kIncompleteKey), std::optional<NoRow>(std::in_place));
    TRY_STATUS(statusOf(m_status, "build a batch of the object index"));
    return batch;
}

// Nobody reads them before they are applied: they need no place in the batch's index.
void BatchTransaction::writeFeeds(rocksdb::WriteBatch &batch)
{
    rocksdb::ColumnFamilyHandle *handle = m_database.handle(Family::Changes);
    for (const auto &[bucket, upTo] : m_trimmed)
        keep(batch.DeleteRange(handle, changeKey(bucket, 0), changeKey(bucket, upTo) + '\0'));
    for (const auto &[key, row] : m_changes)
        keep(batch.Put(handle, key, sliceOf(row)));
}

rocksdb::Status BatchTransaction::get(const rocksdb::ReadOptions &options, Family family,
                                      std::string_view key, rocksdb::PinnableSlice &value) const
{
    rocksdb::ColumnFamilyHandle *handle = m_database.handle(family);
    if (isForgotten(family, key)) {
        std::string own;
        rocksdb::Status status = m_batch.GetFromBatch(handle, rocksdb::DBOptions(), key, &own);
        value.PinSelf(own);
        return status;
    }
    return m_batch.GetFromBatchAndDB(m_database.db.get(), options, handle, key, &value);
}

std::unique_ptr<rocksdb::Iterator> BatchTransaction::iterate(const rocksdb::ReadOptions &options,
                                                             Family family) const
{
    rocksdb::ColumnFamilyHandle *handle = m_database.handle(family);
    return std::unique_ptr<rocksdb::Iterator>(
        m_batch.NewIteratorWithBase(handle, m_database.db->NewIterator(options, handle), &options));
}

template <typename Row>
void BatchTransaction::put(Family family, std::string_view key, const Row &row)
{
    m_value.clear();
    encode(row, m_value);
    keep(m_batch.Put(m_database.handle(family), key, sliceOf(m_value)));
}

void BatchTransaction::erase(Family family, std::string_view key)
{
    keep(m_batch.Delete(m_database.handle(family), key));
}

void BatchTransaction::keep(const rocksdb::Status &status)
{
    if (m_status.ok())
        m_status = status;
}

bool BatchTransaction::isForgotten(Family family, std::string_view key) const
{
    if (m_forgotten.empty() || (family != Family::Tombstones && family != Family::Completions))
        return false;
    return std::ranges::any_of(m_forgotten,
                               [&](const BucketId &id) { return key.starts_with(expiringRowsOf(id)); });
}

// A batch with an index takes no ranges, so its rows are copied behind them.
rocksdb::Status BatchTransaction::putRangesFirst()
{
    class Copy final : public rocksdb::WriteBatch::Handler {
    public:
        Copy(const Database &from, rocksdb::WriteBatch &to) : m_from(from), m_to(to) {}
        rocksdb::Status PutCF(std::uint32_t family, const rocksdb::Slice &key,
                              const rocksdb::Slice &value) override
        {
            return m_to.Put(handleOf(family), key, value);
        }
        rocksdb::Status DeleteCF(std::uint32_t family, const rocksdb::Slice &key) override
        {
            return m_to.Delete(handleOf(family), key);
        }

    private:
        rocksdb::ColumnFamilyHandle *handleOf(std::uint32_t family) const
        {
            return *std::ranges::find(m_from.handles, family, &rocksdb::ColumnFamilyHandle::GetID);
        }
        const Database &m_from;
        rocksdb::WriteBatch &m_to;
    };

    for (const BucketId &bucket : m_forgotten) {
        const std::string begin = expiringRowsOf(bucket);
        for (const Family family : {Family::Tombstones, Family::Completions}) {
            rocksdb::Status status =
                m_withRanges.DeleteRange(m_database.handle(family), begin, prefixEnd(begin));
            if (!status.ok())
                return status;
        }
    }
    Copy copy(m_database, m_withRanges);
    return m_batch.GetWriteBatch()->Iterate(&copy);
}

}  // namespace maxiofs::index
