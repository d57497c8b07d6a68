// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/upload_changes.h"

#include "base/byte_io.h"
#include "store/part_sums.h"

#include <algorithm>

namespace maxiofs::store {

using frame::Fields;
using frame::Tag;
using log::RecordType;

namespace {

constexpr std::string_view kNoUpload = "The specified upload does not exist. The upload ID may be invalid, "
                                       "or the upload may have been aborted or "
                                       "completed.";

Bytes bytesOf(const Id128 &id)
{
    return {id.bytes.begin(), id.bytes.end()};
}

Fields uploadFields(const BucketId &bucket, const std::string &key, const Id128 &uploadId)
{
    Fields fields;
    fields.set(Tag::BucketId, bytesOf(bucket));
    fields.setText(Tag::Key, key);
    fields.set(Tag::UploadId, bytesOf(uploadId));
    return fields;
}

// Sorts by its beginning, and cannot be guessed.
Id128 newUploadId(const Stamp &stamp)
{
    Id128 id = Id128::random();
    for (std::size_t i = 0; i < sizeof stamp.time; ++i)
        id.bytes[i] = static_cast<std::byte>(stamp.time >> (8 * (sizeof stamp.time - 1 - i)) & 0xff);
    return id;
}

Result<index::UploadRow> openUpload(Decision &decision, const BucketId &bucket, const std::string &key,
                                    const Id128 &uploadId)
{
    TRY_ASSIGN(auto upload, decision.index.upload(bucket, key, uploadId));
    if (!upload)
        return failure(Error::NoSuchUpload, std::string(kNoUpload));
    return std::move(*upload);
}

// The segments of an upload's beginning and of those parts that will not live on.
Result<std::vector<std::uint64_t>> segmentsOfUpload(const Decision &decision, const index::UploadRow &upload,
                                                    const std::vector<TablePart> &kept)
{
    constexpr std::size_t kAtOnce = 1000;
    std::vector<std::uint64_t> segments{upload.record.segment};
    for (std::uint16_t after = 0;;) {
        TRY_ASSIGN(const auto parts, decision.index.parts(upload.sequence, after, kAtOnce));
        for (const auto &[number, part] : parts) {
            after = number;
            if (!std::ranges::binary_search(kept, static_cast<unsigned>(number), {}, &TablePart::number))
                segments.push_back(part.record.segment);
        }
        if (parts.size() < kAtOnce)
            return segments;
    }
}

Result<std::vector<TablePart>> chooseParts(const Decision &decision, std::uint64_t dataId,
                                           const std::vector<ObjectStore::CompletePart> &asked,
                                           std::uint64_t minPartBytes)
{
    if (asked.empty())
        return failure(Error::InvalidArgument, "You must specify at least one part");
    std::vector<TablePart> chosen;
    chosen.reserve(asked.size());
    std::uint64_t total = 0;
    for (const auto &wanted : asked) {
        if (!chosen.empty() && wanted.number <= chosen.back().number)
            return failure(
                Error::InvalidPartOrder,
                "The list of parts was not in ascending order. The parts list must be specified in order "
                "by part number.");
        TRY_ASSIGN(const auto row, decision.index.part(dataId, static_cast<std::uint16_t>(wanted.number)));
        auto checksum = row ? decodeChecksum(row->checksum) : std::nullopt;
        const bool differs =
            row && wanted.checksum && (!checksum || wanted.checksum->value != checksum->value);
        if (!row || row->etag != wanted.etag || differs)
            return failure(
                Error::InvalidPart,
                "One or more of the specified parts could not be found. The part may not have been "
                "uploaded, or the specified entity tag may not match the part's entity tag.",
                std::to_string(wanted.number));
        total += row->size;
        chosen.push_back({wanted.number, row->size, row->etag, std::move(checksum), row->contentHash});
    }
    for (std::size_t i = 0; i + 1 < chosen.size(); ++i) {
        if (chosen[i].size < minPartBytes)
            return failure(Error::EntityTooSmall,
                           "Your proposed upload is smaller than the minimum allowed size",
                           std::to_string(chosen[i].number));
    }
    if (total > kMaxObjectBytes)
        return failure(Error::EntityTooLarge, "Your proposed upload exceeds the maximum allowed object size");
    return chosen;
}

}  // namespace

Result<ObjectStore::UploadOptions> optionsOf(const index::UploadRow &row)
{
    ObjectStore::UploadOptions options;
    Fields fields;
    TRY_STATUS(fields.decode(row.clearFields, false));
    if (const auto checksum = decodeChecksum(fields.text(Tag::Checksum).value_or(""))) {
        options.checksumAlgorithm = checksum->algorithm;
        options.checksumType = checksum->type;
    }
    return options;
}

Result<Id128> decideBeginUpload(Decision &decision, const BucketId &bucket, const std::string &key,
                                const Attributes &attributes, const ObjectStore::UploadOptions &options)
{
    TRY_ASSIGN([[maybe_unused]] const BucketState state, decision.openBucket(bucket));
    TRY_STATUS(decision.space.check());
    const Stamp stamp = decision.stampAfter({});
    const Id128 uploadId = newUploadId(stamp);
    Fields fields = uploadFields(bucket, key, uploadId);
    setAttributes(fields, attributes);
    if (options.checksumAlgorithm) {
        const ObjectChecksum kind{*options.checksumAlgorithm, options.checksumType, {}};
        fields.setText(Tag::Checksum, encodeChecksum(kind));
    }
    fields.setVarint(Tag::DataId, decision.nextSequence());
    TRY_STATUS(decision.record(RecordType::BeginUpload, stamp, fields));
    return uploadId;
}

Result<Committed> decidePart(Decision &decision, NewPart &part)
{
    TRY_ASSIGN(const BucketState bucket, decision.openBucket(part.bucket));
    TRY_STATUS(decision.space.check());
    TRY_ASSIGN(const auto upload, openUpload(decision, part.bucket, part.key, part.uploadId));
    TRY_ASSIGN(index::BucketCounters *const counters, decision.counters(part.bucket));
    TRY_STATUS(checkQuota(bucket, *counters, part.size, std::nullopt));
    TRY_ASSIGN(const auto before,
               decision.index.part(upload.sequence, static_cast<std::uint16_t>(part.number)));
    if (before)
        setKills(part.fields, {before->record.segment});
    part.fields.setVarint(Tag::DataId, upload.sequence);
    const Stamp stamp = decision.stampAfter(before ? before->stamp : Stamp{});
    TRY_STATUS(decision.record(RecordType::Part, stamp, part.fields, part.payload));

    Committed committed;
    committed.etag = part.etag;
    committed.checksum = part.checksum;
    committed.lastModifiedMs = stamp.unixMs();
    committed.size = part.size;
    return committed;
}

Result<Committed> decideComplete(Decision &decision, log::Log &log, const Completion &completion)
{
    TRY_ASSIGN(const BucketState bucket, decision.openBucket(completion.bucket));
    TRY_ASSIGN(const auto upload,
               decision.index.upload(completion.bucket, completion.key, completion.uploadId));
    if (!upload) {
        // A client whose first answer was lost asks again.
        TRY_ASSIGN(const auto before, decision.index.completion(completion.bucket, completion.uploadId));
        if (!before || before->key != completion.key)
            return failure(Error::NoSuchUpload, std::string(kNoUpload));
        Committed committed;
        committed.version = before->isNull ? VersionId{} : VersionId{before->stamp};
        committed.isVersioned = bucket.versioning != Versioning::Off;
        committed.etag = before->etag;
        committed.checksum = decodeChecksum(before->checksum);
        committed.lastModifiedMs = before->stamp.unixMs();
        committed.sequence = decision.lastSequence();
        return committed;
    }
    TRY_STATUS(decision.space.check());
    TRY_ASSIGN(const auto parts,
               chooseParts(decision, upload->sequence, completion.parts, completion.minPartBytes));
    std::uint64_t size = 0;
    for (const TablePart &part : parts)
        size += part.size;
    if (completion.expectedSize && *completion.expectedSize != size)
        return failure(Error::InvalidArgument,
                       "The provided 'x-amz-mp-object-size' header does not match the size of "
                       "the parts, which is " +
                           std::to_string(size));

    TRY_ASSIGN(const auto options, optionsOf(*upload));
    std::optional<ObjectChecksum> checksum;
    if (options.checksumAlgorithm) {
        TRY_ASSIGN(checksum, combinedChecksum(parts, *options.checksumAlgorithm, options.checksumType));
        if (completion.expected && completion.expected->algorithm == checksum->algorithm &&
            completion.expected->value != checksum->value)
            return failure(Error::BadDigest, "The checksum you specified did not match the parts");
    }

    TRY_ASSIGN(index::BucketCounters *const counters, decision.counters(completion.bucket));
    VersionSet versions(decision.index, completion.bucket, completion.key, *counters);
    TRY_ASSIGN(const Slot slot, chooseSlot(decision, bucket, completion.key, versions));
    TRY_STATUS(checkConditions(completion.conditions, slot.newest));
    TRY_STATUS(checkQuota(bucket, *counters, 0, slot.replaced));

    Fields fields = uploadFields(completion.bucket, completion.key, completion.uploadId);
    Fields begun;
    TRY_STATUS(begun.decode(upload->clearFields, false));
    TRY_ASSIGN(const auto segment, log.segment(upload->record.segment));
    TRY_ASSIGN(const Fields sealed, segment->openSealed(upload->sequence, upload->sealedFields));
    TRY_ASSIGN(const Attributes attributes, attributesOf(begun, sealed));
    setAttributes(fields, attributes);
    TRY_ASSIGN(const std::string etag, combinedEtag(parts));
    fields.setText(Tag::Etag, etag);
    fields.setVarint(Tag::Size, size);
    fields.setVarint(Tag::DataId, upload->sequence);
    fields.set(Tag::ContentHash, combinedContentHash(parts));
    fields.set(Tag::PartTable, encodePartTable(parts));
    if (checksum)
        fields.setText(Tag::Checksum, encodeChecksum(checksum));
    setVersion(fields, slot.version);
    TRY_ASSIGN(auto kills, segmentsOfUpload(decision, *upload, parts));
    if (slot.replaced)
        TRY_STATUS(setReplaced(fields, decision.index, slot.replaced->row, std::move(kills)));
    else
        setKills(fields, std::move(kills));
    TRY_STATUS(decision.record(RecordType::Complete, slot.stamp, fields));

    Committed committed;
    committed.version = slot.version;
    committed.isVersioned = bucket.versioning != Versioning::Off;
    committed.etag = etag;
    committed.checksum = checksum;
    committed.lastModifiedMs = slot.stamp.unixMs();
    committed.size = size;
    committed.sequence = decision.lastSequence();
    return committed;
}

Result<void> decideAbort(Decision &decision, const BucketId &bucket, const std::string &key,
                         const Id128 &uploadId)
{
    TRY_STATUS(decision.checkBucket(bucket));
    TRY_ASSIGN(const auto upload, openUpload(decision, bucket, key, uploadId));
    Fields fields = uploadFields(bucket, key, uploadId);
    fields.setVarint(Tag::DataId, upload.sequence);
    TRY_ASSIGN(auto kills, segmentsOfUpload(decision, upload, {}));
    setKills(fields, std::move(kills));
    return decision.record(RecordType::AbortUpload, decision.stampAfter(upload.stamp), fields);
}

}  // namespace maxiofs::store
