// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "index/families.h"
#include "index/index.h"
#include "index/rocks_status.h"
#include "index/row_codec.h"

namespace maxiofs::index {

// The typed look-ups, over rows of bytes: the same for what is committed (Index) and for a change that is
// being built (Transaction).
template <typename Base>
class TypedReader : public Base {
public:
    template <typename T>
    using Found = Reader::Found<T>;

    [[nodiscard]] Found<ObjectRow> current(const BucketId &bucket, std::string_view key,
                                           ReadMode mode) const override;
    [[nodiscard]] Found<ObjectRow> version(const BucketId &bucket, std::string_view key, const Stamp &stamp,
                                           ReadMode mode) const override;
    [[nodiscard]] Found<ObjectRow> newestVersion(const BucketId &bucket, std::string_view key,
                                                 ReadMode mode) const override;
    [[nodiscard]] Found<Stamp> nullVersion(const BucketId &bucket, std::string_view key) const override;
    [[nodiscard]] Found<UploadRow> upload(const BucketId &bucket, std::string_view key,
                                          const Id128 &uploadId) const override;
    [[nodiscard]] Found<UploadRow> uploadByDataId(const BucketId &bucket, std::string_view key,
                                                  std::uint64_t dataId) const override;
    [[nodiscard]] Found<CompletionRow> completion(const BucketId &bucket,
                                                  const Id128 &uploadId) const override;
    [[nodiscard]] Found<PartRow> part(std::uint64_t dataId, std::uint16_t number,
                                      ReadMode mode) const override;
    [[nodiscard]] Result<std::vector<std::pair<std::uint16_t, PartRow>>>
    parts(std::uint64_t dataId, std::uint16_t after, std::size_t limit) const override;
    [[nodiscard]] Found<TombstoneRow> tombstone(const BucketId &bucket, std::string_view key,
                                                const std::optional<Stamp> &version) const override;
    [[nodiscard]] Result<BucketCounters> counters(const BucketId &bucket) const override;
    [[nodiscard]] Result<bool> isClosed(const BucketId &bucket) const override;
    [[nodiscard]] Result<SegmentRow> segment(std::uint64_t number) const override;

protected:
    [[nodiscard]] virtual rocksdb::Status get(const rocksdb::ReadOptions &options, Family family,
                                              std::string_view key, rocksdb::PinnableSlice &value) const = 0;
    /// Lives no longer than `options`.
    [[nodiscard]] virtual std::unique_ptr<rocksdb::Iterator> iterate(const rocksdb::ReadOptions &options,
                                                                     Family family) const = 0;

    template <typename Row>
    [[nodiscard]] Found<Row> find(Family family, std::string_view key,
                                  ReadMode mode = ReadMode::MayBlock) const;
};

/// Options of a read in this mode.
[[nodiscard]] rocksdb::ReadOptions readOptions(ReadMode mode);

inline ByteView viewOf(const rocksdb::Slice &slice)
{
    return asBytes(slice.ToStringView());
}
inline rocksdb::Slice sliceOf(ByteView bytes)
{
    return {reinterpret_cast<const char *>(bytes.data()), bytes.size()};
}

template <typename Base>
template <typename Row>
Reader::Found<Row> TypedReader<Base>::find(Family family, std::string_view key, ReadMode mode) const
{
    rocksdb::PinnableSlice value;
    const rocksdb::Status status = get(readOptions(mode), family, key, value);
    if (status.IsNotFound())
        return std::optional<Row>();
    if (!status.ok())
        return failure(errorOf(status, "read the object index"));
    // RocksDB calls a key found, without its value, that may be in a table which is not open
    // (TableCache::Get).
    if (mode == ReadMode::CachedOnly && value.empty())
        return failure(Error::WouldBlock, "The row is not in memory.");
    Result<std::optional<Row>> found(std::in_place, std::in_place);
    TRY_STATUS(decode(viewOf(value), **found));
    return found;
}

}  // namespace maxiofs::index
