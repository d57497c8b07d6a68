// SPDX-License-Identifier: GPL-3.0-or-later
// NodeStore's VersionExchange: versions to and from other nodes.
#include "store/node_store.h"

#include "store/streaming_import.h"
#include "store/version_export.h"

#include <future>

namespace maxiofs::store {

namespace {

constexpr unsigned kLookupTries = 3;  // compaction may move a record between the look-up and the opening

template <typename T, typename Start>
Result<T> waitFor(Start start)
{
    std::promise<Result<T>> promise;
    start([&promise](Result<T> result) { promise.set_value(std::move(result)); });
    return promise.get_future().get();
}

}  // namespace

Result<std::uint64_t> NodeStore::addConsumer(const BucketId &bucket, const Id128 &consumer)
{
    TRY_ASSIGN(const std::uint64_t cursor, waitFor<std::uint64_t>([&](auto done) {
                   m_committer->commit<std::uint64_t>(
                       0,
                       [this, bucket, consumer](Decision &decision) -> Result<std::uint64_t> {
                           TRY_STATUS(decision.checkBucket(bucket));
                           return m_feed.add(decision.index, bucket, consumer, decision.lastSequence());
                       },
                       std::move(done));
               }));
    // From here on a start finds the consumer, and with the log all changes after its cursor.
    TRY_STATUS(m_index->flush());
    return cursor;
}

Status NodeStore::removeConsumer(const BucketId &bucket, const Id128 &consumer)
{
    return waitFor<void>([&](auto done) {
        m_committer->commit<void>(
            0,
            [this, bucket, consumer](Decision &decision) {
                m_feed.remove(decision.index, bucket, consumer);
                return Result<void>();
            },
            std::move(done));
    });
}

std::vector<Id128> NodeStore::consumers(const BucketId &bucket) const
{
    return m_feed.consumers(bucket);
}

Result<std::uint64_t> NodeStore::cursor(const BucketId &bucket, const Id128 &consumer) const
{
    return m_feed.cursor(bucket, consumer);
}

Status NodeStore::acknowledge(const BucketId &bucket, const Id128 &consumer, std::uint64_t position)
{
    return m_feed.acknowledge(bucket, consumer, position);
}

Result<FeedPage> NodeStore::changes(const BucketId &bucket, const Id128 &consumer, std::uint64_t after,
                                    std::size_t limit) const
{
    return m_feed.changes(*m_index, bucket, consumer, after, limit);
}

Result<FeedLag> NodeStore::feedLag(const BucketId &bucket, const Id128 &consumer) const
{
    return m_feed.lag(*m_index, bucket, consumer);
}

std::uint64_t NodeStore::position() const
{
    return m_index->appliedPosition().sequence;
}

void NodeStore::settleChanges(Done<std::uint64_t> done)
{
    m_committer->commit<std::uint64_t>(
        0, [](Decision &decision) -> Result<std::uint64_t> { return decision.lastSequence(); },
        std::move(done));
}

void NodeStore::setChangeHook(ChangeHook hook)
{
    base::MutexLock lock(m_hookMutex);
    m_changeHook = std::move(hook);
}

void NodeStore::tellChanges(const std::vector<BucketId> &buckets)
{
    base::MutexLock lock(m_hookMutex);
    if (!m_changeHook)
        return;
    for (const BucketId &bucket : buckets)
        m_changeHook(bucket, position());
}

Result<VersionExport> NodeStore::exportVersion(const BucketId &bucket, std::string_view key,
                                               const VersionId &version)
{
    for (unsigned attempt = 0;; ++attempt) {
        auto object = openStored(bucket, key, version, index::ReadMode::MayBlock);
        if (object) {
            TRY_ASSIGN(VersionHeader header,
                       exportedHeader((*object)->headerSegment(), key, (*object)->row()));
            return VersionExport{std::move(header), std::move(*object)};
        }
        if (object.error().code != Error::DeleteMarker)
            return std::unexpected(std::move(object).error());
        TRY_ASSIGN(const auto found, find(bucket, key, version, index::ReadMode::MayBlock));
        if (!found || !found->row.isDeleteMarker)
            continue;  // changed meanwhile
        const auto segment = m_log->segment(found->row.record.segment);
        if (segment) {
            TRY_ASSIGN(VersionHeader header, exportedHeader(**segment, key, found->row));
            return VersionExport{std::move(header), nullptr};
        }
        if (segment.error().code != Error::NotFound || attempt == kLookupTries)
            return std::unexpected(segment.error());
    }
}

Result<std::optional<VersionRemoval>> NodeStore::exportRemoval(const BucketId &bucket, std::string_view key,
                                                               const VersionId &version)
{
    TRY_ASSIGN(const auto tombstone, m_index->tombstone(bucket, key, version.stamp));
    if (!tombstone)
        return std::nullopt;
    VersionRemoval removal;
    removal.key = key;
    removal.version = version;
    removal.stamp = tombstone->stamp;
    removal.versionStamp = tombstone->versionStamp;
    if (m_feed.hasImports(bucket)) {
        // Compaction may have moved it: without its origins it is only sent once more than it need be.
        if (const auto segment = m_log->segment(tombstone->record.segment)) {
            if (const auto record = (*segment)->readRecord(tombstone->record.offset))
                removal.origins = originsOf(record->fields);
        }
    }
    return removal;
}

Result<ManifestPage> NodeStore::manifest(const BucketId &bucket, const std::string &afterKey,
                                         const std::optional<VersionId> &afterVersion, std::size_t limit)
{
    TRY_STATUS(checkComplete());
    return manifestOf(*m_log, *m_index, bucket, afterKey, afterVersion, limit);
}

Result<ImportNeed> NodeStore::importNeed(const BucketId &bucket, const VersionHeader &header)
{
    TRY_STATUS(m_buckets.checkOpen(bucket));
    return importNeedOf(*m_index, *m_log, bucket, header);
}

void NodeStore::importVersion(const BucketId &bucket, const BucketId &from, VersionHeader header, Bytes data,
                              Done<Imported> done)
{
    importAs(As::Import, bucket, from, std::move(header), std::move(data), std::move(done));
}

void NodeStore::repairVersion(const BucketId &bucket, const BucketId &from, VersionHeader header, Bytes data,
                              Done<Imported> done)
{
    importAs(As::Repair, bucket, from, std::move(header), std::move(data), std::move(done));
}

void NodeStore::importAs(As as, const BucketId &bucket, const BucketId &from, VersionHeader header,
                         Bytes data, Done<Imported> done)
{
    if (header.isDeleteMarker) {
        auto import = newImport(bucket, from, std::move(header));
        if (!import) {
            done(std::unexpected(std::move(import).error()));
            return;
        }
        import->isRepair = as == As::Repair;
        submitImport(StreamingImport::Ready{std::move(*import), nullptr}, std::move(done));
        return;
    }
    if (data.size() != header.size) {
        done(failure(Error::BadDigest, "Another node sent another number of bytes than the version has.",
                     header.key));
        return;
    }
    if (data.size() <= m_options.inlineLimit) {
        auto import = checkedImport(bucket, from, std::move(header), data);
        if (!import) {
            done(std::unexpected(std::move(import).error()));
            return;
        }
        import->payload = std::move(data);
        import->isRepair = as == As::Repair;
        submitImport(StreamingImport::Ready{std::move(*import), nullptr}, std::move(done));
        return;
    }
    auto session = beginImportAs(as, bucket, from, std::move(header));
    Status written = session ? (*session)->write(data) : Status(std::unexpected(session.error()));
    if (!written)
        done(std::unexpected(std::move(written).error()));
    else
        (*session)->commit(std::move(done));
}

Result<NewImport> NodeStore::checkedImport(const BucketId &bucket, const BucketId &from, VersionHeader header,
                                           ByteView data)
{
    TRY_ASSIGN(ContentCheck check, ContentCheck::of(header));
    check.update(data);
    TRY_STATUS(check.finish());
    return newImport(bucket, from, std::move(header));
}

Result<std::unique_ptr<ImportSession>> NodeStore::beginImport(const BucketId &bucket, const BucketId &from,
                                                              VersionHeader header)
{
    return beginImportAs(As::Import, bucket, from, std::move(header));
}

Result<std::unique_ptr<ImportSession>> NodeStore::beginRepair(const BucketId &bucket, const BucketId &from,
                                                              VersionHeader header)
{
    return beginImportAs(As::Repair, bucket, from, std::move(header));
}

Result<std::unique_ptr<ImportSession>> NodeStore::beginImportAs(As as, const BucketId &bucket,
                                                                const BucketId &from, VersionHeader header,
                                                                std::uint64_t damaged)
{
    TRY_STATUS(m_buckets.checkOpen(bucket));
    TRY_STATUS(m_committer->readOnly());
    m_space.refresh();
    TRY_STATUS(m_space.check());
    TRY_ASSIGN(ContentCheck check, ContentCheck::of(header));
    TRY_ASSIGN(NewImport import, newImport(bucket, from, std::move(header)));
    import.isRepair = as == As::Repair;
    import.damaged = damaged;
    return std::make_unique<StreamingImport>(
        IncomingVersion(*m_blobs, m_space, m_options.inlineLimit, std::move(import), std::move(check)),
        [this](Result<StreamingImport::Ready> ready, Done<Imported> done) {
            submitImport(std::move(ready), std::move(done));
        });
}

void NodeStore::submitImport(Result<StreamingImport::Ready> ready, Done<Imported> done)
{
    if (!ready) {
        m_committer->refuseWrites(ready.error());
        done(std::unexpected(std::move(ready).error()));
        return;
    }
    const std::size_t bytes = ready->import.payload.size();
    m_committer->commit<Imported>(
        bytes,
        [import = std::move(ready->import)](Decision &decision) mutable {
            return import.damaged != 0 ? decideHealing(decision, import) : decideImport(decision, import);
        },
        [blob = std::move(ready->blob), done = std::move(done)](Result<Imported> imported) mutable {
            const bool isNamed = imported && imported->outcome == ImportOutcome::Applied;
            // After a failed sync the record may be there at the next start, and names the file.
            if (blob && !isNamed && (imported || imported.error().code != Error::ReadOnly))
                blob->discard();
            done(std::move(imported));
        });
}

void NodeStore::importHeader(const BucketId &bucket, const BucketId &from, VersionHeader header,
                             Done<Imported> done)
{
    auto import = newImport(bucket, from, std::move(header));
    if (!import) {
        done(std::unexpected(std::move(import).error()));
        return;
    }
    m_committer->commit<Imported>(
        0,
        [this, import = std::move(*import)](Decision &decision) mutable {
            return decideImportHeader(decision, *m_log, import);
        },
        std::move(done));
}

void NodeStore::importRemoval(const BucketId &bucket, const BucketId &from, VersionRemoval removal,
                              Done<Imported> done)
{
    if (from != bucket)
        removal.origins.push_back(from);
    m_committer->commit<Imported>(
        0,
        [bucket, removal = std::move(removal)](Decision &decision) {
            return decideImportRemoval(decision, bucket, removal);
        },
        std::move(done));
}

}  // namespace maxiofs::store
