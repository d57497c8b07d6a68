// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/record_fate.h"

#include "store/object_changes.h"
#include "store/record_target.h"

namespace maxiofs::store {

using frame::Tag;
using log::RecordType;

namespace {

index::RecordPlace placeOf(const log::Record &record)
{
    return {record.place.segment, record.place.offset, record.place.length};
}

// The data that a version's record brings or names; 0 for a delete marker.
std::uint64_t ownDataId(const log::Record &record, const RecordTarget &target)
{
    if (record.type == RecordType::Put)
        return record.sequence;
    return record.type == RecordType::Delete ? 0 : target.dataId;
}

Result<Fate> fateOfVersion(const index::Reader &index, const log::Record &record, const RecordTarget &target)
{
    TRY_ASSIGN(const auto found, findVersion(index, target.bucket, target.key, target.version));
    if (!found)
        return Fate::Dead;
    const index::ObjectRow &row = found->row;
    const index::RecordPlace place = placeOf(record);
    if (row.record == place || recordOf(row.data) == place)
        return Fate::Live;
    const std::uint64_t dataId = ownDataId(record, target);
    const bool sameData = dataId != 0 && dataIdOf(row.data) == dataId;
    return sameData || row.sequence == record.sequence ? Fate::Superseded : Fate::Dead;
}

Result<Fate> fateOfRemoval(const index::Reader &index, const log::Record &record, const RecordTarget &target)
{
    TRY_ASSIGN(const auto row, index.tombstone(target.bucket, target.key, target.version.stamp));
    if (!row || row->sequence != record.sequence)
        return Fate::Dead;
    return row->record == placeOf(record) ? Fate::Live : Fate::Superseded;
}

Result<Fate> fateOfPart(const index::Reader &index, const log::Record &record, const RecordTarget &target)
{
    TRY_ASSIGN(const auto row, index.part(target.dataId, target.partNumber));
    if (!row || row->sequence != record.sequence)
        return Fate::Dead;
    return row->record == placeOf(record) ? Fate::Live : Fate::Superseded;
}

Result<Fate> fateOfUpload(const index::Reader &index, const log::Record &record, const RecordTarget &target)
{
    TRY_ASSIGN(const auto row, index.upload(target.bucket, target.key, target.uploadId.value_or(Id128{})));
    if (!row)
        return Fate::Dead;
    return row->record == placeOf(record) ? Fate::Live : Fate::Superseded;
}

}  // namespace

Result<Fate> fateOf(const index::Reader &index, const log::Record &record)
{
    TRY_ASSIGN(const RecordTarget target, targetOf(record.fields));
    switch (record.type) {
    case RecordType::Put:
    case RecordType::Complete:
    case RecordType::Metadata: return fateOfVersion(index, record, target);
    case RecordType::Delete:
        return record.fields.has(Tag::DeleteMarker) ? fateOfVersion(index, record, target)
                                                    : fateOfRemoval(index, record, target);
    case RecordType::Part: return fateOfPart(index, record, target);
    case RecordType::BeginUpload: return fateOfUpload(index, record, target);
    case RecordType::CloseBucket: {
        TRY_ASSIGN(const bool closed, index.isClosed(target.bucket));
        return closed ? Fate::Live : Fate::Dead;
    }
    case RecordType::AbortUpload:
    case RecordType::Stub: break;
    }
    return Fate::Dead;
}

std::vector<std::uint64_t> remainingKills(const log::Log &log, const log::Record &record)
{
    std::vector<std::uint64_t> kills;
    if (const auto stored = record.fields.get(Tag::Kills))
        kills = decodeNumbers(*stored);
    std::erase_if(kills, [&](std::uint64_t number) {
        return number == record.place.segment || !log.hasSegment(number);
    });
    return kills;
}

Result<bool> isNeeded(const index::Reader &index, const log::Log &log, const log::Record &record)
{
    TRY_ASSIGN(const Fate fate, fateOf(index, record));
    return fate == Fate::Live || (fate == Fate::Dead && !remainingKills(log, record).empty());
}

Result<frame::Fields> stubFields(const log::Record &record, std::vector<std::uint64_t> kills)
{
    TRY_ASSIGN(const RecordTarget target, targetOf(record.fields));
    frame::Fields stub;
    const auto keep = [&](Tag tag) {
        if (const auto value = record.fields.get(tag))
            stub.set(tag, Bytes(value->begin(), value->end()));
    };
    for (const Tag tag : {Tag::BucketId, Tag::Key, Tag::Version, Tag::UploadId})
        keep(tag);
    std::vector<std::uint64_t> ended = target.endedData;
    switch (record.type) {
    case RecordType::Part:
    case RecordType::BeginUpload:
    case RecordType::Stub:
        keep(Tag::DataId);
        keep(Tag::PartNumber);
        break;
    case RecordType::AbortUpload:
        keep(Tag::DataId);
        ended.push_back(target.dataId);
        break;
    case RecordType::Complete:
    case RecordType::Metadata:
        if (record.fields.has(Tag::PartTable))
            ended.push_back(target.dataId);
        break;
    case RecordType::Put:
    case RecordType::Delete:
    case RecordType::CloseBucket: break;
    }
    setEndedData(stub, std::move(ended));
    setKills(stub, std::move(kills));
    return stub;
}

}  // namespace maxiofs::store
