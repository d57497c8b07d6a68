// SPDX-License-Identifier: GPL-3.0-or-later
#include "index/typed_reader.h"

#include "index/key_codec.h"
#include "index/rocks_status.h"
#include "index/row_codec.h"

#include <limits>

namespace maxiofs::index {

rocksdb::ReadOptions readOptions(ReadMode mode)
{
    rocksdb::ReadOptions options;
    if (mode == ReadMode::CachedOnly)
        options.read_tier = rocksdb::kBlockCacheTier;
    return options;
}

template <typename Base>
Reader::Found<ObjectRow> TypedReader<Base>::current(const BucketId &bucket, std::string_view key,
                                                    ReadMode mode) const
{
    return find<ObjectRow>(Family::Current, objectKey(bucket, key), mode);
}

template <typename Base>
Reader::Found<ObjectRow> TypedReader<Base>::version(const BucketId &bucket, std::string_view key,
                                                    const Stamp &stamp, ReadMode mode) const
{
    return find<ObjectRow>(Family::Versions, versionKey(bucket, key, stamp), mode);
}

template <typename Base>
Reader::Found<ObjectRow> TypedReader<Base>::newestVersion(const BucketId &bucket, std::string_view key,
                                                          ReadMode mode) const
{
    const std::string end = beyondVersions(bucket, key);
    const rocksdb::Slice endSlice(end);
    rocksdb::ReadOptions options = readOptions(mode);
    options.iterate_upper_bound = &endSlice;
    options.prefix_same_as_start = true;
    const auto iterator = iterate(options, Family::Versions);
    // One byte more than the row that tells where the null version is.
    iterator->Seek(objectKey(bucket, key) + '\0');
    // RocksDB 7.8 may step over the bound in an iterator with a batch on top.
    if (!iterator->Valid() || iterator->key().compare(endSlice) >= 0) {
        TRY_STATUS(statusOf(iterator->status(), "read the versions of a key"));
        return std::optional<ObjectRow>();
    }
    Result<std::optional<ObjectRow>> found(std::in_place, std::in_place);
    TRY_STATUS(decode(viewOf(iterator->value()), **found));
    return found;
}

template <typename Base>
Reader::Found<Stamp> TypedReader<Base>::nullVersion(const BucketId &bucket, std::string_view key) const
{
    return find<Stamp>(Family::Versions, objectKey(bucket, key));
}

template <typename Base>
Reader::Found<UploadRow> TypedReader<Base>::upload(const BucketId &bucket, std::string_view key,
                                                   const Id128 &uploadId) const
{
    return find<UploadRow>(Family::Uploads, uploadKey(bucket, key, uploadId));
}

template <typename Base>
Reader::Found<UploadRow> TypedReader<Base>::uploadByDataId(const BucketId &bucket, std::string_view key,
                                                           std::uint64_t dataId) const
{
    const std::string begin = objectKey(bucket, key);
    const auto iterator = iterate({}, Family::Uploads);
    for (iterator->Seek(begin); iterator->Valid() && iterator->key().starts_with(begin); iterator->Next()) {
        Result<std::optional<UploadRow>> found(std::in_place, std::in_place);
        TRY_STATUS(decode(viewOf(iterator->value()), **found));
        if ((**found).sequence == dataId)
            return found;
    }
    TRY_STATUS(statusOf(iterator->status(), "read the uploads of a key"));
    return std::optional<UploadRow>();
}

template <typename Base>
Reader::Found<CompletionRow> TypedReader<Base>::completion(const BucketId &bucket,
                                                           const Id128 &uploadId) const
{
    return find<CompletionRow>(Family::Completions, completionKey(bucket, uploadId));
}

template <typename Base>
Reader::Found<PartRow> TypedReader<Base>::part(std::uint64_t dataId, std::uint16_t number,
                                               ReadMode mode) const
{
    return find<PartRow>(Family::Parts, partKey(dataId, number), mode);
}

template <typename Base>
Result<std::vector<std::pair<std::uint16_t, PartRow>>>
TypedReader<Base>::parts(std::uint64_t dataId, std::uint16_t after, std::size_t limit) const
{
    std::vector<std::pair<std::uint16_t, PartRow>> rows;
    const std::string begin = partKey(dataId, after) + '\0';
    const std::string end = partKey(dataId, std::numeric_limits<std::uint16_t>::max()) + '\0';
    const rocksdb::Slice endSlice(end);
    rocksdb::ReadOptions options;
    options.iterate_upper_bound = &endSlice;
    const auto iterator = iterate(options, Family::Parts);
    for (iterator->Seek(begin); iterator->Valid() && rows.size() < limit; iterator->Next()) {
        const auto name = decodePartKey(iterator->key().ToStringView());
        if (!name)
            return failure(Error::Corrupt, "the index holds a part under a key that is not a part's");
        // RocksDB 7.8 steps over the bound in an iterator with a batch on top.
        if (name->first != dataId)
            break;
        auto &[number, row] = rows.emplace_back();
        number = name->second;
        TRY_STATUS(decode(viewOf(iterator->value()), row));
    }
    TRY_STATUS(statusOf(iterator->status(), "read the parts of an object"));
    return rows;
}

template <typename Base>
Reader::Found<TombstoneRow> TypedReader<Base>::tombstone(const BucketId &bucket, std::string_view key,
                                                         const std::optional<Stamp> &version) const
{
    return find<TombstoneRow>(Family::Tombstones, tombstoneKey(bucket, key, version));
}

template <typename Base>
Result<BucketCounters> TypedReader<Base>::counters(const BucketId &bucket) const
{
    TRY_ASSIGN(const auto found, find<BucketCounters>(Family::Buckets, countersKey(bucket)));
    return found.value_or(BucketCounters{});
}

template <typename Base>
Result<bool> TypedReader<Base>::isClosed(const BucketId &bucket) const
{
    rocksdb::PinnableSlice value;
    const rocksdb::Status status = get({}, Family::Buckets, closedKey(bucket), value);
    if (!status.ok() && !status.IsNotFound())
        return failure(errorOf(status, "read the state of a bucket"));
    return status.ok();
}

template <typename Base>
Result<SegmentRow> TypedReader<Base>::segment(std::uint64_t number) const
{
    TRY_ASSIGN(const auto found, find<SegmentRow>(Family::Segments, segmentKey(number)));
    return found.value_or(SegmentRow{});
}

template class TypedReader<Index>;
template class TypedReader<Transaction>;

}  // namespace maxiofs::index
