// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/byte_io.h"
#include "base/result.h"

#include <optional>
#include <utility>
#include <vector>

namespace maxiofs::frame {

// A tag says what a header field is; two of its bits say how to treat it, also to a reader that does not know
// it.
inline constexpr std::uint16_t kCriticalTag =
    0x8000;                                          // a reader that does not know it must not use the object
inline constexpr std::uint16_t kSealedTag = 0x4000;  // stored encrypted

enum class Tag : std::uint16_t {
    BucketId = 1,      // 16 bytes
    Key = 2,           // the object's key, 1 to 1,024 bytes
    Version = 3,       // stamp of the version: u64 time, 16 bytes node; absent for the null version
    Size = 4,          // varint, plaintext bytes
    Etag = 5,          // text without quotes
    ContentHash = 6,   // XXH3-128, 16 bytes
    Checksum = 7,      // u8 algorithm, u8 type (0 composite, 1 full object), value
    OwnerId = 8,       // 64 hex digits
    StorageClass = 9,  // text
    DataId = 10,       // varint: sequence of the record that brought the data, or of the upload's beginning
    BlobId = 11,       // 16 bytes: the data lies in this large-object file
    PartTable = 12,  // of a completed upload: count, then per part number, size, etag, checksum, content hash
    PartNumber = 13,    // varint, 1 to 10,000
    UploadId = 14,      // 16 bytes
    Kills = 15,         // varints: segments that hold records this one replaces
    DeleteMarker = 16,  // empty: the version is a delete marker
    Encryption = 17,    // text of x-amz-server-side-encryption, returned as given
    NullStamp = 18,     // stamp of a null version whose metadata changed: u64 time, 16 bytes node
    EndedData = 19,     // varints: data ids of parts that died with what this record replaces
    HeaderStamp = 20,   // stamp of the last change of a version's header; absent: the version's own
    PieceTable = 21,    // as PartTable, of an object whose parts came from another node as one piece
    Repair =
        22,  // empty: the record puts right what has the same stamps, and changes nothing that a feed tells
    // Set aside: lock mode, retain until, legal hold, SSE-C key digest, redirect, restore state, replication
    // status.
    LockMode = 32 | kCriticalTag,
    RetainUntil = 33 | kCriticalTag,
    LegalHold = 34 | kCriticalTag,
    CustomerKeyDigest = 35 | kCriticalTag,
    Redirect = 36,
    RestoreState = 37,
    Origin = 38,  // ids of buckets, 16 bytes each: the version came through them from another node
    ReplicationStatus = 39,

    ContentHeaders = 64 | kSealedTag,  // pairs of sized name, sized value: content-type, cache-control, ...
    UserMetadata = 65 | kSealedTag,    // pairs of sized name (without x-amz-meta-), sized value
    ObjectTags = 66 | kSealedTag,      // pairs of sized key, sized value
    Acl = 67 | kSealedTag,
};

/// More fields than this are no header of ours: a decoder refuses them.
inline constexpr std::size_t kMaxFields = 1024;

// An ordered list of tagged fields. Unknown ones are kept, in place, through decode and encode.
class Fields {
public:
    /// Replaces the field, or appends it.
    void set(Tag tag, Bytes value);
    void setText(Tag tag, std::string_view value) { set(tag, toBytes(value)); }
    void setVarint(Tag tag, std::uint64_t value);
    void remove(Tag tag);

    /// Empty where the field is absent. The view lives as long as this object is not changed.
    [[nodiscard]] std::optional<ByteView> get(Tag tag) const;
    [[nodiscard]] std::optional<std::string> text(Tag tag) const;
    [[nodiscard]] std::optional<std::uint64_t> varint(Tag tag) const;
    [[nodiscard]] bool has(Tag tag) const { return get(tag).has_value(); }
    [[nodiscard]] bool empty() const { return m_fields.empty(); }

    /// The fields whose kSealedTag bit is `sealed`: u16 tag, varint length, bytes each.
    [[nodiscard]] Bytes encode(bool sealed) const;
    /// Appends the fields of an encoded list. Error::Corrupt (and nothing appended) for a malformed one, a
    /// tag twice, more than kMaxFields, or a sealed tag in a clear list and the reverse.
    [[nodiscard]] Status decode(ByteView encoded, bool sealed);

    /// Error::Unsupported, naming the tag, when a critical field is unknown to this version.
    [[nodiscard]] Status checkCritical() const;

    bool operator==(const Fields &) const = default;

private:
    using Field = std::pair<std::uint16_t, Bytes>;
    std::vector<Field> m_fields;
};

}  // namespace maxiofs::frame
