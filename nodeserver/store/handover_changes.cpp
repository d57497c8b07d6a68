// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/handover_changes.h"

#include "store/version_export.h"

namespace maxiofs::store {

using frame::Fields;
using frame::Tag;
using index::HandoverMerge;
using log::RecordType;

namespace {

std::unexpected<Error> changedMeanwhile(const std::string &key)
{
    return failure(Error::Busy, "The object was changed while it was being copied: try again.", key);
}

ReadRecord readerOf(Decision &decision)
{
    return [&decision](const index::RecordPlace &at) { return decision.readRecord(at); };
}

// The version with its bytes, which lie in one record; it may wait in the batch.
Result<NewImport> readVersion(Decision &decision, log::Log &log, const BucketId &bucket,
                              const std::string &key, const index::ObjectRow &row)
{
    TRY_ASSIGN(const FullHeader full, readHeader(decision, log, row));
    TRY_ASSIGN(VersionHeader header, headerOf(full, key, row));
    TRY_ASSIGN(NewImport import, newImport(bucket, bucket, std::move(header)));
    TRY_ASSIGN(import.payload, decision.readPayload(recordOf(row.data)));
    return import;
}

// What is here, ready to be written under another id.
Result<NewImport> takeVersion(Decision &decision, log::Log &log, const BucketId &bucket,
                              const std::string &key, const index::ObjectRow &row,
                              std::optional<CopiedVersion> &copied)
{
    if (copied && copied->sequence == row.sequence)
        return std::move(copied->version.import);
    if (!std::holds_alternative<index::InRecord>(row.data))
        return changedMeanwhile(key);
    return readVersion(decision, log, bucket, key, row);
}

// Whether the conflict version is there, or was: then it was restored or discarded, or what it would hold was
// taken before.
Result<bool> isKnown(const index::Reader &index, const NewImport &conflict)
{
    const VersionHeader &header = conflict.header;
    TRY_ASSIGN(const auto existing, findVersion(index, conflict.bucket, header.key, header.version));
    TRY_ASSIGN(const auto removed, index.tombstone(conflict.bucket, header.key, header.version.stamp));
    return existing || removed;
}

// What is here and loses, as a conflict version. Empty where that is there already, or was removed by a
// client.
Result<std::optional<NewImport>> loserHere(Decision &decision, log::Log &log, const BucketId &bucket,
                                           const std::string &key, const HereSide &here,
                                           std::optional<CopiedVersion> &copied)
{
    TRY_STATUS(decision.space.check());
    const Stamp id = index::conflictStampOf(here.side->headerStamp);
    if (id == here.existing->row.stamp)
        return std::nullopt;  // a conflict version of which the header alone differs
    TRY_ASSIGN(const auto existing, findVersion(decision.index, bucket, key, {id}));
    TRY_ASSIGN(const auto removed, decision.index.tombstone(bucket, key, id));
    if (existing || (removed && removed->stamp >= id))
        return std::nullopt;
    TRY_ASSIGN(NewImport import, takeVersion(decision, log, bucket, key, here.existing->row, copied));
    return asConflict(std::move(import));
}

Status writeLoser(Decision &decision, const std::optional<NewImport> &loser,
                  std::optional<CopiedVersion> &copied)
{
    if (!loser)
        return {};
    TRY_STATUS(writeImport(decision, *loser));
    if (copied)
        copied->isUsed = loser->fields.has(Tag::BlobId);
    return {};
}

// Remembers that a version was taken, so that it does not become a conflict version when it is handed over
// again after a client replaced it: as a removal of that conflict version. Its stamp is lower than that of
// the version: a real one still gets through.
Status noteTaken(Decision &decision, const BucketId &bucket, const VersionHeader &header)
{
    const Stamp id = index::conflictStampOf(header.headerStamp);
    TRY_ASSIGN(const auto existing, findVersion(decision.index, bucket, header.key, {id}));
    TRY_ASSIGN(const auto removed, decision.index.tombstone(bucket, header.key, id));
    if (existing || removed || id.time == 0)
        return {};
    return decision.record(RecordType::Delete, {id.time - 1, decision.node},
                           keyFields(bucket, header.key, {id}));
}

}  // namespace

Result<HereSide> sideHere(const index::Reader &index, const BucketId &bucket, const std::string &key,
                          const VersionId &version, const HandoverTerms &terms, const ReadRecord &read)
{
    HereSide here;
    const auto isApart = [&](std::uint64_t sequence) { return terms.isForeign || sequence > terms.since; };
    TRY_ASSIGN(here.existing, findVersion(index, bucket, key, version));
    if (here.existing) {
        const index::ObjectRow &row = here.existing->row;
        TRY_ASSIGN(here.clear, clearFieldsOf(row, read));
        TRY_ASSIGN(const Stamp headerStamp, headerStampOf(here.clear, row));
        here.side = {row.stamp, row.isDeleteMarker, isApart(row.sequence), headerStamp};
        return here;
    }
    TRY_ASSIGN(const auto removed, index.tombstone(bucket, key, version.stamp));
    if (removed)
        here.side = {removed->stamp, true, isApart(removed->sequence), {}};
    return here;
}

index::MergedSide sideOf(const VersionHeader &header, const HandoverTerms &terms)
{
    return {header.stamp, header.isDeleteMarker, terms.isUnsent, header.headerStamp};
}

index::MergedSide sideOf(const VersionRemoval &removal, const HandoverTerms &terms)
{
    return {removal.stamp, true, terms.isUnsent, {}};
}

bool needsCopy(const HereSide &here, const index::MergedSide &theirs)
{
    return index::mergeHandedOver(here.side, theirs) == HandoverMerge::TakeKeepOurs &&
           !std::holds_alternative<index::InRecord>(here.existing->row.data);
}

NewImport asConflict(NewImport import)
{
    VersionHeader &header = import.header;
    header.version.stamp = header.stamp = header.headerStamp = index::conflictStampOf(header.headerStamp);
    setVersion(import.fields, header.version);
    import.fields.remove(Tag::HeaderStamp);
    import.fields.remove(Tag::Origin);  // made here
    return import;
}

Result<Handed> decideTake(Decision &decision, log::Log &log, NewHanded &handed)
{
    NewImport &import = handed.import;
    const VersionHeader &header = import.header;
    TRY_ASSIGN([[maybe_unused]] const BucketState bucket, decision.openBucket(import.bucket));
    TRY_STATUS(decision.space.check());
    TRY_ASSIGN(const HereSide here, sideHere(decision.index, import.bucket, header.key, header.version,
                                             handed.terms, readerOf(decision)));
    const index::MergedSide theirs = sideOf(header, handed.terms);
    const HandoverMerge merge = index::mergeHandedOver(here.side, theirs);
    if (merge == HandoverMerge::Nothing)
        return Handed{HandedOutcome::Nothing, decision.lastSequence()};

    if (merge == HandoverMerge::KeepTheirs) {
        const NewImport conflict = asConflict(std::move(import));
        TRY_ASSIGN(const bool known, isKnown(decision.index, conflict));
        if (known)
            return Handed{HandedOutcome::Nothing, decision.lastSequence()};
        if (!handed.hasData)
            return failure(Error::NotFound, "A conflict version has bytes of its own: send them.",
                           conflict.header.key);
        handed.isNamed = true;
        TRY_STATUS(writeImport(decision, conflict));
        return Handed{HandedOutcome::KeptAsConflict, decision.lastSequence()};
    }

    std::optional<NewImport> loser;
    if (merge == HandoverMerge::TakeKeepOurs) {
        TRY_ASSIGN(loser, loserHere(decision, log, import.bucket, header.key, here, handed.ours));
    }
    if (!handed.hasData) {
        if (!here.existing || !hasSameBytes(header, here.existing->row, here.clear))
            return failure(Error::NotFound, "The bytes of the version are not here: send them.", header.key);
        TRY_STATUS(nameExistingData(import, decision, log, here.existing->row));
    } else if (here.existing) {
        TRY_STATUS(setReplaced(import.fields, decision.index, here.existing->row));
    }
    // Each record by itself leaves what a repetition brings to the end, should power fail between them.
    TRY_STATUS(writeLoser(decision, loser, handed.ours));
    handed.isNamed = handed.hasData;
    TRY_STATUS(handed.hasData ? writeImport(decision, import) : writeImportHeader(decision, import));
    if (theirs.isApart && !theirs.isRemoval)
        TRY_STATUS(noteTaken(decision, import.bucket, header));
    return Handed{loser ? HandedOutcome::TakenOverOurs : HandedOutcome::Taken, decision.lastSequence()};
}

Result<Handed> decideTakeRemoval(Decision &decision, log::Log &log, HandedRemoval &handed)
{
    const VersionRemoval &removal = handed.removal;
    TRY_ASSIGN([[maybe_unused]] const BucketState bucket, decision.openBucket(handed.bucket));
    TRY_STATUS(checkKey(removal.key));
    TRY_ASSIGN(const HereSide here, sideHere(decision.index, handed.bucket, removal.key, removal.version,
                                             handed.terms, readerOf(decision)));
    const HandoverMerge merge = index::mergeHandedOver(here.side, sideOf(removal, handed.terms));
    if (merge == HandoverMerge::Nothing || merge == HandoverMerge::KeepTheirs)
        return Handed{HandedOutcome::Nothing, decision.lastSequence()};

    std::optional<NewImport> loser;
    if (merge == HandoverMerge::TakeKeepOurs) {
        TRY_ASSIGN(loser, loserHere(decision, log, handed.bucket, removal.key, here, handed.ours));
    }
    TRY_ASSIGN(const Fields fields, removalFields(decision, handed.bucket, removal, here.existing));
    TRY_STATUS(writeLoser(decision, loser, handed.ours));
    TRY_STATUS(decision.record(RecordType::Delete, removal.stamp, fields));
    return Handed{loser ? HandedOutcome::TakenOverOurs : HandedOutcome::Taken, decision.lastSequence()};
}

Result<ImportNeed> handedNeedOf(const index::Reader &index, const BucketId &bucket,
                                const VersionHeader &header, const HandoverTerms &terms,
                                const ReadRecord &read)
{
    auto here = sideHere(index, bucket, header.key, header.version, terms, read);
    // Compaction moves it: the decision will see.
    if (!here && here.error().code == Error::NotFound)
        return ImportNeed::Data;
    if (!here)
        return std::unexpected(std::move(here).error());
    switch (index::mergeHandedOver(here->side, sideOf(header, terms))) {
    case HandoverMerge::Nothing: return ImportNeed::Nothing;
    case HandoverMerge::KeepTheirs: {
        const VersionId id{index::conflictStampOf(header.headerStamp)};
        TRY_ASSIGN(const auto existing, findVersion(index, bucket, header.key, id));
        TRY_ASSIGN(const auto removed, index.tombstone(bucket, header.key, id.stamp));
        return existing || removed ? ImportNeed::Nothing : ImportNeed::Data;
    }
    case HandoverMerge::Take:
    case HandoverMerge::TakeKeepOurs: break;
    }
    const bool isHere = here->existing && hasSameBytes(header, here->existing->row, here->clear);
    return isHere ? ImportNeed::Header : ImportNeed::Data;
}

Result<Committed> decideRestore(Decision &decision, log::Log &log, Restore &restore)
{
    TRY_ASSIGN([[maybe_unused]] const BucketState bucket, decision.openBucket(restore.bucket));
    TRY_ASSIGN(const auto found, findVersion(decision.index, restore.bucket, restore.key, restore.conflict));
    if (!found)
        return failure(Error::NoSuchVersion, "The specified version does not exist.");
    Fields removal = keyFields(restore.bucket, restore.key, restore.conflict);
    TRY_STATUS(setReplaced(removal, decision.index, found->row));
    TRY_ASSIGN(NewImport import,
               takeVersion(decision, log, restore.bucket, restore.key, found->row, restore.copy));

    NewObject object;
    object.bucket = restore.bucket;
    object.key = restore.key;
    object.fields = std::move(import.fields);
    object.fields.remove(Tag::HeaderStamp);
    object.fields.remove(Tag::Origin);
    object.payload = std::move(import.payload);
    object.size = found->row.size;
    object.etag = found->row.etag;
    object.checksum = decodeChecksum(found->row.checksum);
    TRY_ASSIGN(Committed committed, decidePut(decision, object));
    if (restore.copy)
        restore.copy->isUsed = object.fields.has(Tag::BlobId);
    TRY_STATUS(decision.record(RecordType::Delete, decision.stampAfter(found->row.stamp), removal));
    committed.sequence = decision.lastSequence();
    return committed;
}

}  // namespace maxiofs::store
