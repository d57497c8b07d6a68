// SPDX-License-Identifier: GPL-3.0-or-later
// RocksIndex's conflict versions.
#include "index/rocks_index.h"

#include "index/key_codec.h"

namespace maxiofs::index {

Result<std::vector<Index::ConflictVersion>> RocksIndex::conflicts(const std::optional<BucketId> &bucket,
                                                                  const std::optional<ConflictVersion> &after,
                                                                  std::size_t limit) const
{
    std::string begin;
    std::string end = prefixEnd({});
    if (bucket) {
        begin = prefixBegin(*bucket, {});
        end = prefixEnd(begin);
    }
    if (after)
        begin = std::max(begin, versionKey(after->bucket, after->key, after->version) + '\0');
    const rocksdb::Slice endSlice(end);
    rocksdb::ReadOptions options;
    options.total_order_seek = true;
    options.iterate_upper_bound = &endSlice;
    std::vector<ConflictVersion> found;
    const auto iterator = iterate(options, Family::Conflicts);
    for (iterator->Seek(begin); iterator->Valid() && found.size() < limit; iterator->Next()) {
        auto name = ConflictKey::decode(iterator->key().ToStringView());
        if (!name)
            return failure(Error::Corrupt, "the index holds a conflict version under a key that is none");
        found.push_back({name->bucket, std::move(name->key), name->version});
    }
    TRY_STATUS(statusOf(iterator->status(), "read the conflict versions"));
    return found;
}

}  // namespace maxiofs::index
