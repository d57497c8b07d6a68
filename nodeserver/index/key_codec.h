// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/id.h"
#include "base/stamp.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace maxiofs::index {

// The keys of the index's rows. An object's key is escaped (00 becomes 00 FF) and ended with 00 01, so that
// the order of encoded keys is the byte order of the keys and what follows the end never mixes with a longer
// key:
//
//   current      bucket id | escaped key | 00 01
//   versions     ... | ~time, big-endian | ~node id      (newest first)
//                ...                                     (where the null version is)
//                ... | FF x 8 | ~time, big-endian | ~first 4 bytes of the node id | 00 x 4  (conflict
//                version)
//   conflicts    as those of conflict versions
//   uploads      ... | upload id
//   parts        data id, big-endian | part number, big-endian
//   tombstones   1 | as in versions
//                2 | milliseconds, big-endian | the row's key      (order of expiry)
//   completions  1 | bucket id | upload id
//                2 | milliseconds, big-endian | the row's key
//   buckets      bucket id | kind
//   segments     number, big-endian
//   changes      bucket id | sequence, big-endian
//   consumers    bucket id | 1 (the feed)
//                bucket id | 2 | id of the consumer
[[nodiscard]] std::string objectKey(const BucketId &bucket, std::string_view key);
[[nodiscard]] std::string versionKey(const BucketId &bucket, std::string_view key, const Stamp &stamp);
[[nodiscard]] std::string uploadKey(const BucketId &bucket, std::string_view key, const Id128 &uploadId);
[[nodiscard]] std::string partKey(std::uint64_t dataId, std::uint16_t number);
[[nodiscard]] std::string tombstoneKey(const BucketId &bucket, std::string_view key,
                                       const std::optional<Stamp> &version);
[[nodiscard]] std::string completionKey(const BucketId &bucket, const Id128 &uploadId);
/// All rows of a bucket in `tombstones` or `completions` begin with this.
[[nodiscard]] std::string expiringRowsOf(const BucketId &bucket);
/// The row that orders `rowKey` by when it expires.
[[nodiscard]] std::string expiryKey(std::int64_t unixMs, std::string_view rowKey);
[[nodiscard]] std::string countersKey(const BucketId &bucket);
[[nodiscard]] std::string closedKey(const BucketId &bucket);
[[nodiscard]] std::string segmentKey(std::uint64_t number);
[[nodiscard]] std::string changeKey(const BucketId &bucket, std::uint64_t sequence);
[[nodiscard]] std::string feedKey(const BucketId &bucket);
[[nodiscard]] std::string consumerKey(const BucketId &bucket, const Id128 &consumer);

/// What every row of a key with this prefix begins with; an empty prefix: every row of the bucket.
[[nodiscard]] std::string prefixBegin(const BucketId &bucket, std::string_view prefix);
/// Above all rows' keys that begin with `begin`, below or at every greater one.
[[nodiscard]] std::string prefixEnd(std::string_view begin);
/// Above all rows of this key, below those of every greater one.
[[nodiscard]] std::string beyondKey(const BucketId &bucket, std::string_view key);

/// Above all versions of this key but its conflict versions, below these.
[[nodiscard]] std::string beyondVersions(const BucketId &bucket, std::string_view key);

/// How many bytes of an encoded key name the object: up to and with the 00 01. Empty when there is no end.
[[nodiscard]] std::optional<std::size_t> objectKeyLength(std::string_view encoded);
[[nodiscard]] BucketId bucketOf(std::string_view encoded);
/// The object's key from `bucket id | escaped key | 00 01`, whose form objectKeyLength() has checked.
[[nodiscard]] std::string unescapedKey(std::string_view objectPart);

inline constexpr std::size_t kVersionSuffixSize = 8 + 16;

struct VersionSuffix {
    Stamp stamp;
    [[nodiscard]] std::string encoded() const;
    [[nodiscard]] static std::optional<Stamp> decode(std::string_view suffix);
    [[nodiscard]] static bool isOfConflict(std::string_view suffix);
};

/// A conflict version, from its key in `conflicts`.
struct ConflictKey {
    BucketId bucket;
    std::string key;
    Stamp version;
    [[nodiscard]] static std::optional<ConflictKey> decode(std::string_view encoded);
};

struct ExpiryKey {
    std::int64_t unixMs = 0;
    std::string_view rowKey;
    [[nodiscard]] static std::optional<ExpiryKey> decode(std::string_view encoded);
    /// The first key of all such rows.
    [[nodiscard]] static std::string first();
};

[[nodiscard]] std::optional<std::pair<std::uint64_t, std::uint16_t>> decodePartKey(std::string_view encoded);
[[nodiscard]] std::optional<std::uint64_t> decodeSegmentKey(std::string_view encoded);
/// The sequence of a key of `changes`.
[[nodiscard]] std::optional<std::uint64_t> decodeChangeKey(std::string_view encoded);

// A key of `consumers`.
struct ConsumerKey {
    BucketId bucket;
    std::optional<Id128> consumer;  // absent: the row of the feed
    [[nodiscard]] static std::optional<ConsumerKey> decode(std::string_view encoded);
};

}  // namespace maxiofs::index
