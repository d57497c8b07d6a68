// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cluster/replication/batch.h"

namespace maxiofs::cluster::replication::samples {

inline const NodeId kNode = *NodeId::fromUuid("11111111-2222-4333-8444-555555555555");
inline const BucketId kBucket = *BucketId::fromHex("00112233445566778899aabbccddeeff");
inline const BucketId kOther = *BucketId::fromHex("ffeeddccbbaa99887766554433221100");

inline Stamp stampAt(std::uint64_t time)
{
    return {time, kNode};
}

inline store::VersionHeader headerOf(const std::string &key, std::uint64_t time, std::uint64_t size)
{
    store::VersionHeader header;
    header.key = key;
    header.version.stamp = stampAt(time);
    header.stamp = stampAt(time);
    header.headerStamp = stampAt(time);
    header.size = size;
    header.contentHash = Bytes(16, std::byte{0x5a});
    header.fields.setText(frame::Tag::Etag, "900150983cd24fb0d6963f7d28e17f72");
    return header;
}

inline rules::BatchHeader batchHeader()
{
    rules::BatchHeader header;
    header.rule = *Id128::fromUuid("99999999-2222-4333-8444-555555555555");
    header.bucket = kBucket;
    header.destinationBucket = kOther;
    header.location = {kNode, {7, kNode}, false};
    header.to = 1000;
    header.complete = 900;
    header.whole = true;
    return header;
}

inline StateBatch batchOfAll()
{
    StateBatch batch;
    batch.header = batchHeader();
    batch.states.emplace_back(SentVersion{headerOf("a", 1, 3), toBytes("abc")});
    batch.states.emplace_back(OfferedVersion{headerOf("schlüssel/ü", 2, 1ULL << 33)});
    batch.states.emplace_back(SentHeader{headerOf("c", 3, 5)});
    store::VersionHeader marker = headerOf("d", 4, 0);
    marker.isDeleteMarker = true;
    marker.contentHash.clear();
    batch.states.emplace_back(SentVersion{marker, {}});
    batch.states.emplace_back(store::VersionRemoval{"e", {stampAt(5)}, stampAt(6), stampAt(5), {kOther}});
    batch.states.emplace_back(store::VersionRemoval{"f", {}, stampAt(8), stampAt(7), {}});
    return batch;
}

}  // namespace maxiofs::cluster::replication::samples
