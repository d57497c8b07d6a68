// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/node_store.h"

#include "base/log_line.h"
#include "store/bucket_closing.h"
#include "store/housekeeper.h"
#include "store/object_fields.h"
#include "store/sweeper.h"
#include "store/upload_changes.h"

#include <algorithm>

namespace maxiofs::store {

using frame::Fields;
using frame::Tag;

namespace {

constexpr unsigned kHashThreads = 2;
constexpr std::string_view kIncomplete = "The log lost records before they came into the index: what is not "
                                         "found may have existed. Put the files of "
                                         "log/ back from a backup and run \"maxiofs rebuild-index\"; without "
                                         "a backup the same command gives up what "
                                         "is lost.";
constexpr unsigned kLookupTries = 3;  // compaction may move a record between the look-up and the opening

Bytes bytesOf(const Id128 &id)
{
    return {id.bytes.begin(), id.bytes.end()};
}

}  // namespace

Result<std::unique_ptr<NodeStore>> NodeStore::open(DataDirectory &directory, Options options,
                                                   Environment environment)
{
    std::unique_ptr<NodeStore> store(new NodeStore(directory, std::move(options), std::move(environment)));
    TRY_STATUS(store->start());
    return store;
}

NodeStore::NodeStore(DataDirectory &directory, Options options, Environment environment)
    : m_directory(directory),
      m_options(std::move(options)),
      m_environment(std::move(environment)),
      m_space(directory.fileSystem(), directory.path(), m_options.reserveBytes),
      m_hashThreads(kHashThreads),
      m_pins([this](std::vector<DeadBlob> blobs) { m_housekeeper->removeFiles(std::move(blobs)); }),
      m_damage(directory.fileSystem(), directory.temporaryPath() + "/damage"),
      m_suspect([this](DamageEntry entry) { m_scrubber->suspect(std::move(entry)); }),
      m_logEnd(directory.fileSystem(), directory.logEndPath())
{
}

NodeStore::~NodeStore()
{
    stop();
}

void NodeStore::stop()
{
    if (!m_housekeeper || std::exchange(m_stopped, true))
        return;
    m_scrubber->stop();
    m_housekeeper->trimFeeds();  // cursors
    m_committer->stop();
    m_housekeeper->stop();
    if (!m_environment.flushAtStop)
        return;
    if (auto flushed = m_index->flush(); !flushed)
        base::warningLine("the index could not be flushed; the next start replays the log")
            .with("reason", flushed.error().message);
    if (auto noted = noteLogEnd(); !noted)
        base::warningLine("the log's end was not noted").with("reason", noted.error().message);
}

// What is applied was synced before.
Status NodeStore::noteLogEnd()
{
    const index::LogPosition applied = m_index->appliedPosition();
    return m_logEnd.note({applied.segment, applied.offset});
}

Status NodeStore::checkComplete() const
{
    if (!m_index->isIncomplete())
        return {};
    return failure(Error::Damaged, std::string(kIncomplete));
}

std::unexpected<Error> NodeStore::absent(Error::Code code, std::string message) const
{
    if (auto complete = checkComplete(); !complete)
        return std::unexpected(std::move(complete).error());
    return failure(code, std::move(message));
}

void NodeStore::setBucket(const BucketState &state)
{
    const auto closed = m_index->isClosed(state.id);
    m_buckets.set(state, closed.value_or(true));
}

void NodeStore::closeBucket(const BucketId &bucket, Done<void> done)
{
    BucketClosing::begin(*m_committer, *m_index, m_buckets, bucket, std::move(done));
}

void NodeStore::forgetBucket(const BucketId &bucket)
{
    m_committer->commit<void>(
        0,
        [this, bucket](Decision &decision) {
            decision.index.forgetBucket(bucket);
            m_feed.forget(decision.index, bucket);
            return Result<void>();
        },
        [this, bucket](const Result<void> &) { m_buckets.forget(bucket); });
}

Result<bool> NodeStore::isClosed(const BucketId &bucket)
{
    return m_index->isClosed(bucket);
}

Result<index::BucketCounters> NodeStore::counters(const BucketId &bucket)
{
    return m_index->counters(bucket);
}

Result<std::optional<LocatedRow>> NodeStore::find(const BucketId &bucket, std::string_view key,
                                                  const std::optional<VersionId> &version,
                                                  index::ReadMode mode) const
{
    if (version)
        return findVersion(*m_index, bucket, key, *version, mode);
    TRY_ASSIGN(auto current, m_index->current(bucket, key, mode));
    if (current)
        return LocatedRow{std::move(*current), true};
    TRY_ASSIGN(auto row, m_index->newestVersion(bucket, key, mode));
    if (!row)
        return std::nullopt;
    return LocatedRow{std::move(*row), false};
}

Result<std::shared_ptr<ObjectReader>> NodeStore::open(const BucketId &bucket, std::string_view key,
                                                      const std::optional<VersionId> &version,
                                                      index::ReadMode mode)
{
    TRY_ASSIGN(auto object, openStored(bucket, key, version, mode));
    return std::shared_ptr<ObjectReader>(std::move(object));
}

Result<std::shared_ptr<StoredObject>> NodeStore::openStored(const BucketId &bucket, std::string_view key,
                                                            const std::optional<VersionId> &version,
                                                            index::ReadMode mode)
{
    for (unsigned attempt = 0;; ++attempt) {
        TRY_ASSIGN(auto found, find(bucket, key, version, mode));
        // Without a version the newest row of `versions` only tells that a delete marker hides the key.
        if (!found)
            return version ? absent(Error::NoSuchVersion, "The specified version does not exist.")
                           : absent(Error::NoSuchKey, "The specified key does not exist.");
        if (found->row.isDeleteMarker)
            return failure(Error::DeleteMarker, "The version is a delete marker.",
                           (found->row.isNull ? VersionId{} : VersionId{found->row.stamp}).text());
        const bool isLatest = found->isCurrent;
        const std::uint64_t sequence = found->row.sequence;
        const bool pinned = !std::holds_alternative<index::InRecord>(found->row.data);
        auto object = StoredObject::open(sources(), bucket, key, std::move(found->row), isLatest);
        if (!object && object.error().code != Error::NotFound)
            return std::unexpected(std::move(object).error());
        if (object && !pinned)
            return std::move(*object);
        if (object) {
            // The files are safe from now on; were they still when the row was read?
            TRY_ASSIGN(const auto again, find(bucket, key, version, mode));
            if (again && again->row.sequence == sequence)
                return std::move(*object);
        }
        if (attempt == kLookupTries && !object)
            return failure(Error::Damaged, "The object's data is lost: " + object.error().message);
        if (attempt == kLookupTries)
            return failure(Error::Busy, "The object changes too fast to be opened: try again.");
    }
}

Status NodeStore::mayWrite(const BucketId &bucket, std::string_view key)
{
    TRY_ASSIGN([[maybe_unused]] const BucketState state, m_buckets.open(bucket));
    if (key.empty() || key.size() > kMaxKeyBytes)
        return failure(Error::InvalidArgument, "A key has 1 to " + std::to_string(kMaxKeyBytes) + " bytes",
                       "key");
    TRY_STATUS(m_committer->readOnly());
    m_space.refresh();
    return m_space.check();
}

template <typename New>
void NodeStore::submit(Result<StreamingPut::Ready> ready, New change, PutSession::Done<Committed> done,
                       Result<Committed> (*decide)(Decision &, New &))
{
    if (!ready) {
        m_committer->refuseWrites(ready.error());
        done(std::unexpected(std::move(ready).error()));
        return;
    }
    if constexpr (requires { change.conditions; }) {
        if (auto known = change.conditions.any() ? checkComplete() : Status(); !known) {
            if (ready->blob)
                ready->blob->discard();
            done(std::unexpected(std::move(known).error()));
            return;
        }
    }
    change.fields = std::move(ready->fields);
    change.payload = std::move(ready->payload);
    change.size = ready->size;
    change.etag = std::move(ready->etag);
    change.checksum = std::move(ready->checksum);
    const std::size_t bytes = change.payload.size();
    m_committer->commit<Committed>(
        bytes,
        [change = std::move(change), decide](Decision &decision) mutable { return decide(decision, change); },
        [blob = std::move(ready->blob), done = std::move(done)](Result<Committed> committed) mutable {
            // After a failed sync the record may be there at the next start, and names the file.
            if (!committed && blob && committed.error().code != Error::ReadOnly)
                blob->discard();
            done(std::move(committed));
        });
}

Result<std::unique_ptr<PutSession>> NodeStore::beginPut(const BucketId &bucket, std::string key,
                                                        Attributes attributes,
                                                        std::optional<std::uint64_t> sizeHint)
{
    TRY_STATUS(mayWrite(bucket, key));
    Fields fields;
    fields.set(Tag::BucketId, bytesOf(bucket));
    fields.setText(Tag::Key, key);
    setAttributes(fields, attributes);
    return std::make_unique<StreamingPut>(
        *m_blobs, m_hashThreads, m_space, m_options.inlineLimit, sizeHint, std::move(fields),
        [this, bucket, key = std::move(key)](Result<StreamingPut::Ready> ready, WriteConditions conditions,
                                             PutSession::Done<Committed> done) mutable {
            NewObject object;
            object.bucket = bucket;
            object.key = std::move(key);
            object.conditions = std::move(conditions);
            submit(std::move(ready), std::move(object), std::move(done), &decidePut);
        });
}

Result<std::unique_ptr<PutSession>> NodeStore::beginPart(const BucketId &bucket, std::string key,
                                                         const Id128 &uploadId, unsigned number,
                                                         std::optional<std::uint64_t> sizeHint)
{
    TRY_STATUS(mayWrite(bucket, key));
    if (number == 0 || number > kMaxParts)
        return failure(Error::InvalidArgument,
                       "Part number must be an integer between 1 and 10000, inclusive", "partNumber");
    TRY_ASSIGN(const UploadInfo info, upload(bucket, key, uploadId));
    Fields fields;
    fields.set(Tag::BucketId, bytesOf(bucket));
    fields.setText(Tag::Key, key);
    fields.set(Tag::UploadId, bytesOf(uploadId));
    fields.setVarint(Tag::PartNumber, number);
    return std::make_unique<StreamingPut>(
        *m_blobs, m_hashThreads, m_space, m_options.inlineLimit, sizeHint, std::move(fields),
        [this, bucket, key = std::move(key), uploadId, number](Result<StreamingPut::Ready> ready,
                                                               const WriteConditions &,
                                                               PutSession::Done<Committed> done) mutable {
            NewPart part;
            part.bucket = bucket;
            part.key = std::move(key);
            part.uploadId = uploadId;
            part.number = number;
            submit(std::move(ready), std::move(part), std::move(done), &decidePart);
        });
}

void NodeStore::remove(const BucketId &bucket, std::string key, const std::optional<VersionId> &version,
                       const WriteConditions &conditions, Done<Deleted> done)
{
    m_committer->commit<Deleted>(
        0,
        [bucket, key = std::move(key), version, conditions](Decision &decision) {
            return decideRemove(decision, bucket, key, version, conditions);
        },
        doubting(std::move(done)));
}

void NodeStore::setTags(const BucketId &bucket, std::string key, const std::optional<VersionId> &version,
                        Pairs tags, Done<Committed> done)
{
    m_committer->commit<Committed>(
        0,
        [this, bucket, key = std::move(key), version, tags = std::move(tags)](Decision &decision) {
            return decideMetadata(decision, *m_log, bucket, key, version, false,
                                  [&](const index::ObjectRow &, Attributes &attributes) -> Status {
                                      attributes.tags = tags;
                                      return {};
                                  });
        },
        doubting(std::move(done)));
}

void NodeStore::replaceAttributes(const BucketId &bucket, std::string key, std::string expectedEtag,
                                  Attributes attributes, Done<Committed> done)
{
    m_committer->commit<Committed>(
        0,
        [this, bucket, key = std::move(key), expectedEtag = std::move(expectedEtag),
         wanted = std::move(attributes)](Decision &decision) {
            return decideMetadata(decision, *m_log, bucket, key, std::nullopt, true,
                                  [&](const index::ObjectRow &row, Attributes &attributes) -> Status {
                                      if (row.etag != expectedEtag || !row.isNull)
                                          return failure(Error::PreconditionFailed,
                                                         "The object changed while it was being copied");
                                      attributes = wanted;
                                      return {};
                                  });
        },
        doubting(std::move(done)));
}

NodeStore::Health NodeStore::health()
{
    Health health;
    if (const auto readOnly = m_committer->readOnly(); !readOnly) {
        health.readOnly = true;
        health.reason = readOnly.error().message;
    }
    m_space.refresh();
    if (const auto space = m_space.check(); !space) {
        health.full = true;
        if (health.reason.empty())
            health.reason = space.error().message;
    }
    if (m_committer->waitsForRoom()) {
        health.full = true;
        if (health.reason.empty())
            health.reason = "The volume has no room for the index: writes wait for space.";
    }
    health.damage = m_damage.texts();
    if (const auto complete = checkComplete(); !complete)
        health.damage.push_back(complete.error().message);
    if (health.reason.empty() && !health.damage.empty())
        health.reason = "Damaged data was found: " + health.damage.front();
    return health;
}

NodeStore::Figures NodeStore::figures()
{
    Figures figures;
    figures.commits = m_committer->commits();
    figures.batches = m_committer->batches();
    figures.syncMedianUs = m_committer->syncTimes().quantile(0.5);
    figures.sync99Us = m_committer->syncTimes().quantile(0.99);
    if (const auto segments = m_index->segments()) {
        for (const auto &[number, row] : *segments) {
            ++figures.segments;
            figures.logBytes += row.bytes;
            figures.deadBytes += row.deadBytes;
        }
        figures.liveBytes = figures.logBytes - figures.deadBytes;
    }
    figures.indexMemoryBytes = m_index->memoryUsedBytes();
    figures.scrubbedBytes = m_scrubber->bytesRead();
    figures.scrubErrors = m_scrubber->found();
    figures.scrubProgress = m_scrubber->progress();
    figures.scrubBytesPerSecond = m_scrubber->rate();
    figures.compacting = m_compactor->isBusy();
    figures.compactedBytes = m_compactor->compactedBytes();
    m_space.refresh();
    figures.diskTotal = m_space.total();
    figures.diskAvailable = m_space.available();
    figures.reserveBytes = m_space.reserve();
    figures.lastScrubMs = m_scrubber->lastRoundMs();
    figures.lastCompactionMs = m_compactor->lastMs();
    return figures;
}

void NodeStore::setScrubRate(std::uint64_t bytesPerSecond)
{
    m_scrubber->setRate(bytesPerSecond);
}

void NodeStore::forgetOld()
{
    m_housekeeper->forgetOld();
    m_housekeeper->trimFeeds();
}

Result<std::size_t> NodeStore::sweepOnce()
{
    return sweepUnless([] { return false; });
}

Result<std::size_t> NodeStore::sweepUnless(std::function<bool()> cancelled)
{
    Sweeper sweeper({*m_blobs, *m_index, m_damage, m_directory.fileSystem(),
                     m_directory.temporaryPath() + "/orphans", m_startedMs, std::move(cancelled)});
    return sweeper.run();
}

// A clock that was set back would make files of this run look older than the start.
bool NodeStore::clockWentBack() const
{
    constexpr std::chrono::milliseconds kTolerance(kCoarseClockMs / 2);
    const std::chrono::milliseconds wall(m_environment.clock.unixMs() - m_startedMs - kCoarseClockMs);
    return wall + kTolerance < std::chrono::steady_clock::now() - m_startedAt;
}

void NodeStore::sweep()
{
    const auto swept = sweepUnless([this] { return m_scrubber->stopping() || clockWentBack(); });
    if (!swept)
        base::warningLine("files without a record were not swept").with("reason", swept.error().message);
}

Result<bool> NodeStore::compactOnce()
{
    TRY_ASSIGN(const bool found, m_compactor->step());
    while (m_compactor->isBusy())
        TRY_STATUS(m_compactor->step());
    return found;
}

}  // namespace maxiofs::store
