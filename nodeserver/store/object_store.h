// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "index/index.h"
#include "store/object_reader.h"
#include "store/put_session.h"
#include "store/types.h"

#include <functional>
#include <memory>
#include <string>

namespace maxiofs::store {

// S3's semantics over log, index and large-object files. Synchronous: reads answer at once, changes are
// handed to the committer and answered through `done`, once, on the committer's thread (it must not block
// there), when they would survive a power cut or were refused. Any thread.
class ObjectStore {
public:
    template <typename T>
    using Done = std::move_only_function<void(Result<T>)>;

    struct Options {
        NodeId node;  // part of every stamp
        std::uint64_t indexMemoryBytes = 96ULL << 20;
        std::uint64_t inlineLimit = 256ULL << 10;         // larger objects get a file of their own
        std::uint64_t reserveBytes = 0;                   // 0: the smaller of 1 GiB and 5 % of the volume
        std::uint64_t scrubBytesPerSecond = 32ULL << 20;  // 0: no scrub
        bool backgroundWork = true;  // compaction, sweep, scrub; tests drive them by hand
        bool acceptLoss = false;     // what the log has lost is given up: a start that a person asked for
    };

    virtual ~ObjectStore() = default;

    // -- buckets: the records in auth.db name them, the store keeps what is inside
    // ---------------------------------
    /// Makes a bucket's state known, or changes it; before any request for it.
    virtual void setBucket(const BucketState &state) = 0;
    /// Decides that the bucket is empty and closed for ever: Error::BucketNotEmpty, else further changes get
    /// NoSuchBucket. Open uploads are aborted.
    virtual void closeBucket(const BucketId &bucket, Done<void> done) = 0;
    /// Drops what is left of a closed bucket, once its record is gone.
    virtual void forgetBucket(const BucketId &bucket) = 0;
    /// Takes no more changes of a bucket that another node owns; what is inside stays.
    virtual void releaseBucket(const BucketId &bucket) = 0;
    [[nodiscard]] virtual Result<bool> isClosed(const BucketId &bucket) = 0;
    [[nodiscard]] virtual Result<index::BucketCounters> counters(const BucketId &bucket) = 0;

    // -- reading
    // ---------------------------------------------------------------------------------------------------
    /// Opens a version: its info, attributes and bytes. Without `version` the latest. Errors: NoSuchKey,
    /// NoSuchVersion, DeleteMarker (subject: its version id text), WouldBlock with CachedOnly, Corrupt,
    /// Damaged.
    [[nodiscard]] virtual Result<std::shared_ptr<ObjectReader>>
    open(const BucketId &bucket, std::string_view key, const std::optional<VersionId> &version,
         index::ReadMode mode = index::ReadMode::MayBlock) = 0;

    struct ListedObject {
        std::string name;                // a key, or a common prefix
        std::optional<ObjectInfo> info;  // absent: common prefix
    };
    struct Listing {
        std::vector<ListedObject> entries;
        bool truncated = false;
    };
    struct ListRequest {
        BucketId bucket;
        std::string prefix;
        std::string delimiter;
        std::string after;  // entries come after this key; if it lies in a common prefix, after all of that
        std::size_t limit = kMaxListing;
    };
    [[nodiscard]] virtual Result<Listing> list(const ListRequest &request,
                                               index::ReadMode mode = index::ReadMode::MayBlock) = 0;
    /// Versions and delete markers by key, newest first. `afterVersion` continues within the key
    /// `request.after`.
    [[nodiscard]] virtual Result<Listing> listVersions(const ListRequest &request,
                                                       const std::optional<VersionId> &afterVersion) = 0;

    // -- writing
    // ---------------------------------------------------------------------------------------------------
    /// Begins an object. `sizeHint` (declared length, if known) decides early whether it gets a file of its
    /// own. Errors: NoSuchBucket, StorageFull, ReadOnly, InvalidArgument (key).
    [[nodiscard]] virtual Result<std::unique_ptr<PutSession>>
    beginPut(const BucketId &bucket, std::string key, Attributes attributes,
             std::optional<std::uint64_t> sizeHint) = 0;
    /// Begins a part of an upload. Errors: as beginPut, NoSuchUpload.
    [[nodiscard]] virtual Result<std::unique_ptr<PutSession>>
    beginPart(const BucketId &bucket, std::string key, const Id128 &uploadId, unsigned number,
              std::optional<std::uint64_t> sizeHint) = 0;

