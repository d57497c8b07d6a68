// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "frame/fields.h"
#include "store/object_reader.h"
#include "store/types.h"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace maxiofs::store {

// A version or delete marker as it travels between nodes: its whole header, also fields that this version
// does not know, without what is local (bucket, kills, data ids, files).
struct VersionHeader {
    std::string key;
    VersionId version;
    Stamp stamp;        // order among the key's versions and Last-Modified; equals version.stamp unless null
    Stamp headerStamp;  // of the last change of the header; equals `stamp` where there was none
    bool isDeleteMarker = false;
    std::uint64_t size = 0;
    Bytes contentHash;     // XXH3-128 of the bytes, or over its parts' sizes and hashes; empty for a marker
    frame::Fields fields;  // ETag, checksum, owner, part table, attributes, origins and the rest

    /// The buckets that it came through on its way here, oldest first.
    [[nodiscard]] std::vector<BucketId> origins() const;
    /// Without user metadata, tags and later changes of them: for rules that do not send these.
    void removeMetadata();
    /// For a message: decode() takes what encoded() made. Error::Corrupt.
    [[nodiscard]] Bytes encoded() const;
    [[nodiscard]] static Result<VersionHeader> decode(ByteView bytes);

    bool operator==(const VersionHeader &) const = default;
};

// The removal of a version: what the delete of an object leaves instead of a marker.
struct VersionRemoval {
    std::string key;
    VersionId version;
    Stamp stamp;                    // of the delete
    Stamp versionStamp;             // of what was removed
    std::vector<BucketId> origins;  // as VersionHeader::origins()

    bool operator==(const VersionRemoval &) const = default;
};

// A version, opened: the header and the bytes it describes.
struct VersionExport {
    VersionHeader header;
    std::shared_ptr<ObjectReader> reader;  // null for a delete marker
};

enum class ChangeKind : std::uint8_t {
    Version = 1,   // a version with its data
    Marker = 2,    // a delete marker
    Metadata = 3,  // a version's header changed, its bytes did not
    Removal = 4,   // a version is gone
};

struct FeedEntry {
    std::uint64_t position = 0;
    ChangeKind kind{};
    std::string key;
    VersionId version;
    Stamp stamp;  // of the version, or of its removal
    std::uint64_t size = 0;
    std::vector<BucketId> origins;
};
struct FeedPage {
    std::vector<FeedEntry> entries;  // ascending
    std::uint64_t next = 0;  // ask after this one next; may be acknowledged once the entries are there
    bool atEnd = false;      // nothing was waiting behind `next`
    bool trimmed = false;    // the feed lost changes after `after`: compare whole, then acknowledge
};
struct FeedLag {
    std::uint64_t changes = 0;
    std::uint64_t bytes = 0;
    std::optional<std::int64_t> oldestMs;  // when the first that is not acknowledged was made here
    bool trimmed = false;
};

enum class ImportOutcome : std::uint8_t {
    Applied,
    AlreadyThere,  // the same version with the same header
    Older,         // a newer one is here, or it was removed
};
struct Imported {
    ImportOutcome outcome{};
    std::uint64_t position = 0;  // of the record written; of the newest before when none was
};
enum class ImportNeed : std::uint8_t {
    Nothing,  // it would not be applied
    Header,   // its bytes are here: importHeader()
    Data,
};

// The bytes of one imported version on their way in: what it held before a commit leaves nothing. One thread
// at a time; may block.
class ImportSession {
public:
    virtual ~ImportSession() = default;
    /// The next bytes, in order. Errors: EntityTooLarge beyond the header's size, StorageFull, Io.
    [[nodiscard]] virtual Status write(ByteView bytes) = 0;
    [[nodiscard]] virtual std::uint64_t written() const = 0;
    /// Checks size and content hash (Error::BadDigest), makes the data durable, then decides. `done` as in
    /// importVersion(). The session is used up.
    virtual void commit(std::move_only_function<void(Result<Imported>)> done) = 0;
};

struct ManifestEntry {
    enum class Kind : std::uint8_t { Object = 1, Marker = 2, Removed = 3 };
    std::string key;
    VersionId version;
    Kind kind{};
    Stamp stamp;  // of the version, or of its removal
    Stamp headerStamp;
    std::uint64_t size = 0;
    Bytes contentHash;

    bool operator==(const ManifestEntry &) const = default;
};
struct ManifestPage {
    std::vector<ManifestEntry> entries;
    bool truncated = false;
};

// Versions between the stores of nodes: what a bucket's changes were, what it holds, and taking versions of
// another node. Any thread. What another node wrote keeps its stamps, so that both come to hold the same
// whatever the order and however often something arrives:
//
//   - of the null version the greater stamp wins, then the greater stamp of its header;
//   - of a version with an id the greater stamp of its header;
//   - a removal wins over every version whose stamp is not greater than its own.
class VersionExchange {
public:
    template <typename T>
    using Done = std::move_only_function<void(Result<T>)>;

