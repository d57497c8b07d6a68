// SPDX-License-Identifier: GPL-3.0-or-later
#include "index/key_codec.h"

#include "index/conflict_stamp.h"

#include <algorithm>
#include <bit>
#include <cstring>

namespace maxiofs::index {

namespace {

constexpr char kEscape = '\x00';
constexpr char kEscapedZero = '\xff';
constexpr char kEnd = '\x01';
constexpr char kBeyond = '\x02';
constexpr std::size_t kBucketSize = 16;
constexpr std::size_t kEndSize = 2;

constexpr std::size_t kAboveAll = 4096;  // FF bytes: longer than a row's key becomes

// A version has no time of 0, so nothing else begins so.
constexpr std::string_view kConflictBegin("\xff\xff\xff\xff\xff\xff\xff\xff", 8);
constexpr std::size_t kConflictNode = 4;  // bytes of the node's id

constexpr char kRowKind = 1;
constexpr char kExpiryKind = 2;
constexpr char kCountersKind = 1;
constexpr char kClosedKind = 2;
constexpr char kFeedKind = 1;
constexpr char kConsumerKind = 2;

template <std::unsigned_integral T>
void appendBigEndian(std::string &to, T value)
{
    const T swapped = std::byteswap(value);
    to.append(reinterpret_cast<const char *>(&swapped), sizeof swapped);
}

template <std::unsigned_integral T>
T bigEndianAt(std::string_view from, std::size_t offset)
{
    T value = 0;
    std::memcpy(&value, from.data() + offset, sizeof value);
    return std::byteswap(value);
}

void appendId(std::string &to, const Id128 &id)
{
    to.append(asText(id.bytes));
}

void appendEscaped(std::string &to, std::string_view key)
{
    while (true) {
        const std::size_t zero = key.find(kEscape);
        if (zero == std::string_view::npos)
            break;
        to.append(key.substr(0, zero + 1));
        to.push_back(kEscapedZero);
        key.remove_prefix(zero + 1);
    }
    to.append(key);
}

void appendObject(std::string &to, const BucketId &bucket, std::string_view key, char end)
{
    to.reserve(to.size() + kBucketSize + key.size() + kEndSize + kVersionSuffixSize);
    appendId(to, bucket);
    appendEscaped(to, key);
    to.push_back(kEscape);
    to.push_back(end);
}

void appendVersion(std::string &to, const Stamp &stamp)
{
    const bool isOfConflict = isConflict(stamp);
    if (isOfConflict)
        to.append(kConflictBegin);
    appendBigEndian(to, ~stamp.time);
    for (const std::byte byte : ByteView(stamp.node.bytes).first(isOfConflict ? kConflictNode : 16))
        to.push_back(static_cast<char>(~byte));
    if (isOfConflict)
        to.append(kVersionSuffixSize - kConflictBegin.size() - sizeof stamp.time - kConflictNode, '\0');
}

}  // namespace

std::string objectKey(const BucketId &bucket, std::string_view key)
{
    std::string encoded;
    appendObject(encoded, bucket, key, kEnd);
    return encoded;
}

std::string versionKey(const BucketId &bucket, std::string_view key, const Stamp &stamp)
{
    std::string encoded = objectKey(bucket, key);
    appendVersion(encoded, stamp);
    return encoded;
}

std::string uploadKey(const BucketId &bucket, std::string_view key, const Id128 &uploadId)
{
    std::string encoded = objectKey(bucket, key);
    appendId(encoded, uploadId);
    return encoded;
}

std::string partKey(std::uint64_t dataId, std::uint16_t number)
{
    std::string encoded;
    appendBigEndian(encoded, dataId);
    appendBigEndian(encoded, number);
    return encoded;
}

std::string tombstoneKey(const BucketId &bucket, std::string_view key, const std::optional<Stamp> &version)
{
    std::string encoded(1, kRowKind);
    appendObject(encoded, bucket, key, kEnd);
    if (version)
        appendVersion(encoded, *version);
    return encoded;
}

std::string completionKey(const BucketId &bucket, const Id128 &uploadId)
{
    std::string encoded = expiringRowsOf(bucket);
    appendId(encoded, uploadId);
    return encoded;
}

std::string expiringRowsOf(const BucketId &bucket)
{
    std::string encoded(1, kRowKind);
    appendId(encoded, bucket);
    return encoded;
}

std::string expiryKey(std::int64_t unixMs, std::string_view rowKey)
{
    std::string encoded = ExpiryKey::first();
    appendBigEndian(encoded, static_cast<std::uint64_t>(std::max<std::int64_t>(unixMs, 0)));
    encoded.append(rowKey);
    return encoded;
}

std::string countersKey(const BucketId &bucket)
{
    std::string encoded(asText(bucket.bytes));
    encoded.push_back(kCountersKind);
    return encoded;
}

std::string closedKey(const BucketId &bucket)
{
    std::string encoded(asText(bucket.bytes));
    encoded.push_back(kClosedKind);
    return encoded;
}

std::string segmentKey(std::uint64_t number)
{
    std::string encoded;
    appendBigEndian(encoded, number);
    return encoded;
}

std::string changeKey(const BucketId &bucket, std::uint64_t sequence)
{
    std::string encoded(asText(bucket.bytes));
    appendBigEndian(encoded, sequence);
    return encoded;
}

std::string feedKey(const BucketId &bucket)
{
    std::string encoded(asText(bucket.bytes));
    encoded.push_back(kFeedKind);
    return encoded;
}

std::string consumerKey(const BucketId &bucket, const Id128 &consumer)
{
    std::string encoded(asText(bucket.bytes));
    encoded.push_back(kConsumerKind);
    appendId(encoded, consumer);
    return encoded;
}

std::string prefixBegin(const BucketId &bucket, std::string_view prefix)
{
    std::string encoded(asText(bucket.bytes));
    appendEscaped(encoded, prefix);
    return encoded;
}

std::string prefixEnd(std::string_view begin)
{
    std::string end(begin);
    while (!end.empty() && static_cast<unsigned char>(end.back()) == 0xff)
        end.pop_back();
    if (end.empty())
        return std::string(kAboveAll, '\xff');
    end.back() = static_cast<char>(static_cast<unsigned char>(end.back()) + 1);
    return end;
}

std::string beyondKey(const BucketId &bucket, std::string_view key)
{
    std::string encoded;
    appendObject(encoded, bucket, key, kBeyond);
    return encoded;
}

std::string beyondVersions(const BucketId &bucket, std::string_view key)
{
    return objectKey(bucket, key).append(kConflictBegin);
}

std::optional<std::size_t> objectKeyLength(std::string_view encoded)
{
    std::size_t from = kBucketSize;
    while (from < encoded.size()) {
        const std::size_t zero = encoded.find(kEscape, from);
        if (zero == std::string_view::npos || zero + 1 >= encoded.size())
            break;
        if (encoded[zero + 1] == kEnd)
            return zero + kEndSize;
        if (encoded[zero + 1] != kEscapedZero)
            break;
        from = zero + 2;
    }
    return std::nullopt;
}

BucketId bucketOf(std::string_view encoded)
{
    return Id128::fromBytes(asBytes(encoded.substr(0, kBucketSize))).value_or(BucketId{});
}

std::string unescapedKey(std::string_view objectPart)
{
    std::string_view escaped = objectPart.substr(kBucketSize, objectPart.size() - kBucketSize - kEndSize);
    std::size_t zero = escaped.find(kEscape);
    if (zero == std::string_view::npos)
        return std::string(escaped);
    std::string key;
    key.reserve(escaped.size());
    for (; zero != std::string_view::npos; zero = escaped.find(kEscape)) {
        key.append(escaped.substr(0, zero + 1));
        escaped.remove_prefix(zero + 2);
    }
    key.append(escaped);
    return key;
}

std::string VersionSuffix::encoded() const
{
    std::string suffix;
    appendVersion(suffix, stamp);
    return suffix;
}

std::optional<Stamp> VersionSuffix::decode(std::string_view suffix)
{
    if (suffix.size() != kVersionSuffixSize)
        return std::nullopt;
    const bool ofConflict = isOfConflict(suffix);
    if (ofConflict)
        suffix.remove_prefix(kConflictBegin.size());
    Stamp stamp;
    stamp.time = ~bigEndianAt<std::uint64_t>(suffix, 0);
    suffix.remove_prefix(sizeof stamp.time);
    const std::size_t nodeBytes = ofConflict ? kConflictNode : stamp.node.bytes.size();
    for (std::size_t i = 0; i < nodeBytes; ++i)
        stamp.node.bytes[i] = ~static_cast<std::byte>(suffix[i]);
    // One text for each stamp: else a damaged key would be taken for another one.
    if (suffix.find_first_not_of('\0', nodeBytes) != std::string_view::npos ||
        (!ofConflict && isConflict(stamp)))
        return std::nullopt;
    return ofConflict ? conflictStampOf(stamp) : stamp;
}

bool VersionSuffix::isOfConflict(std::string_view suffix)
{
    return suffix.starts_with(kConflictBegin);
}

std::optional<ConflictKey> ConflictKey::decode(std::string_view encoded)
{
    const auto length = objectKeyLength(encoded);
    const auto version = length ? VersionSuffix::decode(encoded.substr(*length)) : std::nullopt;
    if (!version || !isConflict(*version))
        return std::nullopt;
    return ConflictKey{bucketOf(encoded), unescapedKey(encoded.substr(0, *length)), *version};
}

std::optional<ExpiryKey> ExpiryKey::decode(std::string_view encoded)
{
    constexpr std::size_t headSize = 1 + sizeof(std::uint64_t);
    if (encoded.size() < headSize || encoded[0] != kExpiryKind)
        return std::nullopt;
    return ExpiryKey{.unixMs = static_cast<std::int64_t>(bigEndianAt<std::uint64_t>(encoded, 1)),
                     .rowKey = encoded.substr(headSize)};
}

std::string ExpiryKey::first()
{
    return std::string(1, kExpiryKind);
}

std::optional<std::pair<std::uint64_t, std::uint16_t>> decodePartKey(std::string_view encoded)
{
    if (encoded.size() != sizeof(std::uint64_t) + sizeof(std::uint16_t))
        return std::nullopt;
    return std::pair{bigEndianAt<std::uint64_t>(encoded, 0),
                     bigEndianAt<std::uint16_t>(encoded, sizeof(std::uint64_t))};
}

std::optional<std::uint64_t> decodeChangeKey(std::string_view encoded)
{
    if (encoded.size() != kBucketSize + sizeof(std::uint64_t))
        return std::nullopt;
    return bigEndianAt<std::uint64_t>(encoded, kBucketSize);
}

std::optional<ConsumerKey> ConsumerKey::decode(std::string_view encoded)
{
    if (encoded.size() <= kBucketSize)
        return std::nullopt;
    ConsumerKey key{bucketOf(encoded), {}};
    const std::string_view rest = encoded.substr(kBucketSize + 1);
    if (encoded[kBucketSize] == kFeedKind && rest.empty())
        return key;
    key.consumer = Id128::fromBytes(asBytes(rest));
    if (encoded[kBucketSize] != kConsumerKind || !key.consumer)
        return std::nullopt;
    return key;
}

std::optional<std::uint64_t> decodeSegmentKey(std::string_view encoded)
{
    if (encoded.size() != sizeof(std::uint64_t))
        return std::nullopt;
    return bigEndianAt<std::uint64_t>(encoded, 0);
}

}  // namespace maxiofs::index