    /// S3's DELETE: makes a marker, or removes the null or the named version. With `ifMatch` only if the ETag
    /// fits.
    virtual void remove(const BucketId &bucket, std::string key, const std::optional<VersionId> &version,
                        const WriteConditions &conditions, Done<Deleted> done) = 0;
    /// Replaces a version's tags (empty: removes them) without touching its data or Last-Modified.
    virtual void setTags(const BucketId &bucket, std::string key, const std::optional<VersionId> &version,
                         Pairs tags, Done<Committed> done) = 0;
    /// A copy of an object onto itself with new attributes in a bucket without versioning: no byte moves.
    /// `expectedEtag` guards against a change in between (PreconditionFailed).
    virtual void replaceAttributes(const BucketId &bucket, std::string key, std::string expectedEtag,
                                   Attributes attributes, Done<Committed> done) = 0;

    // -- multipart
    // -------------------------------------------------------------------------------------------------
    struct UploadOptions {
        std::optional<crypto::ChecksumAlgorithm> checksumAlgorithm;
        ChecksumType checksumType = ChecksumType::Composite;
    };
    struct UploadInfo {
        std::string key;
        Id128 uploadId;
        std::string ownerId;
        std::string storageClass;
        std::int64_t initiatedMs = 0;
        UploadOptions options;
    };
    virtual void createUpload(const BucketId &bucket, std::string key, Attributes attributes,
                              UploadOptions options, Done<Id128> done) = 0;
    [[nodiscard]] virtual Result<UploadInfo> upload(const BucketId &bucket, std::string_view key,
                                                    const Id128 &uploadId) = 0;
    virtual void abortUpload(const BucketId &bucket, std::string key, const Id128 &uploadId,
                             Done<void> done) = 0;

    struct CompletePart {
        unsigned number = 0;
        std::string etag;  // without quotes
        std::optional<ObjectChecksum> checksum;
    };
    /// Errors: NoSuchUpload, InvalidPart, InvalidPartOrder, EntityTooSmall, EntityTooLarge,
    /// PreconditionFailed, BadDigest (`expected` is another checksum than the parts give). A repetition
    /// within 24 h gets the first answer.
    virtual void completeUpload(const BucketId &bucket, std::string key, const Id128 &uploadId,
                                std::vector<CompletePart> parts, WriteConditions conditions,
                                std::optional<ObjectChecksum> expected,
                                std::optional<std::uint64_t> expectedSize, Done<Committed> done) = 0;

    struct PartListing {
        std::vector<PartInfo> parts;
        bool truncated = false;
    };
    [[nodiscard]] virtual Result<PartListing> listParts(const BucketId &bucket, std::string_view key,
                                                        const Id128 &uploadId, unsigned after,
                                                        std::size_t limit) = 0;
    struct ListedUpload {
        std::string name;                // a key, or a common prefix
        std::optional<UploadInfo> info;  // absent: common prefix
    };
    struct UploadListing {
        std::vector<ListedUpload> entries;
        bool truncated = false;
    };
    [[nodiscard]] virtual Result<UploadListing> listUploads(const ListRequest &request,
                                                            const std::optional<Id128> &afterUpload) = 0;

    // -- life
    // ------------------------------------------------------------------------------------------------------
    struct Health {
        bool readOnly = false;            // a sync failed: writes are refused until a restart
        bool full = false;                // the reserve is reached
        std::string reason;               // a sentence; empty when all is well
        std::vector<std::string> damage;  // quarantined ranges and files, in words
    };
    [[nodiscard]] virtual Health health() = 0;

    struct Figures {
        std::uint64_t commits = 0, batches = 0, logBytes = 0, segments = 0, liveBytes = 0, deadBytes = 0;
        std::uint64_t indexMemoryBytes = 0, diskTotal = 0, diskAvailable = 0;
        std::uint64_t reserveBytes = 0;  // writes of data stop when less than this is available
        std::uint64_t scrubbedBytes = 0, scrubErrors = 0;
        double scrubProgress = 0;  // 0 to 1 of the present round
        std::uint64_t scrubBytesPerSecond = 0;
        std::optional<std::int64_t> lastScrubMs;  // unix time of the last finished round since the start
        bool compacting = false;
        std::uint64_t compactedBytes = 0;
        std::optional<std::int64_t> lastCompactionMs;  // unix time when a segment was last won back, the same
        std::uint64_t syncMedianUs = 0, sync99Us = 0;
    };
    [[nodiscard]] virtual Figures figures() = 0;
    virtual void setScrubRate(std::uint64_t bytesPerSecond) = 0;

    /// Finishes what was accepted, flushes, closes. Later calls are refused with Error::Stopping.
    virtual void stop() = 0;
};

}  // namespace maxiofs::store
