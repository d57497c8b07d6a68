// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "index/rows.h"

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace maxiofs::index {

enum class ReadMode {
    MayBlock,
    CachedOnly,  // Error::WouldBlock where the disk would be asked: for I/O threads
};

// Typed look-ups. Index gives what is committed; Transaction the same with its own changes on top.
//
// A key's versions are ordered by stamp, newest first. If the newest is an object, it lives in `current` and
// all others in `versions`; if it is a delete marker, all live in `versions`. So each version has one row.
// Conflict versions (index/conflict_stamp.h) live in `versions`, behind all others, and are never the newest.
class Reader {
public:
    virtual ~Reader() = default;
    template <typename T>
    using Found = Result<std::optional<T>>;

    [[nodiscard]] virtual Found<ObjectRow> current(const BucketId &bucket, std::string_view key,
                                                   ReadMode mode = ReadMode::MayBlock) const = 0;
    [[nodiscard]] virtual Found<ObjectRow> version(const BucketId &bucket, std::string_view key,
                                                   const Stamp &stamp,
                                                   ReadMode mode = ReadMode::MayBlock) const = 0;
    /// The newest row of the family `versions`: the latest delete marker, or the newest non-current version.
    [[nodiscard]] virtual Found<ObjectRow> newestVersion(const BucketId &bucket, std::string_view key,
                                                         ReadMode mode = ReadMode::MayBlock) const = 0;
    /// Where in `versions` the key's null version lives; absent when it is current or there is none.
    [[nodiscard]] virtual Found<Stamp> nullVersion(const BucketId &bucket, std::string_view key) const = 0;
    [[nodiscard]] virtual Found<UploadRow> upload(const BucketId &bucket, std::string_view key,
                                                  const Id128 &uploadId) const = 0;
    /// The open upload of this key whose beginning has this sequence; costs as much as the key has uploads.
    [[nodiscard]] virtual Found<UploadRow> uploadByDataId(const BucketId &bucket, std::string_view key,
                                                          std::uint64_t dataId) const = 0;
    [[nodiscard]] virtual Found<CompletionRow> completion(const BucketId &bucket,
                                                          const Id128 &uploadId) const = 0;
    [[nodiscard]] virtual Found<PartRow> part(std::uint64_t dataId, std::uint16_t number,
                                              ReadMode mode = ReadMode::MayBlock) const = 0;
    /// Parts with numbers above `after`, ascending, at most `limit`.
    [[nodiscard]] virtual Result<std::vector<std::pair<std::uint16_t, PartRow>>>
    parts(std::uint64_t dataId, std::uint16_t after, std::size_t limit) const = 0;
    [[nodiscard]] virtual Found<TombstoneRow> tombstone(const BucketId &bucket, std::string_view key,
                                                        const std::optional<Stamp> &version) const = 0;
    /// Zeros for a bucket that has no row.
    [[nodiscard]] virtual Result<BucketCounters> counters(const BucketId &bucket) const = 0;
    [[nodiscard]] virtual Result<bool> isClosed(const BucketId &bucket) const = 0;
    [[nodiscard]] virtual Result<SegmentRow> segment(std::uint64_t number) const = 0;
};

// Changes that become visible together. Reads see them at once. One thread.
class Transaction : public Reader {
public:
    virtual void putCurrent(const BucketId &bucket, std::string_view key, const ObjectRow &row) = 0;
    virtual void eraseCurrent(const BucketId &bucket, std::string_view key) = 0;
    virtual void putVersion(const BucketId &bucket, std::string_view key,
                            const ObjectRow &row) = 0;  // at row.stamp
    virtual void eraseVersion(const BucketId &bucket, std::string_view key, const Stamp &stamp) = 0;
    virtual void setNullVersion(const BucketId &bucket, std::string_view key,
                                const std::optional<Stamp> &stamp) = 0;
    virtual void putUpload(const BucketId &bucket, std::string_view key, const UploadRow &row) = 0;
    virtual void eraseUpload(const BucketId &bucket, std::string_view key, const Id128 &uploadId) = 0;
    virtual void putCompletion(const BucketId &bucket, const Id128 &uploadId, const CompletionRow &row) = 0;
    virtual void eraseCompletion(const BucketId &bucket, const Id128 &uploadId) = 0;
    virtual void putPart(std::uint64_t dataId, std::uint16_t number, const PartRow &row) = 0;
    virtual void erasePart(std::uint64_t dataId, std::uint16_t number) = 0;
    /// Key: bucket, key, version (absent: null version).
    virtual void putTombstone(const BucketId &bucket, std::string_view key,
                              const std::optional<Stamp> &version, const TombstoneRow &row) = 0;
    virtual void eraseTombstone(const BucketId &bucket, std::string_view key,
                                const std::optional<Stamp> &version) = 0;
    virtual void setCounters(const BucketId &bucket, const BucketCounters &counters) = 0;
    virtual void setClosed(const BucketId &bucket, bool closed) = 0;
    /// Drops a closed bucket's remaining rows of counters, tombstones and completions.
    virtual void forgetBucket(const BucketId &bucket) = 0;
    virtual void setSegment(std::uint64_t number, const SegmentRow &row) = 0;
    virtual void eraseSegment(std::uint64_t number) = 0;
    /// A row of a bucket's feed. Reads of this transaction do not see changes of feeds.
    virtual void putChange(const BucketId &bucket, std::uint64_t sequence, const ChangeRow &row) = 0;
    /// Drops the feed's rows up to and with this sequence that were there before this transaction.
    virtual void eraseChanges(const BucketId &bucket, std::uint64_t upTo) = 0;
    virtual void putConsumer(const BucketId &bucket, const Id128 &consumer, const ConsumerRow &row) = 0;
    virtual void eraseConsumer(const BucketId &bucket, const Id128 &consumer) = 0;
    /// Absent: nothing is known of it any more.
    virtual void setFeed(const BucketId &bucket, const std::optional<FeedRow> &row) = 0;
    virtual void setPosition(const LogPosition &position) = 0;
    /// Records before the position were lost before they came into this index.
    virtual void setIncomplete() = 0;
    [[nodiscard]] virtual bool empty() const = 0;
    /// One mark, moved by each call; the beginning before the first.
    virtual void savePoint() = 0;
    /// Forgets everything since the mark: a change that turned out to be refused half way. The mark stays.
    virtual void rollBackToSavePoint() = 0;
};

// One entry of a listing: an object, or a common prefix (then `row` is empty).
template <typename Row>
struct Listed {
    std::string key;
    std::optional<Row> row;  // absent: `key` is a common prefix
    bool isLatest = false;   // version listings: the key's newest version
};
template <typename Row>
struct Page {
    std::vector<Listed<Row>> entries;
    bool truncated = false;  // more would follow
};

struct ListQuery {
    BucketId bucket;
    std::string prefix;
    std::string delimiter;  // any length; empty: none
    std::string after;      // entries (keys and common prefixes) come strictly after this, in byte order
    bool afterIsPrefix =
        false;  // `after` is a common prefix that was returned: everything below it is passed over
    std::size_t limit = 1000;
};

struct Options {
    std::string directory;
    std::uint64_t memoryBytes = 96ULL << 20;  // memtables and block cache together
    bool inMemory = false;                    // for tests: RocksDB's memory environment, nothing on disk
};

// The object index: RocksDB without a write-ahead log, rebuilt from the log where it lags. apply() by one
// thread (the committer); all reads by any thread, against a consistent state.
class Index : public Reader {
public:
    /// Error::Unsupported for a newer format, Error::Corrupt for one that does not open (the caller then
    /// drops the directory and rebuilds), Error::Locked.
    [[nodiscard]] static Result<std::unique_ptr<Index>> open(const Options &options);
    /// Removes an index that is not open, so that the next open() begins an empty one.
    [[nodiscard]] static Status destroy(const Options &options);

    [[nodiscard]] virtual std::unique_ptr<Transaction> begin() = 0;
    /// After an error the transaction waits for applyWaiting(): nothing else may be begun before.
    [[nodiscard]] virtual Status apply(std::unique_ptr<Transaction> transaction) = 0;
    /// Tries once more to apply what apply() could not; nothing when nothing waits. Error::StorageFull while
    /// the volume has no room for the index.
    [[nodiscard]] virtual Status applyWaiting() = 0;

    /// The position that a crash now would leave (what the last flush contained); {0,0,0} when new.
    [[nodiscard]] virtual LogPosition flushedPosition() const = 0;
    /// The position of what is applied.
    [[nodiscard]] virtual LogPosition appliedPosition() const = 0;
    /// Whether rows may be missing or older than what was acknowledged: setIncomplete() was applied once.
    [[nodiscard]] virtual bool isIncomplete() const = 0;
    /// Writes all families out atomically, durable when it returns.
    [[nodiscard]] virtual Status flush() = 0;

    /// Objects and common prefixes in key order (bytes). The cost is the page's size, not the bucket's. Rows
    /// of listings carry no part tables (InParts::parts is empty): a page of them could take hundreds of
    /// megabytes.
    [[nodiscard]] virtual Result<Page<ObjectRow>> list(const ListQuery &query,
                                                       ReadMode mode = ReadMode::MayBlock) const = 0;
    /// All versions and delete markers: by key, newest first. `afterVersion` continues within key
    /// `query.after`.
    [[nodiscard]] virtual Result<Page<ObjectRow>>
    listVersions(const ListQuery &query, const std::optional<Stamp> &afterVersion) const = 0;
    /// Open uploads by key, then by beginning. `afterUpload` continues within key `query.after`.
    [[nodiscard]] virtual Result<Page<UploadRow>>
    listUploads(const ListQuery &query, const std::optional<Id128> &afterUpload) const = 0;

    // Walks for background work; each call is bounded by its limit and continues after its last row.
    struct ObjectCursor {
        BucketId bucket;
        std::string key;
        std::optional<Stamp> version;  // absent: in `current`
        bool started = false;
    };
    /// All object rows of the node, current then versions; up to `limit` per call; advances the cursor.
    /// Empty: done.
    [[nodiscard]] virtual Result<std::vector<std::pair<ObjectCursor, ObjectRow>>>
    walkObjects(ObjectCursor &cursor, std::size_t limit) const = 0;
    struct PartCursor {
        std::uint64_t dataId = 0;
        std::uint16_t number = 0;
        bool started = false;
    };
    /// All parts of the node, of uploads and of objects; as walkObjects().
    [[nodiscard]] virtual Result<std::vector<std::pair<PartCursor, PartRow>>>
    walkParts(PartCursor &cursor, std::size_t limit) const = 0;
    [[nodiscard]] virtual Result<std::vector<std::pair<std::uint64_t, SegmentRow>>> segments() const = 0;
    /// Calls `visit` with every large-object file that a row names, all as of one moment; false ends it.
    [[nodiscard]] virtual Status forEachFile(const std::function<bool(const Id128 &)> &visit) const = 0;
    // Tombstones that stay although they are old, and until when.
    struct Kept {
        std::function<bool(const BucketId &bucket, const TombstoneRow &row)> isKept;
        std::int64_t forMs = 0;  // after which they are looked at again
    };
    /// Tombstones and completions older than `beforeMs`, up to `limit`, are erased through the transaction.
    /// Less than `limit`: nothing is left. Rows that are kept, gone or were written again since count too.
    [[nodiscard]] virtual Result<std::size_t> eraseExpired(Transaction &transaction,
                                                           std::int64_t tombstonesBeforeMs,
                                                           std::int64_t completionsBeforeMs,
                                                           std::size_t limit, const Kept &kept) const = 0;
    // The feeds of changes.
    /// Rows after this sequence, ascending.
    [[nodiscard]] virtual Result<std::vector<std::pair<std::uint64_t, ChangeRow>>>
    changes(const BucketId &bucket, std::uint64_t after, std::size_t limit) const = 0;
    /// The newest row.
    [[nodiscard]] virtual Result<std::optional<std::pair<std::uint64_t, ChangeRow>>>
    lastChange(const BucketId &bucket) const = 0;
    struct FeedReaders {
        std::vector<std::pair<BucketId, FeedRow>> feeds;
        struct Consumer {
            BucketId bucket;
            Id128 id;
            ConsumerRow row;
        };
        std::vector<Consumer> consumers;
    };
    /// All feeds and consumers of the node.
    [[nodiscard]] virtual Result<FeedReaders> feedReaders() const = 0;

    struct Tombstone {
        std::string key;
        std::optional<Stamp> version;  // absent: of the null version
        TombstoneRow row;
    };
    // Where a walk of tombstones goes on: behind this one.
    struct TombstonePlace {
        std::string key;
        bool isWholeKey = false;       // behind all of the key
        std::optional<Stamp> version;  // absent: behind that of the null version
    };
    /// A bucket's tombstones by key; of one key that of the null version first, then by version, newest
    /// first.
    [[nodiscard]] virtual Result<std::vector<Tombstone>>
    tombstones(const BucketId &bucket, const std::optional<TombstonePlace> &after,
               std::size_t limit) const = 0;

    struct ConflictVersion {
        BucketId bucket;
        std::string key;
        Stamp version;
    };
    /// Conflict versions of one bucket or of all, by bucket, key, newest first, behind `after`.
    [[nodiscard]] virtual Result<std::vector<ConflictVersion>>
    conflicts(const std::optional<BucketId> &bucket, const std::optional<ConflictVersion> &after,
              std::size_t limit) const = 0;
    [[nodiscard]] virtual std::uint64_t memoryUsedBytes() const = 0;
};

}  // namespace maxiofs::index
