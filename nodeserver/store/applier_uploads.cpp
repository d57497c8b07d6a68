// SPDX-License-Identifier: GPL-3.0-or-later
// Applier's records of multipart uploads: their beginning, parts, completion and end.
#include "store/applier.h"

#include <algorithm>

namespace maxiofs::store {

using frame::Tag;

namespace {

constexpr std::size_t kPartsAtOnce = 1000;

Id128 uploadIdOf(const RecordTarget &target)
{
    return target.uploadId.value_or(Id128{});
}

}  // namespace

template <typename Visit>
Status Applier::forEachPart(std::uint64_t dataId, Visit visit)
{
    for (std::uint16_t after = 0;;) {
        TRY_ASSIGN(const auto parts, m_index->parts(dataId, after, kPartsAtOnce));
        for (const auto &[number, part] : parts) {
            after = number;
            visit(number, part);
        }
        if (parts.size() < kPartsAtOnce)
            return {};
    }
}

Status Applier::applyBegin(const AppliedRecord &record, const RecordTarget &target)
{
    TRY_ASSIGN(const auto existing, m_index->upload(target.bucket, target.key, uploadIdOf(target)));
    if (existing && existing->record == placeOf(record.place))
        return {};
    if (existing) {
        kill(existing->record);
    } else {
        TRY_ASSIGN(index::BucketCounters *const bucketCounters, counters(target.bucket));
        ++bucketCounters->uploads;
        // A rebuild may find the parts first, where compaction moved the beginning.
        TRY_STATUS(forEachPart(record.sequence, [&](std::uint16_t, const index::PartRow &part) {
            bucketCounters->uploadBytes += part.size;
        }));
    }
    index::UploadRow row;
    row.uploadId = uploadIdOf(target);
    row.stamp = record.stamp;
    row.sequence = record.sequence;
    row.record = placeOf(record.place);
    row.ownerId = record.fields->text(Tag::OwnerId).value_or("");
    row.clearFields = record.fields->encode(false);
    row.sealedFields = *record.sealed;
    m_index->putUpload(target.bucket, target.key, row);
    return {};
}

Status Applier::applyPart(const AppliedRecord &record, const RecordTarget &target)
{
    index::PartRow row;
    row.stamp = record.stamp;
    row.sequence = record.sequence;
    row.record = placeOf(record.place);
    row.size = record.fields->varint(Tag::Size).value_or(0);
    row.etag = record.fields->text(Tag::Etag).value_or("");
    row.checksum = record.fields->text(Tag::Checksum).value_or("");
    if (const auto hash = record.fields->get(Tag::ContentHash))
        row.contentHash.assign(hash->begin(), hash->end());
    row.data = ownData(record);

    TRY_ASSIGN(const auto existing, m_index->part(target.dataId, target.partNumber));
    if (existing && existing->sequence > record.sequence) {
        kill(row, target.dataId);
        return {};
    }
    if (existing && existing->record == row.record)
        return {};
    TRY_ASSIGN(const auto upload, m_index->upload(target.bucket, target.key, uploadIdOf(target)));
    TRY_ASSIGN(index::BucketCounters *const bucketCounters, counters(target.bucket));
    if (upload)
        bucketCounters->uploadBytes += row.size - (existing ? existing->size : 0);
    if (existing && existing->sequence == record.sequence)
        kill(existing->record);  // a copy: the file, if there is one, lives on
    else if (existing)
        kill(*existing, target.dataId);
    m_index->putPart(target.dataId, target.partNumber, row);
    return {};
}

Status Applier::applyPartStub(const AppliedRecord &record, const RecordTarget &target)
{
    TRY_ASSIGN(const auto part, m_index->part(target.dataId, target.partNumber));
    if (!part || part->sequence > record.sequence)
        return {};
    // A stub names the upload by its data id alone.
    TRY_ASSIGN(const auto upload, m_index->uploadByDataId(target.bucket, target.key, target.dataId));
    if (upload) {
        TRY_ASSIGN(index::BucketCounters *const bucketCounters, counters(target.bucket));
        bucketCounters->uploadBytes -= part->size;
    }
    kill(*part, target.dataId);
    m_index->erasePart(target.dataId, target.partNumber);
    return {};
}

Status Applier::applyComplete(const AppliedRecord &record, const RecordTarget &target)
{
    index::ObjectRow row = headerRow(record, target);
    TRY_ASSIGN(row.data, namedData(record, target.dataId));
    const auto table = record.fields->get(Tag::PartTable);
    if (!table)
        return failure(Error::Corrupt, "the record that completes an upload has no part table");
    TRY_ASSIGN(const auto parts, decodePartTable(*table));
    TRY_STATUS(endUpload(target, parts));

    index::CompletionRow completion;
    completion.key = target.key;
    completion.etag = row.etag;
    completion.checksum = row.checksum;
    completion.stamp = row.stamp;
    completion.isNull = row.isNull;
    completion.completedMs = record.stamp.unixMs();
    m_index->putCompletion(target.bucket, uploadIdOf(target), completion);
    return applyVersion(record, target, row);
}

Status Applier::applyAbort(const AppliedRecord &record, const RecordTarget &target)
{
    kill(placeOf(record.place));
    return endUpload(target, {});
}

Status Applier::endUpload(const RecordTarget &target, const std::vector<TablePart> &kept)
{
    TRY_STATUS(endUploadRow(target));
    return endParts(target.dataId, kept);
}

Status Applier::endUploadRow(const RecordTarget &target)
{
    TRY_ASSIGN(const auto upload, m_index->upload(target.bucket, target.key, uploadIdOf(target)));
    if (!upload)
        return {};
    TRY_ASSIGN(index::BucketCounters *const bucketCounters, counters(target.bucket));
    kill(upload->record);
    m_index->eraseUpload(target.bucket, target.key, uploadIdOf(target));
    --bucketCounters->uploads;
    // Its parts live on in an object, or end with it; as parts of an upload they count no more.
    return forEachPart(upload->sequence, [&](std::uint16_t, const index::PartRow &part) {
        bucketCounters->uploadBytes -= part.size;
    });
}

// The parts of an object that ended. A rebuild may not have met the end of their upload yet.
Status Applier::endData(const RecordTarget &target, std::uint64_t dataId)
{
    TRY_ASSIGN(const auto upload, m_index->uploadByDataId(target.bucket, target.key, dataId));
    if (upload) {
        TRY_ASSIGN(index::BucketCounters *const bucketCounters, counters(target.bucket));
        TRY_STATUS(forEachPart(dataId, [&](std::uint16_t, const index::PartRow &part) {
            bucketCounters->uploadBytes -= part.size;
        }));
    }
    return endParts(dataId, {});
}

Status Applier::endParts(std::uint64_t dataId, const std::vector<TablePart> &kept)
{
    return forEachPart(dataId, [&](std::uint16_t number, const index::PartRow &part) {
        if (std::ranges::binary_search(kept, static_cast<unsigned>(number), {}, &TablePart::number))
            return;
        kill(part, dataId);
        m_index->erasePart(dataId, number);
    });
}

}  // namespace maxiofs::store
