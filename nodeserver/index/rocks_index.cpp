// SPDX-License-Identifier: GPL-3.0-or-later
#include "index/rocks_index.h"

#include "index/key_codec.h"
#include "index/listing.h"
#include "index/rocks_logger.h"
#include "index/rocks_status.h"
#include "index/row_codec.h"
#include "index/row_cursor.h"

#include <rocksdb/snapshot.h>

#include <algorithm>
#include <chrono>
#include <thread>

namespace maxiofs::index {

namespace {

// Deletions wait in memory until a flush, where no compaction drops them and listings step over them.
constexpr std::size_t kErasedRowsBeforeFlush = 32'768;

bool isLocked(const rocksdb::Status &status)
{
    const std::string text = status.ToString();
    return status.IsIOError() && (text.find("lock hold by") != std::string::npos ||
                                  text.find("While lock file") != std::string::npos);
}

// After a failed flush RocksDB refuses writes until it is told to go on; by then the volume may have room
// again.
constexpr std::chrono::seconds kRecoveryPatience{5};
constexpr std::chrono::milliseconds kRecoveryPause{500};

Error lockedError(const std::string &directory)
{
    return {Error::Locked, "The object index is open already: one node at a time may use a data directory.",
            directory};
}

rocksdb::ReadOptions listOptions(ReadMode mode, const rocksdb::Slice &end)
{
    rocksdb::ReadOptions options = readOptions(mode);
    options.total_order_seek = true;  // a page spans many keys: no filters
    options.iterate_upper_bound = &end;
    return options;
}

}  // namespace

Result<std::unique_ptr<Index>> Index::open(const Options &options)
{
    return RocksIndex::open(options);
}

Status Index::destroy(const Options &options)
{
    rocksdb::Options defaults;
    if (options.inMemory || defaults.env->FileExists(options.directory).IsNotFound())
        return {};
    defaults.info_log = std::make_shared<RocksLogger>();
    const rocksdb::Status status = rocksdb::DestroyDB(options.directory, defaults);
    if (isLocked(status))
        return failure(lockedError(options.directory));
    return statusOf(status, "remove the object index at " + options.directory);
}

Result<std::unique_ptr<RocksIndex>> RocksIndex::open(const Options &options)
{
    std::unique_ptr<RocksIndex> index(new RocksIndex(options));
    TRY_STATUS(index->openDatabase());
    TRY_STATUS(index->checkFormat());
    return index;
}

RocksIndex::RocksIndex(const Options &options)
    : m_directory(options.inMemory ? "/index" : options.directory),
      m_memoryEnvironment(options.inMemory ? rocksdb::NewMemEnv(rocksdb::Env::Default()) : nullptr),
      m_memory(options.memoryBytes)
{
}

RocksIndex::~RocksIndex()
{
    if (!m_database.db)
        return;
    for (rocksdb::ColumnFamilyHandle *handle : m_database.handles)
        m_database.db->DestroyColumnFamilyHandle(handle).PermitUncheckedError();
    m_database.db->Close().PermitUncheckedError();
}

Status RocksIndex::openDatabase()
{
    rocksdb::DBOptions options = m_memory.databaseOptions();
    if (m_memoryEnvironment)
        options.env = m_memoryEnvironment.get();
    TRY_STATUS(statusOf(options.env->CreateDirIfMissing(m_directory), "make the folder of the object index"));
    TRY_STATUS(checkFamilies(options));
    rocksdb::DB *db = nullptr;
    std::vector<rocksdb::ColumnFamilyHandle *> handles;
    const rocksdb::Status status =
        rocksdb::DB::Open(options, m_directory, m_memory.families(), &handles, &db);
    if (status.ok()) {
        m_database.db.reset(db);
        std::ranges::copy(handles, m_database.handles.begin());
        return {};
    }
    if (isLocked(status))
        return failure(lockedError(m_directory));
    Error error = errorOf(status, "open the object index");
    // A file that is missing or cut short shows as one of these too; only a rebuild helps.
    if (status.IsInvalidArgument() || status.IsNotFound() || status.IsPathNotFound())
        error.code = Error::Corrupt;
    error.subject = m_directory;
    return failure(std::move(error));
}

// A newer version may have more families; RocksDB would only say that they were not opened.
Status RocksIndex::checkFamilies(const rocksdb::DBOptions &options) const
{
    std::vector<std::string> present;
    if (!options.env->FileExists(m_directory + "/CURRENT").ok() ||
        !rocksdb::DB::ListColumnFamilies(options, m_directory, &present).ok())
        return {};  // new, or so damaged that opening it tells why
    const auto unknown = std::ranges::find_if_not(present, isFamily);
    if (unknown == present.end())
        return {};
    return failure(
        Error::Unsupported,
        "The object index has the table \"" + *unknown +
            "\", which this version does not know: a newer version wrote it. Start that version, or "
            "rebuild the index from the log.",
        m_directory);
}

Status RocksIndex::checkFormat()
{
    rocksdb::PinnableSlice format;
    rocksdb::Status status = get({}, Family::Meta, kFormatKey, format);
    if (status.IsNotFound()) {
        rocksdb::WriteBatch batch;
        status = batch.Put(m_database.handle(Family::Meta), kFormatKey, kFormat);
        if (status.ok())
            status = write(batch);
        return statusOf(status, "write the object index");
    }
    TRY_STATUS(statusOf(status, "read the object index"));
    if (format.ToStringView() != kFormat)
        return failure(Error::Unsupported,
                       "The object index has the format " + format.ToString() + "; this version knows " +
                           std::string(kFormat) +
                           ". Start a newer version, or rebuild the index from the log.",
                       m_directory);
    TRY_ASSIGN(const auto position, find<LogPosition>(Family::Meta, kPositionKey));
    rocksdb::PinnableSlice incomplete;
    status = get({}, Family::Meta, kIncompleteKey, incomplete);
    if (!status.IsNotFound())
        TRY_STATUS(statusOf(status, "read the object index"));
    const base::MutexLock lock(m_mutex);
    m_incomplete = status.ok();
    m_applied = m_flushed = position.value_or(LogPosition{});
    return {};
}

std::unique_ptr<Transaction> RocksIndex::begin()
{
    return std::make_unique<BatchTransaction>(m_database);
}

Status RocksIndex::apply(std::unique_ptr<Transaction> transaction)
{
    // begin() makes no other.
    m_waiting.reset(static_cast<BatchTransaction *>(transaction.release()));
    TRY_ASSIGN(m_waitingBatch, m_waiting->finish());
    TRY_STATUS(statusOf(persistently([&] { return write(*m_waitingBatch); }), "change the object index"));
    return finishApplied();
}

Status RocksIndex::applyWaiting()
{
    if (!m_waiting)
        return {};
    rocksdb::Status status = m_database.db->Resume();
    if (status.ok())
        status = write(*m_waitingBatch);
    TRY_STATUS(statusOf(status, "change the object index"));
    return finishApplied();
}

Status RocksIndex::finishApplied()
{
    const auto changes = std::exchange(m_waiting, nullptr);
    for (const std::string &key : changes->changedObjects())
        m_rows.forget(key);
    {
        const base::MutexLock lock(m_mutex);
        m_applied = changes->position().value_or(m_applied);
        m_incomplete = m_incomplete || changes->makesIncomplete();
    }
    m_erasedSinceFlush += changes->erasedRows();
    if (m_erasedSinceFlush >= kErasedRowsBeforeFlush) {
        m_erasedSinceFlush = 0;
        // It is applied all the same; without room the next write tells.
        if (const rocksdb::Status flushed = startFlush(false); !flushed.ok() && !flushed.IsNoSpace())
            return statusOf(flushed, "flush the object index");
    }
    return {};
}

rocksdb::Status RocksIndex::persistently(const std::function<rocksdb::Status()> &action)
{
    rocksdb::Status status = action();
    const auto deadline = std::chrono::steady_clock::now() + kRecoveryPatience;
    while (status.IsIOError() && std::chrono::steady_clock::now() < deadline) {
        if (!m_database.db->Resume().ok())
            std::this_thread::sleep_for(kRecoveryPause);
        status = action();
    }
    return status;
}

rocksdb::Status RocksIndex::write(rocksdb::WriteBatch &batch)
{
    rocksdb::WriteOptions options;
    options.disableWAL = true;
    return m_database.db->Write(options, &batch);
}

LogPosition RocksIndex::flushedPosition() const
{
    const base::MutexLock lock(m_mutex);
    return m_flushed;
}

LogPosition RocksIndex::appliedPosition() const
{
    const base::MutexLock lock(m_mutex);
    return m_applied;
}

bool RocksIndex::isIncomplete() const
{
    const base::MutexLock lock(m_mutex);
    return m_incomplete;
}

Status RocksIndex::flush()
{
    const LogPosition contained = appliedPosition();
    const rocksdb::Status status = persistently([&] { return startFlush(true); });
    TRY_STATUS(statusOf(status, "flush the object index"));
    const base::MutexLock lock(m_mutex);
    m_flushed = std::max(m_flushed, contained);
    return {};
}

rocksdb::Status RocksIndex::startFlush(bool wait)
{
    rocksdb::FlushOptions options;
    options.wait = wait;
    options.allow_write_stall = true;
    return m_database.db->Flush(options, {m_database.handles.begin(), m_database.handles.end()});
}

Reader::Found<ObjectRow> RocksIndex::current(const BucketId &bucket, std::string_view key,
                                             ReadMode mode) const
{
    const std::string rowKey = objectKey(bucket, key);
    RowCache::Ticket ticket = 0;
    if (auto row = m_rows.find(rowKey, ticket))
        return row;
    auto found = find<ObjectRow>(Family::Current, rowKey, mode);
    if (found && *found)
        m_rows.keep(rowKey, **found, ticket);
    return found;
}

Result<Page<ObjectRow>> RocksIndex::list(const ListQuery &query, ReadMode mode) const
{
    if (query.limit == 0)
        return Page<ObjectRow>{};
    const ListRange range(query);
    const rocksdb::Slice end(range.end());
    RowCursor<ObjectRow> cursor(iterate(listOptions(mode, end), Family::Current));
    cursor.seek(range.begin());
    return readPage<ObjectRow>(cursor, query);
}

Result<Page<ObjectRow>> RocksIndex::listVersions(const ListQuery &query,
                                                 const std::optional<Stamp> &afterVersion) const
{
    if (query.limit == 0)
        return Page<ObjectRow>{};
    const ListRange range(query);
    const rocksdb::Slice end(range.end());
    rocksdb::ManagedSnapshot snapshot(m_database.db.get());
    rocksdb::ReadOptions options = listOptions(ReadMode::MayBlock, end);
    options.snapshot = snapshot.snapshot();
    VersionCursor cursor(iterate(options, Family::Current), iterate(options, Family::Versions));
    if (afterVersion && range.mayContinueWithin())
        TRY_STATUS(cursor.seekWithin(objectKey(query.bucket, query.after), *afterVersion));
    else
        cursor.seek(range.begin());
    return readPage<ObjectRow>(cursor, query);
}

Result<Page<UploadRow>> RocksIndex::listUploads(const ListQuery &query,
                                                const std::optional<Id128> &afterUpload) const
{
    if (query.limit == 0)
        return Page<UploadRow>{};
    const ListRange range(query);
    const rocksdb::Slice end(range.end());
    RowCursor<UploadRow> cursor(iterate(listOptions(ReadMode::MayBlock, end), Family::Uploads));
    if (afterUpload && range.mayContinueWithin())
        cursor.seek(uploadKey(query.bucket, query.after, *afterUpload) + '\0');
    else
        cursor.seek(range.begin());
    return readPage<UploadRow>(cursor, query);
}

Result<std::vector<std::pair<Index::ObjectCursor, ObjectRow>>>
RocksIndex::walkObjects(ObjectCursor &cursor, std::size_t limit) const
{
    rocksdb::ReadOptions options;
    options.total_order_seek = true;
    options.fill_cache = false;
    std::vector<std::pair<ObjectCursor, ObjectRow>> rows;
    const auto readFamily = [&](Family family, const std::string &begin) -> Status {
        const auto iterator = iterate(options, family);
        for (iterator->Seek(begin); iterator->Valid() && rows.size() < limit; iterator->Next()) {
            const std::string_view key = iterator->key().ToStringView();
            const std::size_t length = objectKeyLength(key).value_or(0);
            const auto version = VersionSuffix::decode(key.substr(length));
            if (length == 0 || (family == Family::Current && length != key.size()))
                return failure(Error::Corrupt,
                               "the index holds an object under a key that is not an object's");
            if (family == Family::Versions && !version)
                continue;  // tells where the null version is
            auto &[place, row] = rows.emplace_back();
            place = {.bucket = bucketOf(key),
                     .key = unescapedKey(key.substr(0, length)),
                     .version = version,
                     .started = true};
            TRY_STATUS(decode(viewOf(iterator->value()), row));
        }
        return statusOf(iterator->status(), "walk the objects");
    };
    std::string begin;
    if (cursor.started && !cursor.version)
        begin = objectKey(cursor.bucket, cursor.key) + '\0';
    if (!cursor.version)
        TRY_STATUS(readFamily(Family::Current, begin));
    if (rows.size() < limit) {
        begin.clear();
        if (cursor.version)
            begin = versionKey(cursor.bucket, cursor.key, *cursor.version) + '\0';
        TRY_STATUS(readFamily(Family::Versions, begin));
    }
    if (!rows.empty())
        cursor = rows.back().first;
    return rows;
}

Result<std::vector<std::pair<Index::PartCursor, PartRow>>> RocksIndex::walkParts(PartCursor &cursor,
                                                                                 std::size_t limit) const
{
    rocksdb::ReadOptions options;
    options.total_order_seek = true;
    options.fill_cache = false;
    std::vector<std::pair<PartCursor, PartRow>> rows;
    const auto iterator = iterate(options, Family::Parts);
    iterator->Seek(cursor.started ? partKey(cursor.dataId, cursor.number) + '\0' : std::string());
    for (; iterator->Valid() && rows.size() < limit; iterator->Next()) {
        const auto name = decodePartKey(iterator->key().ToStringView());
        if (!name)
            return failure(Error::Corrupt, "the index holds a part under a key that is not a part's");
        auto &[place, row] = rows.emplace_back();
        place = {.dataId = name->first, .number = name->second, .started = true};
        TRY_STATUS(decode(viewOf(iterator->value()), row));
    }
    TRY_STATUS(statusOf(iterator->status(), "walk the parts"));
    if (!rows.empty())
        cursor = rows.back().first;
    return rows;
}

Status RocksIndex::forEachFile(const std::function<bool(const Id128 &)> &visit) const
{
    // One snapshot for all families: a row that moves from one to another meanwhile is met once.
    rocksdb::ManagedSnapshot snapshot(m_database.db.get());
    rocksdb::ReadOptions options;
    options.total_order_seek = true;
    options.fill_cache = false;
    options.snapshot = snapshot.snapshot();
    const auto walk = [&](Family family, const auto &fileOf) -> Result<bool> {
        const auto iterator = iterate(options, family);
        for (iterator->SeekToFirst(); iterator->Valid(); iterator->Next()) {
            TRY_ASSIGN(const std::optional<Id128> file,
                       fileOf(iterator->key().ToStringView(), viewOf(iterator->value())));
            if (file && !visit(*file))
                return false;
        }
        TRY_STATUS(statusOf(iterator->status(), "walk the files"));
        return true;
    };
    const auto ofData = [](const DataPlace &data) {
        const auto *blob = std::get_if<InBlob>(&data);
        return blob == nullptr ? std::nullopt : std::optional(blob->blob);
    };
    const auto ofObject = [&](std::string_view, ByteView value) -> Result<std::optional<Id128>> {
        ObjectRow row;
        TRY_STATUS(decode(value, row));
        return ofData(row.data);
    };
    const auto ofVersion = [&](std::string_view key, ByteView value) -> Result<std::optional<Id128>> {
        if (objectKeyLength(key) == key.size())
            return std::nullopt;  // tells where the null version is
        return ofObject(key, value);
    };
    const auto ofPart = [&](std::string_view, ByteView value) -> Result<std::optional<Id128>> {
        PartRow row;
        TRY_STATUS(decode(value, row));
        return ofData(row.data);
    };
    TRY_ASSIGN(bool goesOn, walk(Family::Current, ofObject));
    if (goesOn) {
        TRY_ASSIGN(goesOn, walk(Family::Versions, ofVersion));
    }
    if (goesOn) {
        TRY_ASSIGN(goesOn, walk(Family::Parts, ofPart));
    }
    return {};
}

Result<std::vector<std::pair<std::uint64_t, SegmentRow>>> RocksIndex::segments() const
{
    std::vector<std::pair<std::uint64_t, SegmentRow>> rows;
    const rocksdb::ReadOptions options;
    const auto iterator = iterate(options, Family::Segments);
    for (iterator->SeekToFirst(); iterator->Valid(); iterator->Next()) {
        const auto number = decodeSegmentKey(iterator->key().ToStringView());
        if (!number)
            return failure(Error::Corrupt, "the index holds a segment under a key that is not a segment's");
        TRY_STATUS(decode(viewOf(iterator->value()), rows.emplace_back(*number, SegmentRow{}).second));
    }
    TRY_STATUS(statusOf(iterator->status(), "read the figures of the segments"));
    return rows;
}

Result<std::size_t> RocksIndex::eraseExpired(Transaction &transaction, std::int64_t tombstonesBeforeMs,
                                             std::int64_t completionsBeforeMs, std::size_t limit,
                                             const Kept &kept) const
{
    auto &changes = static_cast<BatchTransaction &>(transaction);
    TRY_ASSIGN(const std::size_t tombstones,
               changes.eraseExpired(Family::Tombstones, tombstonesBeforeMs, limit, &kept));
    TRY_ASSIGN(const std::size_t completions,
               changes.eraseExpired(Family::Completions, completionsBeforeMs, limit - tombstones, nullptr));
    return tombstones + completions;
}

std::uint64_t RocksIndex::memoryUsedBytes() const
{
    std::uint64_t readers = 0;
    m_database.db->GetAggregatedIntProperty(rocksdb::DB::Properties::kEstimateTableReadersMem, &readers);
    return m_memory.usedBytes() + readers;
}

rocksdb::Status RocksIndex::get(const rocksdb::ReadOptions &options, Family family, std::string_view key,
                                rocksdb::PinnableSlice &value) const
{
    return m_database.db->Get(options, m_database.handle(family), key, &value);
}

std::unique_ptr<rocksdb::Iterator> RocksIndex::iterate(const rocksdb::ReadOptions &options,
                                                       Family family) const
{
    return std::unique_ptr<rocksdb::Iterator>(m_database.db->NewIterator(options, m_database.handle(family)));
}

}  // namespace maxiofs::index
