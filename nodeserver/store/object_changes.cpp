// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/object_changes.h"

#include <algorithm>

namespace maxiofs::store {

using frame::Fields;
using frame::Tag;
using log::RecordType;

Status checkConditions(const WriteConditions &conditions, const std::optional<LocatedRow> &newest)
{
    if (!conditions.any())
        return {};
    const bool exists = newest && !newest->row.isDeleteMarker;
    if (conditions.ifNoneMatchAny && exists)
        return failure(Error::PreconditionFailed,
                       "At least one of the pre-conditions you specified did not hold", "If-None-Match");
    if (conditions.ifMatch.empty())
        return {};
    if (!exists)
        return failure(Error::NoSuchKey, "The specified key does not exist.");
    if (conditions.ifMatch != "*" && conditions.ifMatch != newest->row.etag)
        return failure(Error::PreconditionFailed,
                       "At least one of the pre-conditions you specified did not hold", "If-Match");
    return {};
}

Status checkQuota(const BucketState &bucket, const index::BucketCounters &counters, std::uint64_t size,
                  const std::optional<LocatedRow> &replaced)
{
    const std::uint64_t lessBytes = replaced ? replaced->row.size : 0;
    const std::uint64_t lessObjects = replaced ? 1 : 0;
    const std::uint64_t bytes =
        counters.currentBytes + counters.noncurrentBytes + counters.uploadBytes - lessBytes + size;
    const std::uint64_t objects = counters.currentObjects + counters.noncurrentObjects - lessObjects + 1;
    if (bucket.quotaBytes != 0 && bytes > bucket.quotaBytes)
        return failure(Error::Quota, "The bucket's quota of " + std::to_string(bucket.quotaBytes) +
                                         " bytes would be exceeded");
    if (bucket.quotaObjects != 0 && objects > bucket.quotaObjects)
        return failure(Error::Quota, "The bucket's quota of " + std::to_string(bucket.quotaObjects) +
                                         " objects would be exceeded");
    return {};
}

namespace {

void setNumbers(Fields &fields, Tag tag, std::vector<std::uint64_t> numbers)
{
    std::ranges::sort(numbers);
    const auto repeated = std::ranges::unique(numbers);
    numbers.erase(repeated.begin(), repeated.end());
    std::erase(numbers, 0);
    if (numbers.empty())
        fields.remove(tag);
    else
        fields.set(tag, encodeNumbers(numbers));
}

}  // namespace

void setKills(Fields &fields, std::vector<std::uint64_t> segments)
{
    setNumbers(fields, Tag::Kills, std::move(segments));
}

void setEndedData(Fields &fields, std::vector<std::uint64_t> dataIds)
{
    setNumbers(fields, Tag::EndedData, std::move(dataIds));
}

Status setReplaced(Fields &fields, const index::Reader &index, const index::ObjectRow &row,
                   std::vector<std::uint64_t> more)
{
    more.push_back(row.record.segment);
    more.push_back(recordOf(row.data).segment);
    if (const auto *parts = std::get_if<index::InParts>(&row.data)) {
        for (const auto &[number, size] : parts->parts) {
            TRY_ASSIGN(const auto part, index.part(parts->dataId, number));
            if (part)
                more.push_back(part->record.segment);
        }
        // The parts die with the version although the record that names them may be gone from the log first.
        setEndedData(fields, {parts->dataId});
    }
    setKills(fields, std::move(more));
    return {};
}

namespace {

// A stamp that follows what is there, since the clock is behind, may have been given out before: to a version
// that was removed.
Status passRemoved(Stamp &stamp, const Stamp &before, const Decision &decision, const BucketId &bucket,
                   std::string_view key)
{
    if (stamp.time != before.time + 1)
        return {};
    while (true) {
        TRY_ASSIGN(const auto removed, decision.index.tombstone(bucket, key, stamp));
        if (!removed)
            return {};
        ++stamp.time;
    }
}

}  // namespace

Result<Slot> chooseSlot(Decision &decision, const BucketState &bucket, std::string_view key,
                        VersionSet &versions)
{
    Slot slot;
    TRY_ASSIGN(slot.newest, versions.newest());
    Stamp before = slot.newest ? slot.newest->row.stamp : Stamp{};
    slot.isVersioned = bucket.versioning == Versioning::Enabled;
    if (!slot.isVersioned && slot.newest && slot.newest->row.isNull) {
        slot.replaced = slot.newest;
    } else if (!slot.isVersioned) {
        TRY_ASSIGN(slot.replaced, versions.find(VersionId{}));
    }
    // A node whose clock was ahead may have removed the null version: elsewhere that would hide this one.
    if (!slot.isVersioned && !slot.replaced && decision.isExchanged(bucket.id)) {
        TRY_ASSIGN(const auto removed, decision.index.tombstone(bucket.id, key, std::nullopt));
        if (removed)
            before = std::max(before, removed->stamp);
    }
    slot.stamp = decision.stampAfter(before);
    if (slot.isVersioned) {
        TRY_STATUS(passRemoved(slot.stamp, before, decision, bucket.id, key));
        slot.version.stamp = slot.stamp;
    }
    return slot;
}

Result<Committed> decidePut(Decision &decision, NewObject &object)
{
    TRY_ASSIGN(const BucketState bucket, decision.openBucket(object.bucket));
    TRY_STATUS(decision.space.check());
    TRY_ASSIGN(index::BucketCounters *const counters, decision.counters(object.bucket));
    VersionSet versions(decision.index, object.bucket, object.key, *counters);
    TRY_ASSIGN(const Slot slot, chooseSlot(decision, bucket, object.key, versions));
    TRY_STATUS(checkConditions(object.conditions, slot.newest));
    TRY_STATUS(checkQuota(bucket, *counters, object.size, slot.replaced));
    if (slot.replaced)
        TRY_STATUS(setReplaced(object.fields, decision.index, slot.replaced->row));
    setVersion(object.fields, slot.version);
    TRY_STATUS(decision.record(RecordType::Put, slot.stamp, object.fields, object.payload));

    Committed committed;
    committed.version = slot.version;
    committed.isVersioned = bucket.versioning != Versioning::Off;
    committed.etag = object.etag;
    committed.checksum = object.checksum;
    committed.lastModifiedMs = slot.stamp.unixMs();
    committed.size = object.size;
    committed.sequence = decision.lastSequence();
    return committed;
}

Fields keyFields(const BucketId &bucket, const std::string &key, const VersionId &version)
{
    Fields fields;
    fields.set(Tag::BucketId, Bytes(bucket.bytes.begin(), bucket.bytes.end()));
    fields.setText(Tag::Key, key);
    setVersion(fields, version);
    return fields;
}

namespace {

Result<Deleted> removeVersion(Decision &decision, VersionSet &versions, const BucketId &bucket,
                              const std::string &key, const VersionId &version)
{
    Deleted deleted;
    deleted.version = version;
    TRY_ASSIGN(const auto existing, versions.find(version));
    // Another node may have one that never came here: it must not come back.
    if (!existing && !decision.isExchanged(bucket))
        return deleted;
    Fields fields = keyFields(bucket, key, version);
    Stamp removed = version.stamp.value_or(Stamp());
    Stamp last = removed;
    if (existing) {
        deleted.existed = true;
        deleted.removedMarker = existing->row.isDeleteMarker;
        removed = existing->row.stamp;
        last = removed;
        TRY_STATUS(setReplaced(fields, decision.index, existing->row));
    } else {
        TRY_ASSIGN(const auto before, decision.index.tombstone(bucket, key, version.stamp));
        if (before)
            last = std::max(last, before->stamp);
    }
    if (!version.stamp)
        fields.set(Tag::NullStamp, encodeStamp(removed));
    TRY_STATUS(decision.record(RecordType::Delete, decision.stampAfter(last), fields));
    deleted.sequence = decision.lastSequence();
    return deleted;
}

}  // namespace

Result<Deleted> decideRemove(Decision &decision, const BucketId &bucketId, const std::string &key,
                             const std::optional<VersionId> &version, const WriteConditions &conditions)
{
    TRY_ASSIGN(const BucketState bucket, decision.openBucket(bucketId));
    TRY_ASSIGN(index::BucketCounters *const counters, decision.counters(bucketId));
    VersionSet versions(decision.index, bucketId, key, *counters);
    if (conditions.any()) {
        TRY_ASSIGN(const auto target, version ? versions.find(*version) : versions.newest());
        TRY_STATUS(checkConditions(conditions, target));
    }
    if (version)
        return removeVersion(decision, versions, bucketId, key, *version);
    if (bucket.versioning == Versioning::Off) {
        TRY_ASSIGN(Deleted deleted, removeVersion(decision, versions, bucketId, key, VersionId{}));
        deleted.version.reset();
        return deleted;
    }

    TRY_ASSIGN(const Slot slot, chooseSlot(decision, bucket, key, versions));
    Fields fields = keyFields(bucketId, key, slot.version);
    fields.set(Tag::DeleteMarker, {});
    if (slot.replaced)
        TRY_STATUS(setReplaced(fields, decision.index, slot.replaced->row));
    TRY_STATUS(decision.record(RecordType::Delete, slot.stamp, fields));
    Deleted deleted;
    deleted.existed = slot.newest && !slot.newest->row.isDeleteMarker;
    deleted.madeMarker = true;
    deleted.version = slot.version;
    deleted.sequence = decision.lastSequence();
    return deleted;
}

namespace {

Result<FullHeader> headerInRow(const log::Segment &segment, const index::ObjectRow &row)
{
    FullHeader header;
    TRY_STATUS(header.clear.decode(row.clearFields, false));
    TRY_STATUS(header.clear.checkCritical());
    TRY_ASSIGN(header.sealed, segment.openSealed(row.sequence, row.sealedFields));
    TRY_STATUS(header.sealed.checkCritical());
    return header;
}

Result<FullHeader> headerInRecord(const log::Segment &segment, const index::ObjectRow &row,
                                  const log::Record &record)
{
    FullHeader header;
    if (record.sequence != row.sequence)
        return failure(Error::Corrupt, "the log holds another record than the index names");
    TRY_STATUS(record.fields.checkCritical());
    TRY_STATUS(header.clear.decode(rowFields(record.fields), false));
    TRY_ASSIGN(header.sealed, segment.openSealed(record.sequence, record.sealed));
    return header;
}

}  // namespace

Result<FullHeader> readHeader(log::Segment &segment, const index::ObjectRow &row)
{
    if (!row.fieldsInLog)
        return headerInRow(segment, row);
    TRY_ASSIGN(const log::Record record, segment.readRecord(row.record.offset));
    return headerInRecord(segment, row, record);
}

Result<Stamp> headerStampOf(const Fields &clear, const index::ObjectRow &row)
{
    const auto stamp = clear.get(Tag::HeaderStamp);
    return stamp ? decodeStamp(*stamp) : Result<Stamp>(row.stamp);
}

Status nameData(Fields &fields, Decision &decision, const log::Log &log, const index::ObjectRow &row)
{
    fields.setVarint(Tag::DataId, dataIdOf(row.data));
    if (const auto *blob = std::get_if<index::InBlob>(&row.data))
        fields.set(Tag::BlobId, Bytes(blob->blob.bytes.begin(), blob->blob.bytes.end()));

    std::vector<std::uint64_t> kills{row.record.segment};
    const bool hasOwnRecord = row.record == recordOf(row.data);
    if (!hasOwnRecord) {
        // A header without data of its own: the new one does all that its record did, so that nothing needs
        // that any more.
        TRY_ASSIGN(const log::Record record, decision.readRecord(row.record));
        if (const auto before = record.fields.get(Tag::Kills))
            std::ranges::copy(decodeNumbers(*before), std::back_inserter(kills));
        std::erase_if(kills, [&](std::uint64_t number) { return !log.hasSegment(number); });
        for (const Tag tag : {Tag::PartTable, Tag::UploadId, Tag::EndedData}) {
            if (const auto value = record.fields.get(tag))
                fields.set(tag, Bytes(value->begin(), value->end()));
        }
    }
    setKills(fields, std::move(kills));
    return {};
}

Result<FullHeader> readHeader(Decision &decision, log::Log &log, const index::ObjectRow &row)
{
    TRY_ASSIGN(const auto segment, log.segment(row.record.segment));
    if (!row.fieldsInLog)
        return headerInRow(*segment, row);
    TRY_ASSIGN(const log::Record record, decision.readRecord(row.record));
    return headerInRecord(*segment, row, record);
}

namespace {

// The complete header of a version whose data stays where it is.
Result<Fields> restatedHeader(Decision &decision, const log::Log &log, const BucketId &bucket,
                              const std::string &key, const LocatedRow &located, const FullHeader &header)
{
    const index::ObjectRow &row = located.row;
    Fields fields = keyFields(bucket, key, row.isNull ? VersionId{} : VersionId{row.stamp});
    TRY_STATUS(fields.decode(header.clear.encode(false), false));
    TRY_STATUS(fields.decode(header.sealed.encode(true), true));
    fields.remove(Tag::Origin);  // changed here
    fields.setVarint(Tag::Size, row.size);
    fields.setText(Tag::Etag, row.etag);
    if (!row.checksum.empty())
        fields.setText(Tag::Checksum, row.checksum);
    TRY_STATUS(nameData(fields, decision, log, row));
    return fields;
}

}  // namespace

Result<Committed> decideMetadata(Decision &decision, log::Log &log, const BucketId &bucketId,
                                 const std::string &key, const std::optional<VersionId> &version,
                                 bool isRewrite, const EditAttributes &edit)
{
    TRY_ASSIGN(const BucketState bucket, decision.openBucket(bucketId));
    TRY_STATUS(decision.space.check());
    TRY_ASSIGN(index::BucketCounters *const counters, decision.counters(bucketId));
    VersionSet versions(decision.index, bucketId, key, *counters);
    TRY_ASSIGN(const auto target, version ? versions.find(*version) : versions.newest());
    if (!target)
        return version ? failure(Error::NoSuchVersion, "The specified version does not exist.")
                       : failure(Error::NoSuchKey, "The specified key does not exist.");
    if (target->row.isDeleteMarker)
        return version
                   ? failure(Error::DeleteMarker,
                             "The specified method is not allowed against this resource.", version->text())
                   : failure(Error::NoSuchKey, "The specified key does not exist.");

    TRY_ASSIGN(const FullHeader header, readHeader(decision, log, target->row));
    TRY_ASSIGN(Attributes attributes, attributesOf(header.clear, header.sealed));
    attributes.ownerId = target->row.ownerId;
    TRY_STATUS(edit(target->row, attributes));
    TRY_ASSIGN(Fields fields, restatedHeader(decision, log, bucketId, key, *target, header));
    setAttributes(fields, attributes);

    TRY_ASSIGN(const Stamp before, headerStampOf(header.clear, target->row));
    const Stamp changed = decision.stampAfter(before);
    const Stamp stamp = isRewrite ? changed : target->row.stamp;
    if (isRewrite)
        fields.remove(Tag::HeaderStamp);
    else
        fields.set(Tag::HeaderStamp, encodeStamp(changed));
    if (target->row.isNull)
        fields.set(Tag::NullStamp, encodeStamp(stamp));
    TRY_STATUS(decision.record(RecordType::Metadata, changed, fields));

    Committed committed;
    committed.version = target->row.isNull ? VersionId{} : VersionId{target->row.stamp};
    committed.isVersioned = bucket.versioning != Versioning::Off;
    committed.etag = target->row.etag;
    committed.checksum = decodeChecksum(target->row.checksum);
    committed.lastModifiedMs = stamp.unixMs();
    committed.size = target->row.size;
    committed.sequence = decision.lastSequence();
    return committed;
}

Result<void> decideClose(Decision &decision, const BucketId &bucketId)
{
    TRY_STATUS(decision.checkBucket(bucketId));
    TRY_ASSIGN(const index::BucketCounters *const counters, decision.counters(bucketId));
    if (counters->currentObjects + counters->noncurrentObjects + counters->conflicts != 0)
        return failure(Error::BucketNotEmpty, "The bucket you tried to delete is not empty");
    if (counters->uploads != 0)
        return failure(Error::Busy, "An upload was begun while the bucket was being deleted");
    Fields fields;
    fields.set(Tag::BucketId, Bytes(bucketId.bytes.begin(), bucketId.bytes.end()));
    return decision.record(RecordType::CloseBucket, decision.stampAfter({}), fields);
}

}  // namespace maxiofs::store
