// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/applier.h"

namespace maxiofs::store {

using frame::Tag;
using log::RecordType;

namespace {

void setHeader(index::ObjectRow &row, const AppliedRecord &record)
{
    row.sequence = record.sequence;
    row.clearFields = rowFields(*record.fields);
    row.sealedFields = *record.sealed;
    row.fieldsInLog = row.clearFields.size() + row.sealedFields.size() > index::kRowFieldsLimit;
    if (row.fieldsInLog) {
        row.clearFields.clear();
        row.sealedFields.clear();
    }
}

}  // namespace

index::RecordPlace Applier::placeOf(const log::Place &place)
{
    return {place.segment, place.offset, place.length};
}

index::DataPlace Applier::ownData(const AppliedRecord &record)
{
    if (const auto blob = record.fields->get(Tag::BlobId))
        return index::InBlob{Id128::fromBytes(*blob).value_or(Id128{}), placeOf(record.place),
                             record.sequence};
    return index::InRecord{placeOf(record.place), record.payloadOffset, record.sequence};
}

Result<index::DataPlace> Applier::namedData(const AppliedRecord &record, std::uint64_t dataId)
{
    if (const auto table = record.fields->get(Tag::PartTable)) {
        TRY_ASSIGN(const auto parts, decodePartTable(*table));
        index::InParts data{dataId, {}};
        for (const TablePart &part : parts)
            data.parts.emplace_back(static_cast<std::uint16_t>(part.number), part.size);
        return data;
    }
    if (const auto blob = record.fields->get(Tag::BlobId))
        return index::InBlob{Id128::fromBytes(*blob).value_or(Id128{}), {}, dataId};
    return index::InRecord{{}, 0, dataId};
}

std::uint64_t dataIdOf(const index::DataPlace &data)
{
    if (const auto *record = std::get_if<index::InRecord>(&data))
        return record->sequence;
    if (const auto *blob = std::get_if<index::InBlob>(&data))
        return blob->sequence;
    if (const auto *parts = std::get_if<index::InParts>(&data))
        return parts->dataId;
    return 0;
}

index::RecordPlace recordOf(const index::DataPlace &data)
{
    if (const auto *record = std::get_if<index::InRecord>(&data))
        return record->record;
    if (const auto *blob = std::get_if<index::InBlob>(&data))
        return blob->record;
    return {};
}

void Applier::begin(index::Transaction &transaction, std::int64_t nowMs)
{
    m_index = &transaction;
    m_nowMs = nowMs;
    m_counters.clear();
    m_segments.clear();
    m_deadBlobs.clear();
    m_feeds.clear();
    m_importing.clear();
}

Applier::Outcome Applier::finish()
{
    for (const auto &[bucket, counters] : m_counters)
        m_index->setCounters(bucket, counters);
    for (const auto &[number, row] : m_segments)
        m_index->setSegment(number, row);
    Outcome outcome;
    for (const auto &[bucket, totals] : m_feeds) {
        m_feed.setTotals(bucket, totals);
        outcome.fedBuckets.push_back(bucket);
    }
    for (const BucketId &bucket : m_importing)
        m_feed.noteImports(*m_index, bucket);
    m_counters.clear();
    m_segments.clear();
    m_feeds.clear();
    m_importing.clear();
    outcome.deadBlobs = std::exchange(m_deadBlobs, {});
    return outcome;
}

Result<index::BucketCounters *> Applier::counters(const BucketId &bucket)
{
    const auto found = m_counters.find(bucket);
    if (found != m_counters.end())
        return &found->second;
    TRY_ASSIGN(const auto counters, m_index->counters(bucket));
    return &m_counters.emplace(bucket, counters).first->second;
}

Result<index::SegmentRow *> Applier::segment(std::uint64_t number)
{
    const auto found = m_segments.find(number);
    if (found != m_segments.end())
        return &found->second;
    TRY_ASSIGN(const auto row, m_index->segment(number));
    return &m_segments.emplace(number, row).first->second;
}

void Applier::kill(const index::RecordPlace &place)
{
    // A place that is not known yet (0) belongs to a record that a rebuild has still to find.
    if (place.segment == 0)
        return;
    if (const auto row = segment(place.segment))
        (*row)->deadBytes += place.length;
}

void Applier::kill(const index::DataPlace &data, const index::RecordPlace &header, std::uint64_t readAs)
{
    if (const index::RecordPlace record = recordOf(data); record != header)
        kill(record);
    if (const auto *blob = std::get_if<index::InBlob>(&data))
        m_deadBlobs.push_back({blob->blob, readAs});
}

void Applier::kill(const index::PartRow &row, std::uint64_t readAs)
{
    kill(row.record);
    kill(row.data, row.record, readAs);
}

Status Applier::kill(const index::ObjectRow &row)
{
    kill(row.record);
    const auto *parts = std::get_if<index::InParts>(&row.data);
    if (parts == nullptr) {
        kill(row.data, row.record, dataIdOf(row.data));
        return {};
    }
    for (const auto &[number, size] : parts->parts) {
        TRY_ASSIGN(const auto part, m_index->part(parts->dataId, number));
        if (!part)
            continue;
        kill(*part, parts->dataId);
        m_index->erasePart(parts->dataId, number);
    }
    return {};
}

void Applier::noteWritten(const log::Place &place)
{
    if (const auto row = segment(place.segment)) {
        ++(*row)->records;
        (*row)->bytes += place.length;
    }
}

index::ObjectRow Applier::headerRow(const AppliedRecord &record, const RecordTarget &target) const
{
    const frame::Fields &fields = *record.fields;
    index::ObjectRow row;
    row.stamp = target.version.stamp.value_or(record.stamp);
    row.isNull = !target.version.stamp;
    row.size = fields.varint(Tag::Size).value_or(0);
    row.etag = fields.text(Tag::Etag).value_or("");
    row.ownerId = fields.text(Tag::OwnerId).value_or("");
    row.checksum = fields.text(Tag::Checksum).value_or("");
    row.record = placeOf(record.place);
    setHeader(row, record);
    return row;
}

Status Applier::apply(const AppliedRecord &record)
{
    TRY_ASSIGN(const RecordTarget target, targetOf(*record.fields));
    noteWritten(record.place);
    TRY_STATUS(applyKind(record, target));
    for (const std::uint64_t dataId : target.endedData)
        TRY_STATUS(endData(target, dataId));
    return record.isCopy ? Status() : feed(record, target);
}

Status Applier::applyKind(const AppliedRecord &record, const RecordTarget &target)
{
    switch (record.type) {
    case RecordType::Put: return applyPut(record, target);
    case RecordType::Part: return applyPart(record, target);
    case RecordType::BeginUpload: return applyBegin(record, target);
    case RecordType::Complete: return applyComplete(record, target);
    case RecordType::AbortUpload: return applyAbort(record, target);
    case RecordType::Delete:
        return record.fields->has(Tag::DeleteMarker) ? applyMarker(record, target)
                                                     : applyRemoval(record, target);
    case RecordType::Metadata: return applyMetadata(record, target);
    case RecordType::CloseBucket: m_index->setClosed(target.bucket, true); return {};
    case RecordType::Stub: return applyStub(record, target);
    }
    return failure(Error::Internal, "a record of an unknown type reached the index");
}

// A new version with its data, or a copy of its record, or one that came too late.
Status Applier::applyVersion(const AppliedRecord &record, const RecordTarget &target,
                             const index::ObjectRow &row)
{
    TRY_ASSIGN(index::BucketCounters *const bucketCounters, counters(target.bucket));
    VersionSet versions(*m_index, target.bucket, target.key, *bucketCounters);
    TRY_ASSIGN(const auto existing, versions.find(target.version));
    if (!existing)
        return versions.insert(row);

    if (existing->row.sequence < record.sequence) {
        TRY_STATUS(kill(existing->row));
        return versions.update(*existing, row);
    }
    if (existing->row.record == placeOf(record.place))
        return {};
    const bool isCopyOfHeader = existing->row.sequence == record.sequence;
    const bool bringsItsData = dataIdOf(existing->row.data) == dataIdOf(row.data) &&
                               dataIdOf(row.data) != 0 && recordOf(row.data) != index::RecordPlace{};
    if (!isCopyOfHeader && !bringsItsData) {
        kill(placeOf(record.place));
        return {};
    }
    // A copy takes the place of its original; the data may belong to a header that changed since.
    index::ObjectRow updated = existing->row;
    if (isCopyOfHeader) {
        kill(updated.record);
        updated.record = row.record;
        updated.sealedFields = row.sealedFields;  // encrypted anew, under the new segment's key
        updated.clearFields = row.clearFields;
        updated.fieldsInLog = row.fieldsInLog;
    } else {
        kill(recordOf(updated.data));
    }
    if (bringsItsData)
        updated.data = row.data;
    return versions.update(*existing, updated);
}

Status Applier::applyPut(const AppliedRecord &record, const RecordTarget &target)
{
    index::ObjectRow row = headerRow(record, target);
    row.data = ownData(record);
    return applyVersion(record, target, row);
}

Status Applier::applyMarker(const AppliedRecord &record, const RecordTarget &target)
{
    index::ObjectRow row = headerRow(record, target);
    row.isDeleteMarker = true;
    return applyVersion(record, target, row);
}

Status Applier::applyMetadata(const AppliedRecord &record, const RecordTarget &target)
{
    index::ObjectRow row = headerRow(record, target);
    if (const auto stamp = record.fields->get(Tag::NullStamp)) {
        TRY_ASSIGN(row.stamp, decodeStamp(*stamp));
    }
    TRY_ASSIGN(row.data, namedData(record, target.dataId));

    TRY_ASSIGN(index::BucketCounters *const bucketCounters, counters(target.bucket));
    VersionSet versions(*m_index, target.bucket, target.key, *bucketCounters);
    TRY_ASSIGN(const auto existing, versions.find(target.version));
    const bool sameData = existing && dataIdOf(existing->row.data) == target.dataId;
    // The record that completed the upload may be gone: this one took its place.
    if (const auto table = record.fields->get(Tag::PartTable); table && !sameData) {
        TRY_ASSIGN(const auto parts, decodePartTable(*table));
        TRY_STATUS(endUpload(target, parts));
    }
    if (!existing)
        return versions.insert(row);
    if (existing->row.sequence > record.sequence) {
        kill(placeOf(record.place));
        return {};
    }
    if (existing->row.record == placeOf(record.place))
        return {};
    if (!sameData)
        TRY_STATUS(kill(existing->row));
    else if (existing->row.record != recordOf(existing->row.data))
        kill(existing->row.record);
    if (sameData)
        row.data = existing->row.data;
    return versions.update(*existing, row);
}

Status Applier::applyRemoval(const AppliedRecord &record, const RecordTarget &target)
{
    TRY_ASSIGN(index::BucketCounters *const bucketCounters, counters(target.bucket));
    VersionSet versions(*m_index, target.bucket, target.key, *bucketCounters);
    TRY_ASSIGN(const auto existing, versions.find(target.version));
    if (existing && existing->row.sequence < record.sequence) {
        TRY_STATUS(kill(existing->row));
        TRY_STATUS(versions.remove(*existing));
    }
    TRY_ASSIGN(const auto before, m_index->tombstone(target.bucket, target.key, target.version.stamp));
    if (before) {
        if (before->sequence > record.sequence) {
            kill(placeOf(record.place));
            return {};
        }
        kill(before->record);
    }
    index::TombstoneRow tombstone;
    if (target.version.stamp) {
        tombstone.versionStamp = *target.version.stamp;
    } else if (const auto stamp = record.fields->get(Tag::NullStamp)) {
        TRY_ASSIGN(tombstone.versionStamp, decodeStamp(*stamp));
    }
    tombstone.sequence = record.sequence;
    tombstone.stamp = record.stamp;
    tombstone.isNull = !target.version.stamp;
    tombstone.record = placeOf(record.place);
    m_index->putTombstone(target.bucket, target.key, target.version.stamp, tombstone);
    return {};
}

// Removes what a dead record had replaced, should that come back with a rebuild; never anything else.
Status Applier::applyStub(const AppliedRecord &record, const RecordTarget &target)
{
    if (target.partNumber != 0)
        return applyPartStub(record, target);
    if (target.uploadId)
        TRY_STATUS(endUploadRow(target));
    if (target.uploadId && target.dataId != 0)
        return {};  // of an upload's beginning or its end without a version
    TRY_ASSIGN(index::BucketCounters *const bucketCounters, counters(target.bucket));
    VersionSet versions(*m_index, target.bucket, target.key, *bucketCounters);
    TRY_ASSIGN(const auto existing, versions.find(target.version));
    if (!existing || existing->row.sequence > record.sequence)
        return {};
    TRY_STATUS(kill(existing->row));
    return versions.remove(*existing);
}

}  // namespace maxiofs::store
