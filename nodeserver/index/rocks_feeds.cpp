// SPDX-License-Identifier: GPL-3.0-or-later
// RocksIndex's feeds of changes, and the tombstones that go with them.
#include "index/rocks_index.h"

#include "index/key_codec.h"

#include <limits>

namespace maxiofs::index {

namespace {

constexpr std::uint64_t kLastSequence = std::numeric_limits<std::uint64_t>::max();

Result<std::pair<std::uint64_t, ChangeRow>> changeAt(const rocksdb::Iterator &at)
{
    const auto sequence = decodeChangeKey(at.key().ToStringView());
    if (!sequence)
        return failure(Error::Corrupt, "the index holds a change under a key that is not a change's");
    std::pair<std::uint64_t, ChangeRow> change(*sequence, {});
    TRY_STATUS(decode(viewOf(at.value()), change.second));
    return change;
}

}  // namespace

Result<std::vector<std::pair<std::uint64_t, ChangeRow>>>
RocksIndex::changes(const BucketId &bucket, std::uint64_t after, std::size_t limit) const
{
    const std::string end = changeKey(bucket, kLastSequence) + '\0';
    const rocksdb::Slice endSlice(end);
    rocksdb::ReadOptions options;
    options.iterate_upper_bound = &endSlice;
    std::vector<std::pair<std::uint64_t, ChangeRow>> rows;
    const auto iterator = iterate(options, Family::Changes);
    for (iterator->Seek(changeKey(bucket, after) + '\0'); iterator->Valid() && rows.size() < limit;
         iterator->Next()) {
        TRY_ASSIGN(auto change, changeAt(*iterator));
        rows.push_back(std::move(change));
    }
    TRY_STATUS(statusOf(iterator->status(), "read the changes of a bucket"));
    return rows;
}

Result<std::optional<std::pair<std::uint64_t, ChangeRow>>>
RocksIndex::lastChange(const BucketId &bucket) const
{
    const std::string begin = changeKey(bucket, 0);
    const rocksdb::Slice beginSlice(begin);
    rocksdb::ReadOptions options;
    options.iterate_lower_bound = &beginSlice;
    const auto iterator = iterate(options, Family::Changes);
    iterator->SeekForPrev(changeKey(bucket, kLastSequence));
    if (!iterator->Valid()) {
        TRY_STATUS(statusOf(iterator->status(), "read the changes of a bucket"));
        return std::nullopt;
    }
    TRY_ASSIGN(auto change, changeAt(*iterator));
    return change;
}

Result<Index::FeedReaders> RocksIndex::feedReaders() const
{
    FeedReaders readers;
    const rocksdb::ReadOptions options;
    const auto iterator = iterate(options, Family::Consumers);
    for (iterator->SeekToFirst(); iterator->Valid(); iterator->Next()) {
        const auto key = ConsumerKey::decode(iterator->key().ToStringView());
        if (!key)
            return failure(Error::Corrupt, "the index holds a reader of changes under a key that is none's");
        if (key->consumer) {
            auto &consumer = readers.consumers.emplace_back(key->bucket, *key->consumer);
            TRY_STATUS(decode(viewOf(iterator->value()), consumer.row));
        } else {
            TRY_STATUS(
                decode(viewOf(iterator->value()), readers.feeds.emplace_back(key->bucket, FeedRow{}).second));
        }
    }
    TRY_STATUS(statusOf(iterator->status(), "read who reads changes"));
    return readers;
}

Result<std::vector<Index::Tombstone>> RocksIndex::tombstones(const BucketId &bucket,
                                                             const std::optional<TombstonePlace> &after,
                                                             std::size_t limit) const
{
    const std::string bucketRows = expiringRowsOf(bucket);
    const std::string end = prefixEnd(bucketRows);
    const rocksdb::Slice endSlice(end);
    rocksdb::ReadOptions options;
    options.total_order_seek = true;
    options.iterate_upper_bound = &endSlice;
    std::string begin = bucketRows;
    if (after && after->isWholeKey)
        begin = prefixEnd(tombstoneKey(bucket, after->key, {}));
    else if (after)
        begin = tombstoneKey(bucket, after->key, after->version) + '\0';

    std::vector<Tombstone> found;
    const auto iterator = iterate(options, Family::Tombstones);
    for (iterator->Seek(begin); iterator->Valid() && found.size() < limit; iterator->Next()) {
        std::string_view key = iterator->key().ToStringView();
        key.remove_prefix(bucketRows.size() - bucket.bytes.size());  // the kind of row
        const auto length = objectKeyLength(key);
        if (!length)
            return failure(Error::Corrupt,
                           "the index holds a tombstone under a key that is not a tombstone's");
        Tombstone &tombstone = found.emplace_back();
        tombstone.key = unescapedKey(key.substr(0, *length));
        tombstone.version = VersionSuffix::decode(key.substr(*length));
        TRY_STATUS(decode(viewOf(iterator->value()), tombstone.row));
    }
    TRY_STATUS(statusOf(iterator->status(), "read the tombstones of a bucket"));
    return found;
}

}  // namespace maxiofs::index
