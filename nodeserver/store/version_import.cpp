// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/version_import.h"

#include "store/part_sums.h"

#include <algorithm>

namespace maxiofs::store {

using frame::Fields;
using frame::Tag;
using log::RecordType;

namespace {

// Fields that say what a record is here: never taken from another node.
constexpr std::array kLocalTags{Tag::BucketId,  Tag::Key,         Tag::Version,     Tag::NullStamp,
                                Tag::Size,      Tag::DataId,      Tag::BlobId,      Tag::PartTable,
                                Tag::UploadId,  Tag::Kills,       Tag::PartNumber,  Tag::DeleteMarker,
                                Tag::EndedData, Tag::HeaderStamp, Tag::ContentHash, Tag::Repair};

std::unexpected<Error> invalid(const VersionHeader &header, std::string_view what)
{
    return failure(Error::InvalidArgument,
                   "The version that another node sent cannot be taken: " + std::string(what) + ".",
                   header.key);
}

Bytes contentHashOf(const Fields &clear)
{
    const auto hash = clear.get(Tag::ContentHash);
    return hash ? Bytes(hash->begin(), hash->end()) : Bytes();
}

// Which of a version that is here and one that comes wins; empty: the one that comes.
Result<std::optional<ImportOutcome>> judge(const VersionHeader &header, const index::ObjectRow *existing,
                                           const Fields &existingClear,
                                           const std::optional<index::TombstoneRow> &removed)
{
    if (existing != nullptr) {
        TRY_ASSIGN(const Stamp headerStamp, headerStampOf(existingClear, *existing));
        const auto here = std::pair(existing->stamp, headerStamp);
        const auto there = std::pair(header.stamp, header.headerStamp);
        if (here == there)
            return ImportOutcome::AlreadyThere;
        if (here > there)
            return ImportOutcome::Older;
    }
    if (removed && removed->stamp >= header.stamp)
        return ImportOutcome::Older;
    return std::nullopt;
}

bool hasSameContent(const VersionHeader &header, const index::ObjectRow &row, const Fields &clear)
{
    return row.isDeleteMarker == header.isDeleteMarker && row.size == header.size &&
           contentHashOf(clear) == header.contentHash;
}

// What a decision finds where the version is to go.
struct Place {
    std::optional<LocatedRow> existing;
    Fields clear;  // of that
    std::optional<ImportOutcome> settled;
};

Result<Place> placeFor(Decision &decision, const BucketId &bucket, const VersionHeader &header)
{
    Place place;
    TRY_ASSIGN(index::BucketCounters *const counters, decision.counters(bucket));
    const VersionSet versions(decision.index, bucket, header.key, *counters);
    TRY_ASSIGN(place.existing, versions.find(header.version));
    if (place.existing) {
        TRY_ASSIGN(place.clear, clearFieldsOf(place.existing->row, [&](const index::RecordPlace &at) {
                       return decision.readRecord(at);
                   }));
    }
    TRY_ASSIGN(const auto removed, decision.index.tombstone(bucket, header.key, header.version.stamp));
    TRY_ASSIGN(place.settled,
               judge(header, place.existing ? &place.existing->row : nullptr, place.clear, removed));
    return place;
}

}  // namespace

Status checkKey(std::string_view key)
{
    if (key.empty() || key.size() > kMaxKeyBytes)
        return failure(Error::InvalidArgument, "A key has 1 to " + std::to_string(kMaxKeyBytes) + " bytes",
                       "key");
    return {};
}

bool hasSameBytes(const VersionHeader &header, const index::ObjectRow &row, const Fields &clear)
{
    return !row.isDeleteMarker && !header.isDeleteMarker && row.size == header.size &&
           row.etag == header.fields.text(Tag::Etag).value_or("") && !header.contentHash.empty() &&
           contentHashOf(clear) == header.contentHash;
}

Result<Fields> clearFieldsOf(const index::ObjectRow &row, const ReadRecord &read)
{
    Fields clear;
    if (!row.fieldsInLog) {
        TRY_STATUS(clear.decode(row.clearFields, false));
        return clear;
    }
    TRY_ASSIGN(const log::Record record, read(row.record));
    return record.fields;
}

Result<NewImport> newImport(const BucketId &bucket, const BucketId &from, VersionHeader header)
{
    TRY_STATUS(checkKey(header.key));
    if (header.version.stamp && *header.version.stamp != header.stamp)
        return invalid(header, "its stamp is not that of its id");
    if (header.headerStamp < header.stamp)
        return invalid(header, "its header is older than itself");
    if (header.isDeleteMarker && header.size != 0)
        return invalid(header, "a delete marker has no bytes");
    if (header.size > kMaxObjectBytes)
        return invalid(header, "it is larger than an object can be");

    NewImport import;
    import.bucket = bucket;
    import.fields = keyFields(bucket, header.key, header.version);
    Fields travelled = header.fields;
    for (const Tag tag : kLocalTags)
        travelled.remove(tag);
    TRY_STATUS(import.fields.decode(travelled.encode(false), false));
    TRY_STATUS(import.fields.decode(travelled.encode(true), true));
    if (header.isDeleteMarker) {
        import.fields.set(Tag::DeleteMarker, {});
    } else {
        import.fields.setVarint(Tag::Size, header.size);
        import.fields.set(Tag::ContentHash, header.contentHash);
    }
    if (header.headerStamp != header.stamp)
        import.fields.set(Tag::HeaderStamp, encodeStamp(header.headerStamp));
    std::vector<BucketId> origins = header.origins();
    if (from != bucket)
        origins.push_back(from);
    setOrigins(import.fields, origins);
    import.header = std::move(header);
    return import;
}

Result<Imported> decideImport(Decision &decision, NewImport &import)
{
    TRY_STATUS(decision.checkBucket(import.bucket));
    TRY_STATUS(decision.space.check());
    TRY_ASSIGN(const Place place, placeFor(decision, import.bucket, import.header));
    const bool isRepair = import.isRepair && place.settled == ImportOutcome::AlreadyThere && place.existing &&
                          !hasSameContent(import.header, place.existing->row, place.clear);
    if (place.settled && !isRepair)
        return Imported{*place.settled, decision.lastSequence()};
    if (isRepair)
        import.fields.set(Tag::Repair, {});
    if (place.existing)
        TRY_STATUS(setReplaced(import.fields, decision.index, place.existing->row));
    TRY_STATUS(writeImport(decision, import));
    return Imported{ImportOutcome::Applied, decision.lastSequence()};
}

Result<Imported> decideHealing(Decision &decision, NewImport &import)
{
    TRY_STATUS(decision.checkBucket(import.bucket));
    TRY_STATUS(decision.space.check());
    TRY_ASSIGN(index::BucketCounters *const counters, decision.counters(import.bucket));
    const VersionSet versions(decision.index, import.bucket, import.header.key, *counters);
    TRY_ASSIGN(const auto existing, versions.find(import.header.version));
    const auto isIt = [&](const index::ObjectRow &row) {
        return row.sequence == import.damaged && row.stamp == import.header.stamp &&
               row.size == import.header.size && row.isDeleteMarker == import.header.isDeleteMarker &&
               row.etag == import.header.fields.text(Tag::Etag).value_or("");
    };
    if (!existing || !isIt(existing->row))
        return Imported{ImportOutcome::Older, decision.lastSequence()};
    import.fields.set(Tag::Repair, {});
    TRY_STATUS(setReplaced(import.fields, decision.index, existing->row));
    TRY_STATUS(writeImport(decision, import));
    return Imported{ImportOutcome::Applied, decision.lastSequence()};
}

Status writeImport(Decision &decision, const NewImport &import)
{
    const RecordType type = import.header.isDeleteMarker ? RecordType::Delete : RecordType::Put;
    return decision.record(type, import.header.stamp, import.fields, import.payload);
}

Status nameExistingData(NewImport &import, Decision &decision, log::Log &log,
                        const index::ObjectRow &existing)
{
    // Its parts lie here as they were uploaded.
    if (std::holds_alternative<index::InParts>(existing.data))
        import.fields.remove(Tag::PieceTable);
    TRY_STATUS(nameData(import.fields, decision, log, existing));
    if (!import.header.version.stamp)
        import.fields.set(Tag::NullStamp, encodeStamp(import.header.stamp));
    return {};
}

Status writeImportHeader(Decision &decision, const NewImport &import)
{
    return decision.record(RecordType::Metadata, import.header.headerStamp, import.fields);
}

Result<Imported> decideImportHeader(Decision &decision, log::Log &log, NewImport &import)
{
    TRY_STATUS(decision.checkBucket(import.bucket));
    TRY_STATUS(decision.space.check());
    TRY_ASSIGN(const Place place, placeFor(decision, import.bucket, import.header));
    if (place.settled)
        return Imported{*place.settled, decision.lastSequence()};
    if (!place.existing || !hasSameBytes(import.header, place.existing->row, place.clear))
        return failure(Error::NotFound, "The bytes of the version are not here: send them.",
                       import.header.key);
    TRY_STATUS(nameExistingData(import, decision, log, place.existing->row));
    TRY_STATUS(writeImportHeader(decision, import));
    return Imported{ImportOutcome::Applied, decision.lastSequence()};
}

Result<Fields> removalFields(const Decision &decision, const BucketId &bucket, const VersionRemoval &removal,
                             const std::optional<LocatedRow> &existing)
{
    Fields fields = keyFields(bucket, removal.key, removal.version);
    if (!removal.version.stamp)
        fields.set(Tag::NullStamp, encodeStamp(removal.versionStamp));
    setOrigins(fields, removal.origins);
    if (existing)
        TRY_STATUS(setReplaced(fields, decision.index, existing->row));
    return fields;
}

Result<Imported> decideImportRemoval(Decision &decision, const BucketId &bucket,
                                     const VersionRemoval &removal)
{
    TRY_STATUS(decision.checkBucket(bucket));
    TRY_STATUS(checkKey(removal.key));
    TRY_ASSIGN(index::BucketCounters *const counters, decision.counters(bucket));
    const VersionSet versions(decision.index, bucket, removal.key, *counters);
    TRY_ASSIGN(const auto existing, versions.find(removal.version));
    TRY_ASSIGN(const auto before, decision.index.tombstone(bucket, removal.key, removal.version.stamp));
    if (existing && existing->row.stamp > removal.stamp)
        return Imported{ImportOutcome::Older, decision.lastSequence()};
    if (before && before->stamp >= removal.stamp && !existing)
        return Imported{before->stamp == removal.stamp ? ImportOutcome::AlreadyThere : ImportOutcome::Older,
                        decision.lastSequence()};
    TRY_ASSIGN(const Fields fields, removalFields(decision, bucket, removal, existing));
    TRY_STATUS(decision.record(RecordType::Delete, removal.stamp, fields));
    return Imported{ImportOutcome::Applied, decision.lastSequence()};
}

Result<ImportNeed> importNeedOf(const index::Reader &index, log::Log &log, const BucketId &bucket,
                                const VersionHeader &header)
{
    TRY_ASSIGN(const auto existing, findVersion(index, bucket, header.key, header.version));
    Fields clear;
    if (existing) {
        auto found = clearFieldsOf(existing->row, [&](const index::RecordPlace &at) -> Result<log::Record> {
            TRY_ASSIGN(const auto segment, log.segment(at.segment));
            return segment->readRecord(at.offset);
        });
        // Compaction moves it: the decision will see.
        if (!found && found.error().code == Error::NotFound)
            return ImportNeed::Data;
        if (!found)
            return std::unexpected(std::move(found).error());
        clear = std::move(*found);
    }
    TRY_ASSIGN(const auto removed, index.tombstone(bucket, header.key, header.version.stamp));
    TRY_ASSIGN(const auto settled, judge(header, existing ? &existing->row : nullptr, clear, removed));
    if (settled)
        return ImportNeed::Nothing;
    return existing && hasSameBytes(header, existing->row, clear) ? ImportNeed::Header : ImportNeed::Data;
}

Result<ContentCheck> ContentCheck::of(const VersionHeader &header)
{
    ContentCheck check;
    check.m_key = header.key;
    if (header.isDeleteMarker)
        return check;
    const auto table = header.fields.get(Tag::PieceTable);
    if (!table) {
        if (header.contentHash.size() != crypto::Xxh128::kSize)
            return invalid(header, "it has no content hash");
        check.m_pieces.push_back({header.size, header.contentHash});
        return check;
    }
    TRY_ASSIGN(const auto parts, decodePartTable(*table));
    std::uint64_t size = 0;
    for (const TablePart &part : parts) {
        size += part.size;
        check.m_pieces.push_back({part.size, part.contentHash});
    }
    if (parts.empty() || size != header.size || combinedContentHash(parts) != header.contentHash)
        return invalid(header, "its part table does not fit its content hash");
    return check;
}

void ContentCheck::update(ByteView bytes)
{
    while (!bytes.empty()) {
        if (m_at == m_pieces.size()) {
            m_differs = true;
            return;
        }
        const std::uint64_t left = m_pieces[m_at].size - m_inPiece;
        const auto now = static_cast<std::size_t>(std::min<std::uint64_t>(left, bytes.size()));
        m_hash.update(bytes.first(now));
        m_inPiece += now;
        bytes = bytes.subspan(now);
        if (m_inPiece == m_pieces[m_at].size)
            endPiece();
    }
}

void ContentCheck::endPiece()
{
    const auto hash = m_hash.finish();
    m_differs = m_differs || !std::ranges::equal(hash, m_pieces[m_at].hash);
    ++m_at;
    m_inPiece = 0;
}

Status ContentCheck::finish()
{
    while (m_at < m_pieces.size() && m_pieces[m_at].size == m_inPiece)
        endPiece();
    if (m_differs || m_at != m_pieces.size())
        return failure(Error::BadDigest, "The bytes that another node sent are not those of the version.",
                       m_key);
    return {};
}

}  // namespace maxiofs::store
