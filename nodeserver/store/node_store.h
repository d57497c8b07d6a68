// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "store/compactor.h"
#include "store/damage_repair.h"
#include "store/data_directory.h"
#include "store/handover_changes.h"
#include "store/hash_threads.h"
#include "store/log_end.h"
#include "store/object_store.h"
#include "store/scrubber.h"
#include "store/stored_object.h"
#include "store/streaming_import.h"
#include "store/streaming_put.h"

#include <chrono>
#include <memory>

namespace maxiofs::store {

// The ObjectStore of a node: opens keyring, log, index and large-object files in a data directory, brings the
// index up to the log, and answers. Also the node's end of the exchange of versions with other nodes, of
// handing buckets over, and of healing.
class NodeStore final : public ObjectStore,
                        public VersionExchange,
                        public BucketHandover,
                        public DamageRepair {
public:
    template <typename T>
    using Done = ObjectStore::Done<T>;

    // Where tests put their own.
    struct Environment {
        const Clock &clock = SystemClock::instance();
        std::string indexDirectory;  // empty: in the data directory
        std::uint64_t segmentBytes = log::kSegmentBytes;
        std::uint64_t minPartBytes = kMinPartBytes;
        bool flushAtStop = true;  // false: what a crash leaves
    };

    /// `directory` must outlive the store. Errors: Unsupported (written by a newer version), Corrupt, Io.
    [[nodiscard]] static Result<std::unique_ptr<NodeStore>> open(DataDirectory &directory, Options options,
                                                                 Environment environment);
    [[nodiscard]] static Result<std::unique_ptr<NodeStore>> open(DataDirectory &directory, Options options)
    {
        return open(directory, std::move(options), Environment());
    }
    /// Removes the index of a store that is not open: the next open() builds it anew from the log alone.
    [[nodiscard]] static Status dropIndex(DataDirectory &directory);
    ~NodeStore() override;

    void setBucket(const BucketState &state) override;
    void closeBucket(const BucketId &bucket, Done<void> done) override;
    void forgetBucket(const BucketId &bucket) override;
    void releaseBucket(const BucketId &bucket) override { m_buckets.forget(bucket); }
    [[nodiscard]] Result<bool> isClosed(const BucketId &bucket) override;
    [[nodiscard]] Result<index::BucketCounters> counters(const BucketId &bucket) override;

    [[nodiscard]] Result<std::shared_ptr<ObjectReader>> open(const BucketId &bucket, std::string_view key,
                                                             const std::optional<VersionId> &version,
                                                             index::ReadMode mode) override;
    [[nodiscard]] Result<Listing> list(const ListRequest &request, index::ReadMode mode) override;
    [[nodiscard]] Result<Listing> listVersions(const ListRequest &request,
                                               const std::optional<VersionId> &afterVersion) override;

    [[nodiscard]] Result<std::unique_ptr<PutSession>>
    beginPut(const BucketId &bucket, std::string key, Attributes attributes,
             std::optional<std::uint64_t> sizeHint) override;
    [[nodiscard]] Result<std::unique_ptr<PutSession>>
    beginPart(const BucketId &bucket, std::string key, const Id128 &uploadId, unsigned number,
              std::optional<std::uint64_t> sizeHint) override;
    void remove(const BucketId &bucket, std::string key, const std::optional<VersionId> &version,
                const WriteConditions &conditions, Done<Deleted> done) override;
    void setTags(const BucketId &bucket, std::string key, const std::optional<VersionId> &version, Pairs tags,
                 Done<Committed> done) override;
    void replaceAttributes(const BucketId &bucket, std::string key, std::string expectedEtag,
                           Attributes attributes, Done<Committed> done) override;

    void createUpload(const BucketId &bucket, std::string key, Attributes attributes, UploadOptions options,
                      Done<Id128> done) override;
    [[nodiscard]] Result<UploadInfo> upload(const BucketId &bucket, std::string_view key,
                                            const Id128 &uploadId) override;
    void abortUpload(const BucketId &bucket, std::string key, const Id128 &uploadId,
                     Done<void> done) override;
    void completeUpload(const BucketId &bucket, std::string key, const Id128 &uploadId,
                        std::vector<CompletePart> parts, WriteConditions conditions,
                        std::optional<ObjectChecksum> expected, std::optional<std::uint64_t> expectedSize,
                        Done<Committed> done) override;
    [[nodiscard]] Result<PartListing> listParts(const BucketId &bucket, std::string_view key,
                                                const Id128 &uploadId, unsigned after,
                                                std::size_t limit) override;
    [[nodiscard]] Result<UploadListing> listUploads(const ListRequest &request,
                                                    const std::optional<Id128> &afterUpload) override;

    [[nodiscard]] Health health() override;
    [[nodiscard]] Figures figures() override;
    void setScrubRate(std::uint64_t bytesPerSecond) override;
    void stop() override;

    [[nodiscard]] Result<std::uint64_t> addConsumer(const BucketId &bucket, const Id128 &consumer) override;
    [[nodiscard]] Status removeConsumer(const BucketId &bucket, const Id128 &consumer) override;
    [[nodiscard]] std::vector<Id128> consumers(const BucketId &bucket) const override;
    [[nodiscard]] Result<std::uint64_t> cursor(const BucketId &bucket, const Id128 &consumer) const override;
    [[nodiscard]] Status acknowledge(const BucketId &bucket, const Id128 &consumer,
                                     std::uint64_t position) override;
    [[nodiscard]] Result<FeedPage> changes(const BucketId &bucket, const Id128 &consumer, std::uint64_t after,
                                           std::size_t limit) const override;
    [[nodiscard]] Result<FeedLag> feedLag(const BucketId &bucket, const Id128 &consumer) const override;
    [[nodiscard]] std::uint64_t position() const override;
    void setChangeHook(ChangeHook hook) override;
    [[nodiscard]] Result<VersionExport> exportVersion(const BucketId &bucket, std::string_view key,
                                                      const VersionId &version) override;
    [[nodiscard]] Result<std::optional<VersionRemoval>>
    exportRemoval(const BucketId &bucket, std::string_view key, const VersionId &version) override;
    [[nodiscard]] Result<ManifestPage> manifest(const BucketId &bucket, const std::string &afterKey,
                                                const std::optional<VersionId> &afterVersion,
                                                std::size_t limit) override;
    void importVersion(const BucketId &bucket, const BucketId &from, VersionHeader header, Bytes data,
                       Done<Imported> done) override;
    [[nodiscard]] Result<ImportNeed> importNeed(const BucketId &bucket, const VersionHeader &header) override;
    [[nodiscard]] Result<std::unique_ptr<ImportSession>>
    beginImport(const BucketId &bucket, const BucketId &from, VersionHeader header) override;
    void repairVersion(const BucketId &bucket, const BucketId &from, VersionHeader header, Bytes data,
                       Done<Imported> done) override;
    [[nodiscard]] Result<std::unique_ptr<ImportSession>>
    beginRepair(const BucketId &bucket, const BucketId &from, VersionHeader header) override;
    void importHeader(const BucketId &bucket, const BucketId &from, VersionHeader header,
                      Done<Imported> done) override;
    void importRemoval(const BucketId &bucket, const BucketId &from, VersionRemoval removal,
                       Done<Imported> done) override;

    void setDamageHook(std::function<void()> hook) override { m_damage.setHook(std::move(hook)); }
    [[nodiscard]] Result<DamagedVersions> damagedVersions(std::size_t skip, std::size_t limit,
                                                          const std::function<bool()> &cancelled) override;
    [[nodiscard]] Result<VersionHeader> damagedHeader(const DamagedVersion &damaged) override;
    [[nodiscard]] Result<std::unique_ptr<ImportSession>> beginHealing(const DamagedVersion &damaged,
                                                                      VersionHeader header) override;
    [[nodiscard]] Result<CopyPage> copyPage(const BucketId &bucket, const CopyPart &part,
                                            const std::optional<CopyPlace> &after,
                                            std::size_t limit) override;
    [[nodiscard]] Result<ImportNeed> handedNeed(const BucketId &bucket, const VersionHeader &header,
                                                const HandoverTerms &terms) override;
    void takeVersion(const BucketId &bucket, VersionHeader header, Bytes data, const HandoverTerms &terms,
                     Done<Handed> done) override;
    [[nodiscard]] Result<std::unique_ptr<HandedSession>>
    beginTake(const BucketId &bucket, VersionHeader header, const HandoverTerms &terms) override;
    void takeHeader(const BucketId &bucket, VersionHeader header, const HandoverTerms &terms,
                    Done<Handed> done) override;
    void takeRemoval(const BucketId &bucket, VersionRemoval removal, const HandoverTerms &terms,
                     Done<Handed> done) override;
    [[nodiscard]] Result<ConflictPage> conflicts(const std::optional<BucketId> &bucket,
                                                 const std::optional<ConflictPlace> &after,
                                                 std::size_t limit) override;
    void restoreConflict(const BucketId &bucket, std::string key, const VersionId &conflict,
                         Done<Committed> done) override;
    void discardConflict(const BucketId &bucket, std::string key, const VersionId &conflict,
                         Done<void> done) override;
    [[nodiscard]] Result<std::int64_t> forgetRemovals(const BucketId &bucket, std::int64_t beforeMs) override;
    void setRemovalsHook(RemovalsHook hook) override { m_feed.setRemovalsHook(std::move(hook)); }

    // What the background work does by itself, for tests without it.
    /// Compacts one segment; false when none is worth it.
    [[nodiscard]] Result<bool> compactOnce();
    /// One whole round of scrub, and one sweep, at once.
    [[nodiscard]] Status scrubOnce() { return m_scrubber->round(); }
    [[nodiscard]] Result<std::size_t> sweepOnce();
    /// Forgets tombstones, completions and changes that are old enough or were read by all.
    void forgetOld();
    /// Calls, on the committer's thread, when all changes that were handed over before are decided and
    /// durable, with the newest position.
    void settleChanges(Done<std::uint64_t> done);
    void setFeedLimits(const ChangeFeed::Limits &limits) { m_feed.setLimits(limits); }
    [[nodiscard]] Status flushIndex() { return m_index->flush(); }
    /// Makes durable how far the log is; not while the housekeeper does so by itself.
    [[nodiscard]] Status noteLogEnd();

private:
    NodeStore(DataDirectory &directory, Options options, Environment environment);
    [[nodiscard]] Status start();
    [[nodiscard]] index::Options indexOptions() const;
    [[nodiscard]] Status openIndex();
    [[nodiscard]] Status replay();
    [[nodiscard]] Result<log::Log::Position> knownEnd();
    [[nodiscard]] Status forgetSegments();
    /// Error::Damaged where the log lost records before they came into the index: what is not found may exist
    /// all the same.
    [[nodiscard]] Status checkComplete() const;
    [[nodiscard]] std::unexpected<Error> absent(Error::Code code, std::string message) const;
    template <typename T>
    [[nodiscard]] Done<T> doubting(Done<T> done) const;
    void sweep();
    [[nodiscard]] Result<std::size_t> sweepUnless(std::function<bool()> cancelled);
    [[nodiscard]] bool clockWentBack() const;
    [[nodiscard]] StoredObject::Sources sources() { return {*m_log, *m_blobs, *m_index, m_pins, m_suspect}; }
    [[nodiscard]] Status mayWrite(const BucketId &bucket, std::string_view key);
    [[nodiscard]] Result<std::optional<LocatedRow>> find(const BucketId &bucket, std::string_view key,
                                                         const std::optional<VersionId> &version,
                                                         index::ReadMode mode) const;
    /// Takes part of what was written and hands it to the committer; discards the file of a refused change.
    template <typename New>
    void submit(Result<StreamingPut::Ready> ready, New change, PutSession::Done<Committed> done,
                Result<Committed> (*decide)(Decision &, New &));

    [[nodiscard]] Result<std::shared_ptr<StoredObject>> openStored(const BucketId &bucket,
                                                                   std::string_view key,
                                                                   const std::optional<VersionId> &version,
                                                                   index::ReadMode mode);
    // Which of the two a version is taken for.
    enum class As { Import, Repair };
    [[nodiscard]] static Result<NewImport> checkedImport(const BucketId &bucket, const BucketId &from,
                                                         VersionHeader header, ByteView data);
    void importAs(As as, const BucketId &bucket, const BucketId &from, VersionHeader header, Bytes data,
                  Done<Imported> done);
    [[nodiscard]] Result<std::unique_ptr<ImportSession>> beginImportAs(As as, const BucketId &bucket,
                                                                       const BucketId &from,
                                                                       VersionHeader header,
                                                                       std::uint64_t damaged = 0);
    void submitImport(Result<StreamingImport::Ready> ready, Done<Imported> done);
    [[nodiscard]] ReadRecord recordReader();
    [[nodiscard]] Result<std::optional<CopyEntry>> copyEntry(const BucketId &bucket, const std::string &key,
                                                             const VersionId &version, const CopyPart &part);
    [[nodiscard]] Result<CopiedVersion> copyVersion(const BucketId &bucket, const std::string &key,
                                                    const VersionId &version);
    /// The version that is here, where it loses and its bytes are not in one record.
    [[nodiscard]] Result<std::optional<CopiedVersion>>
    copyLoser(const BucketId &bucket, const std::string &key, const VersionId &version,
              const HandoverTerms &terms, const index::MergedSide &theirs);
    [[nodiscard]] Status eraseRemovals(const BucketId &bucket, std::vector<index::Index::Tombstone> removals);
    void submitTake(Result<ReadyVersion> ready, const HandoverTerms &terms, bool hasData, Done<Handed> done);
    void tellChanges(const std::vector<BucketId> &buckets);

    DataDirectory &m_directory;
    const Options m_options;
    const Environment m_environment;
    std::unique_ptr<log::Log> m_log;
    std::unique_ptr<index::Index> m_index;
    std::unique_ptr<blob::BlobStore> m_blobs;
    BucketTable m_buckets;
    ChangeFeed m_feed;
    base::Mutex m_hookMutex;
    ChangeHook m_changeHook GUARDED_BY(m_hookMutex);
    SpaceGuard m_space;
    HashThreads m_hashThreads;
    ReadPins m_pins;
    DamageList m_damage;
    const StoredObject::Suspect m_suspect;  // what a read could not get
    LogEnd m_logEnd;
    std::uint64_t m_lastSequence = 0;
    // Files carry the kernel's coarse time, which lags a little.
    static constexpr std::int64_t kCoarseClockMs = 1000;
    std::int64_t m_startedMs = 0;  // files made before this were there before the start
    std::chrono::steady_clock::time_point m_startedAt;
    bool m_stopped = false;
    std::unique_ptr<Committer> m_committer;
    std::unique_ptr<Compactor> m_compactor;
    std::unique_ptr<Scrubber> m_scrubber;
    std::unique_ptr<class Housekeeper> m_housekeeper;  // last: uses all of the above
};

template <typename T>
NodeStore::Done<T> NodeStore::doubting(Done<T> done) const
{
    if (!m_index->isIncomplete())
        return done;
    return [this, done = std::move(done)](Result<T> result) mutable {
        const bool isAbsent = !result && (result.error().code == Error::NoSuchKey ||
                                          result.error().code == Error::NoSuchVersion ||
                                          result.error().code == Error::NoSuchUpload);
        done(isAbsent ? Result<T>(std::unexpected(checkComplete().error())) : std::move(result));
    };
}

}  // namespace maxiofs::store
