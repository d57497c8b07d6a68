// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/stamp.h"
#include "frame/fields.h"
#include "frame/frame_cipher.h"

#include <string_view>

namespace maxiofs::log {

// What a record changes. Numbers are part of the format.
enum class RecordType : std::uint8_t {
    Put = 1,          // a version with its data: payload, or a large-object file named by Tag::BlobId
    Part = 2,         // a part of an upload: payload or file
    BeginUpload = 3,  // its sequence is the upload's data id
    Complete = 4,     // a version made of parts; no byte moves
    AbortUpload = 5,  //
    Delete = 6,       // with Tag::DeleteMarker a marker, else the removal of a version
    Metadata = 7,     // a version's complete new header; Tag::DataId names the data
    CloseBucket = 8,  //
    Stub = 9,         // what compaction leaves of a dead record while a segment in its kills exists
};

[[nodiscard]] std::string_view nameOf(RecordType type);

// Where a record lies.
struct Place {
    std::uint64_t segment = 0;
    std::uint64_t offset = 0;
    std::uint64_t length = 0;  // payload included

    auto operator<=>(const Place &) const = default;
};

// A record as it stands in a segment, without its payload.
struct Record {
    RecordType type{};
    std::uint64_t sequence = 0;
    Stamp stamp;
    frame::Fields fields;  // the clear ones; sealed ones by Segment::openSealed
    Bytes clear;           // both lists as stored
    Bytes sealed;
    std::uint64_t payloadSize = 0;  // plaintext bytes
    std::uint64_t payloadOffset = 0;
    Place place;
};

// The fixed beginning of every record:
//   u32 magic, u8 type, 3 zero bytes, u32 length of clear fields, u32 length of sealed fields,
//   u64 plaintext bytes of the payload, u64 sequence, u64 stamp time, 16 bytes stamp node, u32 zero, u32
//   CRC32C
// then clear fields, sealed fields (counter | ciphertext | tag), authentication of all that (counter | tag),
// and the payload's frames.
struct RecordPrefix {
    static constexpr std::uint32_t kMagic = 0x4352584d;  // "MXRC"
    static constexpr std::size_t kSize = 64;
    static constexpr std::uint32_t kMaxFieldsBytes = 16U << 20;  // 10,000 parts take about 1 MiB
    static constexpr std::uint64_t kMaxPayload = 64ULL << 20;

    RecordType type{};
    std::uint32_t clearLength = 0;
    std::uint32_t sealedLength = 0;
    std::uint64_t payloadSize = 0;
    std::uint64_t sequence = 0;
    Stamp stamp;

    [[nodiscard]] std::uint64_t headerLength() const
    {
        return kSize + clearLength + sealedLength + frame::kFrameOverhead;
    }
    [[nodiscard]] std::uint64_t recordLength() const
    {
        return headerLength() + frame::framedSize(payloadSize);
    }

    void encode(Bytes &to) const;
    /// Error::Corrupt where magic, checksum, type or a length is not what a writer makes.
    [[nodiscard]] static Result<RecordPrefix> decode(ByteView bytes);
};

inline constexpr std::string_view kRecordLabel = "record";
inline constexpr std::string_view kFieldsLabel = "fields";

// A record to be written.
struct NewRecord {
    RecordType type{};
    std::uint64_t sequence = 0;
    Stamp stamp;
    const frame::Fields *fields = nullptr;
    ByteView payload;
};

// The parts of an encoded record that its index row keeps, and where its payload begins.
struct EncodedRecord {
    Bytes clear;
    Bytes sealed;
    std::uint64_t length = 0;
    std::uint64_t payloadAt = 0;  // from the record's first byte
};

/// Appends the record, encrypted, to `to`.
[[nodiscard]] EncodedRecord encodeRecord(const NewRecord &record, frame::FrameCipher &cipher, Bytes &to);

/// Checks and decodes a record's header: `bytes` begins at the record and holds at least its headerLength().
[[nodiscard]] Result<Record> decodeRecord(ByteView bytes, const RecordPrefix &prefix,
                                          const frame::FrameCipher &cipher, std::uint64_t segment,
                                          std::uint64_t offset);

}  // namespace maxiofs::log