    virtual ~VersionExchange() = default;

    // -- the feed of changes. A position is the sequence of a record of this store.
    /// From now on the bucket's changes are kept for this consumer (the id of a rule). Durable when it
    /// returns; blocks. Answers its cursor: for a new one, the position after which the feed is whole. After
    /// an index was rebuilt no consumer is known: Error::NotFound elsewhere, add it again and compare whole.
    [[nodiscard]] virtual Result<std::uint64_t> addConsumer(const BucketId &bucket,
                                                            const Id128 &consumer) = 0;
    /// Blocks; a consumer that is not known is no error.
    [[nodiscard]] virtual Status removeConsumer(const BucketId &bucket, const Id128 &consumer) = 0;
    [[nodiscard]] virtual std::vector<Id128> consumers(const BucketId &bucket) const = 0;
    [[nodiscard]] virtual Result<std::uint64_t> cursor(const BucketId &bucket,
                                                       const Id128 &consumer) const = 0;
    /// Moves the consumer's cursor, never back. Not durable at once: after a crash it may be where it was
    /// some time before, and the same changes come again.
    [[nodiscard]] virtual Status acknowledge(const BucketId &bucket, const Id128 &consumer,
                                             std::uint64_t position) = 0;
    /// Changes after `after`, at most `limit` rows looked at. Of several of one version the last alone.
    [[nodiscard]] virtual Result<FeedPage> changes(const BucketId &bucket, const Id128 &consumer,
                                                   std::uint64_t after, std::size_t limit) const = 0;
    /// What lies behind the consumer's cursor; cheap.
    [[nodiscard]] virtual Result<FeedLag> feedLag(const BucketId &bucket, const Id128 &consumer) const = 0;
    /// The newest position that is durable and visible.
    [[nodiscard]] virtual std::uint64_t position() const = 0;
    /// Called on the committer's thread when changes of a bucket with consumers are visible; must not block.
    /// Once, before the first consumer or change; null takes it away.
    using ChangeHook = std::function<void(const BucketId &bucket, std::uint64_t position)>;
    virtual void setChangeHook(ChangeHook hook) = 0;

    // -- giving
    /// Errors: NoSuchVersion (also removed meanwhile), Corrupt, Damaged.
    [[nodiscard]] virtual Result<VersionExport> exportVersion(const BucketId &bucket, std::string_view key,
                                                              const VersionId &version) = 0;
    /// The removal that is remembered for a version; empty where there is none.
    [[nodiscard]] virtual Result<std::optional<VersionRemoval>>
    exportRemoval(const BucketId &bucket, std::string_view key, const VersionId &version) = 0;
    /// All versions, markers and remembered removals: by key; of one key the null version first, then newest
    /// first. Goes on behind `afterVersion` of `afterKey`; without `afterVersion` behind all of that key; an
    /// empty key: from the beginning. What changes meanwhile may be missing or be there: the feed tells.
    [[nodiscard]] virtual Result<ManifestPage> manifest(const BucketId &bucket, const std::string &afterKey,
                                                        const std::optional<VersionId> &afterVersion,
                                                        std::size_t limit) = 0;

    // -- taking: decided by the committer, in a bucket of either role. `from` is the bucket at the source;
    //    another id than `bucket` is added to the origins. `done` is called once, on the committer's thread
    //    or before the call returns. Errors: NoSuchBucket, BadDigest (the bytes are not those of the
    //    header), InvalidArgument, StorageFull, ReadOnly, Stopping.
    /// With the whole data, for small versions and for markers (no data).
    virtual void importVersion(const BucketId &bucket, const BucketId &from, VersionHeader header, Bytes data,
                               Done<Imported> done) = 0;
    /// What an import of this header would need now.
    [[nodiscard]] virtual Result<ImportNeed> importNeed(const BucketId &bucket,
                                                        const VersionHeader &header) = 0;
    /// For large versions: the bytes stream in.
    [[nodiscard]] virtual Result<std::unique_ptr<ImportSession>>
    beginImport(const BucketId &bucket, const BucketId &from, VersionHeader header) = 0;
    /// The same for a version that is not what it is at its owner: they replace also what has the very stamps
    /// of the header and another content. No feed tells of that.
    virtual void repairVersion(const BucketId &bucket, const BucketId &from, VersionHeader header, Bytes data,
                               Done<Imported> done) = 0;
    [[nodiscard]] virtual Result<std::unique_ptr<ImportSession>>
    beginRepair(const BucketId &bucket, const BucketId &from, VersionHeader header) = 0;
    /// A changed header of a version whose bytes are here. Error::NotFound when they are not: send them.
    virtual void importHeader(const BucketId &bucket, const BucketId &from, VersionHeader header,
                              Done<Imported> done) = 0;
    virtual void importRemoval(const BucketId &bucket, const BucketId &from, VersionRemoval removal,
                               Done<Imported> done) = 0;
};

}  // namespace maxiofs::store
