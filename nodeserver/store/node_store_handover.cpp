// SPDX-License-Identifier: GPL-3.0-or-later
// NodeStore's BucketHandover: copies that are handed over, and conflict versions.
#include "store/node_store.h"

#include "store/handover_changes.h"
#include "store/version_export.h"

#include <future>

namespace maxiofs::store {

namespace {

constexpr std::size_t kCopyChunk = 1U << 20;
constexpr std::size_t kRemovalsAtOnce = 1000;
constexpr unsigned kLookupTries = 3;  // compaction may move a record between the look-up and the reading

bool isUnsent(std::uint64_t sequence, const CopyPart &part)
{
    return sequence > part.after && sequence <= part.until;
}

Status checkConflict(const VersionId &version)
{
    if (version.isConflict())
        return {};
    return failure(Error::InvalidArgument, "The version id \"" + version.text() + "\" names no conflict.",
                   "version");
}

}  // namespace

const std::string &CopyEntry::key() const
{
    return std::visit([](const auto &entry) -> const std::string & { return entry.key; }, what);
}

const VersionId &CopyEntry::version() const
{
    return std::visit([](const auto &entry) -> const VersionId & { return entry.version; }, what);
}

const Stamp &CopyEntry::stamp() const
{
    if (const auto *removal = std::get_if<VersionRemoval>(&what))
        return removal->stamp;
    return std::get<VersionHeader>(what).headerStamp;
}

ReadRecord NodeStore::recordReader()
{
    return [this](const index::RecordPlace &at) -> Result<log::Record> {
        TRY_ASSIGN(const auto segment, m_log->segment(at.segment));
        return segment->readRecord(at.offset);
    };
}

Result<std::optional<CopyEntry>> NodeStore::copyEntry(const BucketId &bucket, const std::string &key,
                                                      const VersionId &version, const CopyPart &part)
{
    for (unsigned attempt = 0;; ++attempt) {
        TRY_ASSIGN(const auto found, find(bucket, key, version, index::ReadMode::MayBlock));
        if (!found)
            break;
        CopyEntry entry;
        entry.isUnsent = isUnsent(found->row.sequence, part);
        const auto segment = m_log->segment(found->row.record.segment);
        if (segment) {
            TRY_ASSIGN(entry.what, exportedHeader(**segment, key, found->row));
            return entry;
        }
        if (segment.error().code != Error::NotFound || attempt == kLookupTries)
            return std::unexpected(segment.error());
    }
    TRY_ASSIGN(const auto tombstone, m_index->tombstone(bucket, key, version.stamp));
    TRY_ASSIGN(auto removal, exportRemoval(bucket, key, version));
    if (!tombstone || !removal)
        return std::nullopt;
    CopyEntry entry;
    entry.what = std::move(*removal);
    entry.isUnsent = isUnsent(tombstone->sequence, part);
    return entry;
}

Result<CopyPage> NodeStore::copyPage(const BucketId &bucket, const CopyPart &part,
                                     const std::optional<CopyPlace> &after, std::size_t limit)
{
    TRY_STATUS(checkComplete());
    TRY_ASSIGN(const WalkedPage walked,
               walkVersions(*m_log, *m_index, bucket, after ? after->key : std::string(),
                            after ? std::optional(after->version) : std::nullopt, limit));
    CopyPage page;
    for (const auto &[entry, sequence] : walked.entries) {
        if (!part.isWhole && sequence <= part.after)
            continue;
        TRY_ASSIGN(auto copied, copyEntry(bucket, entry.key, entry.version, part));
        if (copied)
            page.entries.push_back(std::move(*copied));
    }
    if (walked.truncated) {
        const ManifestEntry &last = walked.entries.back().entry;
        page.next = CopyPlace{last.key, last.version};
    }
    return page;
}

// The version as it is here, with all its bytes, under the id of the conflict version that it becomes.
Result<CopiedVersion> NodeStore::copyVersion(const BucketId &bucket, const std::string &key,
                                             const VersionId &version)
{
    TRY_ASSIGN(const auto object, openStored(bucket, key, version, index::ReadMode::MayBlock));
    TRY_ASSIGN(VersionHeader header, exportedHeader(object->headerSegment(), key, object->row()));
    TRY_ASSIGN(ContentCheck check, ContentCheck::of(header));
    TRY_ASSIGN(NewImport import, newImport(bucket, bucket, std::move(header)));
    IncomingVersion incoming(*m_blobs, m_space, m_options.inlineLimit, std::move(import), std::move(check));
    Bytes chunk;
    while (incoming.written() < object->row().size) {
        chunk.clear();
        TRY_ASSIGN(const std::size_t got,
                   object->read(incoming.written(), kCopyChunk, chunk, index::ReadMode::MayBlock));
        if (got == 0)
            return failure(Error::Damaged, "The object ends before its size.", key);
        TRY_STATUS(incoming.write(chunk));
    }
    auto ready = incoming.finish();
    if (!ready) {
        m_committer->refuseWrites(ready.error());
        return std::unexpected(std::move(ready).error());
    }
    return CopiedVersion{std::move(*ready), object->row().sequence};
}

Result<std::optional<CopiedVersion>> NodeStore::copyLoser(const BucketId &bucket, const std::string &key,
                                                          const VersionId &version,
                                                          const HandoverTerms &terms,
                                                          const index::MergedSide &theirs)
{
    const auto here = sideHere(*m_index, bucket, key, version, terms, recordReader());
    // Compaction moves it: the decision will see.
    if (!here && here.error().code == Error::NotFound)
        return std::nullopt;
    if (!here)
        return std::unexpected(here.error());
    if (!needsCopy(*here, theirs))
        return std::nullopt;
    auto copied = copyVersion(bucket, key, version);
    const bool isGone = !copied && (copied.error().code == Error::NoSuchVersion ||
                                    copied.error().code == Error::DeleteMarker);
    if (isGone)
        return std::nullopt;
    if (!copied)
        return std::unexpected(std::move(copied).error());
    return std::move(*copied);
}

Result<ImportNeed> NodeStore::handedNeed(const BucketId &bucket, const VersionHeader &header,
                                         const HandoverTerms &terms)
{
    TRY_ASSIGN([[maybe_unused]] const BucketState state, m_buckets.open(bucket));
    return handedNeedOf(*m_index, bucket, header, terms, recordReader());
}

void NodeStore::takeVersion(const BucketId &bucket, VersionHeader header, Bytes data,
                            const HandoverTerms &terms, Done<Handed> done)
{
    if (header.isDeleteMarker) {
        auto import = newImport(bucket, bucket, std::move(header));
        if (!import)
            done(std::unexpected(std::move(import).error()));
        else
            submitTake(ReadyVersion{std::move(*import), nullptr}, terms, true, std::move(done));
        return;
    }
    auto session = beginTake(bucket, std::move(header), terms);
    if (!session) {
        done(std::unexpected(std::move(session).error()));
        return;
    }
    if (Status written = (*session)->write(data); !written) {
        done(std::unexpected(std::move(written).error()));
        return;
    }
    (*session)->commit(std::move(done));
}

Result<std::unique_ptr<HandedSession>> NodeStore::beginTake(const BucketId &bucket, VersionHeader header,
                                                            const HandoverTerms &terms)
{
    TRY_ASSIGN([[maybe_unused]] const BucketState state, m_buckets.open(bucket));
    TRY_STATUS(m_committer->readOnly());
    m_space.refresh();
    TRY_STATUS(m_space.check());
    TRY_ASSIGN(ContentCheck check, ContentCheck::of(header));
    TRY_ASSIGN(NewImport import, newImport(bucket, bucket, std::move(header)));
    return std::make_unique<StreamingTake>(
        IncomingVersion(*m_blobs, m_space, m_options.inlineLimit, std::move(import), std::move(check)),
        [this, terms](Result<ReadyVersion> ready, Done<Handed> done) {
            submitTake(std::move(ready), terms, true, std::move(done));
        });
}

void NodeStore::takeHeader(const BucketId &bucket, VersionHeader header, const HandoverTerms &terms,
                           Done<Handed> done)
{
    auto import = newImport(bucket, bucket, std::move(header));
    if (!import) {
        done(std::unexpected(std::move(import).error()));
        return;
    }
    submitTake(ReadyVersion{std::move(*import), nullptr}, terms, false, std::move(done));
}

namespace {

// After a failed sync the record may be there at the next start, and names the file.
template <typename T>
void discardUnless(bool isNamed, const std::shared_ptr<blob::BlobWriter> &blob, const Result<T> &outcome)
{
    if (blob && !(isNamed && outcome) && (outcome || outcome.error().code != Error::ReadOnly))
        blob->discard();
}

template <typename T>
void discardUnused(const std::optional<CopiedVersion> &copied, const Result<T> &outcome)
{
    if (copied)
        discardUnless(copied->isUsed, copied->version.blob, outcome);
}

}  // namespace

void NodeStore::submitTake(Result<ReadyVersion> ready, const HandoverTerms &terms, bool hasData,
                           Done<Handed> done)
{
    if (!ready) {
        m_committer->refuseWrites(ready.error());
        done(std::unexpected(std::move(ready).error()));
        return;
    }
    const auto handed = std::make_shared<NewHanded>();
    handed->import = std::move(ready->import);
    handed->terms = terms;
    handed->hasData = hasData;
    const VersionHeader &header = handed->import.header;
    auto copied = copyLoser(handed->import.bucket, header.key, header.version, terms, sideOf(header, terms));
    if (!copied) {
        discardUnless(false, ready->blob, Result<Handed>());
        done(std::unexpected(std::move(copied).error()));
        return;
    }
    handed->ours = std::move(*copied);
    const std::size_t bytes = handed->import.payload.size();
    m_committer->commit<Handed>(
        bytes, [this, handed](Decision &decision) { return decideTake(decision, *m_log, *handed); },
        [handed, blob = std::move(ready->blob), done = std::move(done)](Result<Handed> outcome) mutable {
            discardUnless(handed->isNamed, blob, outcome);
            discardUnused(handed->ours, outcome);
            done(std::move(outcome));
        });
}

void NodeStore::takeRemoval(const BucketId &bucket, VersionRemoval removal, const HandoverTerms &terms,
                            Done<Handed> done)
{
    auto copied = copyLoser(bucket, removal.key, removal.version, terms, sideOf(removal, terms));
    if (!copied) {
        done(std::unexpected(std::move(copied).error()));
        return;
    }
    const auto handed =
        std::make_shared<HandedRemoval>(HandedRemoval{bucket, std::move(removal), terms, std::move(*copied)});
    m_committer->commit<Handed>(
        0, [this, handed](Decision &decision) { return decideTakeRemoval(decision, *m_log, *handed); },
        [handed, done = std::move(done)](Result<Handed> outcome) mutable {
            discardUnused(handed->ours, outcome);
            done(std::move(outcome));
        });
}

Result<ConflictPage> NodeStore::conflicts(const std::optional<BucketId> &bucket,
                                          const std::optional<ConflictPlace> &after, std::size_t limit)
{
    TRY_STATUS(checkComplete());
    std::optional<index::Index::ConflictVersion> from;
    if (after)
        from = {after->bucket, after->key, after->version.stamp.value_or(Stamp{})};
    TRY_ASSIGN(auto found, m_index->conflicts(bucket, from, limit));
    ConflictPage page;
    for (const auto &conflict : found) {
        TRY_ASSIGN(const auto located,
                   findVersion(*m_index, conflict.bucket, conflict.key, VersionId{conflict.version}));
        if (located)
            page.conflicts.push_back({conflict.bucket, infoOf(conflict.key, located->row, false)});
    }
    if (!found.empty() && found.size() == limit)
        page.next = {found.back().bucket, std::move(found.back().key), VersionId{found.back().version}};
    return page;
}

void NodeStore::restoreConflict(const BucketId &bucket, std::string key, const VersionId &conflict,
                                Done<Committed> done)
{
    const auto restore = std::make_shared<Restore>();
    const auto ready = [&]() -> Status {
        TRY_STATUS(checkConflict(conflict));
        TRY_STATUS(mayWrite(bucket, key));
        TRY_ASSIGN(const auto located, find(bucket, key, conflict, index::ReadMode::MayBlock));
        if (!located)
            return absent(Error::NoSuchVersion, "The specified version does not exist.");
        if (std::holds_alternative<index::InRecord>(located->row.data))
            return {};
        TRY_ASSIGN(restore->copy, copyVersion(bucket, key, conflict));
        return {};
    }();
    if (!ready) {
        done(std::unexpected(ready.error()));
        return;
    }
    restore->bucket = bucket;
    restore->key = std::move(key);
    restore->conflict = conflict;
    m_committer->commit<Committed>(
        0, [this, restore](Decision &decision) { return decideRestore(decision, *m_log, *restore); },
        [restore, done = std::move(done)](Result<Committed> outcome) mutable {
            discardUnused(restore->copy, outcome);
            done(std::move(outcome));
        });
}

void NodeStore::discardConflict(const BucketId &bucket, std::string key, const VersionId &conflict,
                                Done<void> done)
{
    if (Status checked = checkConflict(conflict); !checked) {
        done(std::unexpected(std::move(checked).error()));
        return;
    }
    m_committer->commit<void>(
        0,
        [bucket, key = std::move(key), conflict](Decision &decision) -> Result<void> {
            TRY_ASSIGN(const Deleted deleted, decideRemove(decision, bucket, key, conflict, {}));
            if (!deleted.existed)
                return failure(Error::NoSuchVersion, "The specified version does not exist.");
            return {};
        },
        doubting(std::move(done)));
}

Result<std::int64_t> NodeStore::forgetRemovals(const BucketId &bucket, std::int64_t beforeMs)
{
    const std::uint64_t passed = m_feed.passedByAll(bucket);
    std::int64_t clearedMs = beforeMs;
    std::optional<index::Index::TombstonePlace> after;
    while (true) {
        TRY_ASSIGN(auto page, m_index->tombstones(bucket, after, kRemovalsAtOnce));
        const bool isLast = page.size() < kRemovalsAtOnce;
        if (!isLast)
            after = {page.back().key, false, page.back().version};
        std::erase_if(page, [&](const index::Index::Tombstone &removal) {
            if (removal.row.stamp.unixMs() >= beforeMs)
                return true;
            if (removal.row.sequence > passed)
                clearedMs = std::min(clearedMs, removal.row.stamp.unixMs());
            return removal.row.sequence > passed;
        });
        if (!page.empty())
            TRY_STATUS(eraseRemovals(bucket, std::move(page)));
        if (isLast)
            return clearedMs;
    }
}

Status NodeStore::eraseRemovals(const BucketId &bucket, std::vector<index::Index::Tombstone> removals)
{
    std::promise<Result<void>> erased;
    m_committer->commit<void>(
        0,
        [bucket, removals = std::move(removals)](Decision &decision) -> Result<void> {
            for (const auto &[key, version, row] : removals) {
                TRY_ASSIGN(const auto now, decision.index.tombstone(bucket, key, version));
                if (now && now->sequence == row.sequence)
                    decision.index.eraseTombstone(bucket, key, version);
            }
            return {};
        },
        [&erased](Result<void> outcome) { erased.set_value(std::move(outcome)); });
    return erased.get_future().get();
}

}  // namespace maxiofs::store
