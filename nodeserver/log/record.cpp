// SPDX-License-Identifier: GPL-3.0-or-later
#include "log/record.h"

#include "crypto/crc.h"

#include <algorithm>

namespace maxiofs::log {

std::string_view nameOf(RecordType type)
{
    switch (type) {
    case RecordType::Put: return "put";
    case RecordType::Part: return "part";
    case RecordType::BeginUpload: return "begin upload";
    case RecordType::Complete: return "complete";
    case RecordType::AbortUpload: return "abort upload";
    case RecordType::Delete: return "delete";
    case RecordType::Metadata: return "metadata";
    case RecordType::CloseBucket: return "close bucket";
    case RecordType::Stub: return "stub";
    }
    return "unknown";
}

void RecordPrefix::encode(Bytes &to) const
{
    const std::size_t begin = to.size();
    ByteWriter writer(to);
    writer.fixed(kMagic);
    writer.fixed(static_cast<std::uint8_t>(type));
    writer.fixed(std::uint8_t{0});
    writer.fixed(std::uint16_t{0});
    writer.fixed(clearLength);
    writer.fixed(sealedLength);
    writer.fixed(payloadSize);
    writer.fixed(sequence);
    writer.fixed(stamp.time);
    writer.raw(stamp.node.bytes);
    writer.fixed(std::uint32_t{0});
    writer.fixed(crypto::crc32c(ByteView(to).subspan(begin)));
}

Result<RecordPrefix> RecordPrefix::decode(ByteView bytes)
{
    if (bytes.size() < kSize)
        return failure(Error::Corrupt, "the log ends within a record");
    ByteReader reader(bytes.first(kSize));
    RecordPrefix prefix;
    const auto magic = reader.fixed<std::uint32_t>();
    const auto type = reader.fixed<std::uint8_t>();
    reader.raw(3);
    prefix.clearLength = reader.fixed<std::uint32_t>();
    prefix.sealedLength = reader.fixed<std::uint32_t>();
    prefix.payloadSize = reader.fixed<std::uint64_t>();
    prefix.sequence = reader.fixed<std::uint64_t>();
    prefix.stamp.time = reader.fixed<std::uint64_t>();
    prefix.stamp.node = *NodeId::fromBytes(reader.raw(16));
    reader.fixed<std::uint32_t>();
    const auto checksum = reader.fixed<std::uint32_t>();
    if (magic != kMagic || checksum != crypto::crc32c(bytes.first(kSize - sizeof checksum)))
        return failure(Error::Corrupt, "there is no intact record");
    if (type < static_cast<std::uint8_t>(RecordType::Put) ||
        type > static_cast<std::uint8_t>(RecordType::Stub))
        return failure(Error::Unsupported,
                       "the record's type " + std::to_string(type) + " is unknown to this version");
    if (prefix.clearLength > kMaxFieldsBytes || prefix.sealedLength > kMaxFieldsBytes ||
        prefix.payloadSize > kMaxPayload)
        return failure(Error::Corrupt, "the record's lengths are impossible");
    prefix.type = static_cast<RecordType>(type);
    return prefix;
}

EncodedRecord encodeRecord(const NewRecord &record, frame::FrameCipher &cipher, Bytes &to)
{
    EncodedRecord encoded;
    const auto owner = frame::FrameCipher::Owner::ofSequence(record.sequence);
    encoded.clear = record.fields->encode(false);
    if (const Bytes secret = record.fields->encode(true); !secret.empty())
        cipher.sealHeader(kFieldsLabel, owner, {}, secret, encoded.sealed);

    RecordPrefix prefix;
    prefix.type = record.type;
    prefix.clearLength = static_cast<std::uint32_t>(encoded.clear.size());
    prefix.sealedLength = static_cast<std::uint32_t>(encoded.sealed.size());
    prefix.payloadSize = record.payload.size();
    prefix.sequence = record.sequence;
    prefix.stamp = record.stamp;
    encoded.length = prefix.recordLength();

    const std::size_t begin = to.size();
    // The header is authenticated in place: the buffer must not move meanwhile. Grows geometrically.
    if (const std::size_t needed = begin + prefix.recordLength(); needed > to.capacity())
        to.reserve(std::max<std::size_t>(needed, 2 * to.capacity()));
    prefix.encode(to);
    append(to, encoded.clear);
    append(to, encoded.sealed);
    const ByteView header(to.data() + begin, to.size() - begin);
    cipher.sealHeader(kRecordLabel, owner, header, {}, to);
    encoded.payloadAt = to.size() - begin;
    cipher.sealAll(owner, record.payload, to);
    return encoded;
}

Result<Record> decodeRecord(ByteView bytes, const RecordPrefix &prefix, const frame::FrameCipher &cipher,
                            std::uint64_t segment, std::uint64_t offset)
{
    const std::size_t tagAt = RecordPrefix::kSize + prefix.clearLength + prefix.sealedLength;
    if (bytes.size() < tagAt + frame::kFrameOverhead)
        return failure(Error::Corrupt, "the log ends within a record's header");
    const auto owner = frame::FrameCipher::Owner::ofSequence(prefix.sequence);
    TRY_STATUS(cipher.openHeader(kRecordLabel, owner, bytes.first(tagAt),
                                 bytes.subspan(tagAt, frame::kFrameOverhead)));

    Record record;
    record.type = prefix.type;
    record.sequence = prefix.sequence;
    record.stamp = prefix.stamp;
    const ByteView clear = bytes.subspan(RecordPrefix::kSize, prefix.clearLength);
    const ByteView sealed = bytes.subspan(RecordPrefix::kSize + prefix.clearLength, prefix.sealedLength);
    record.clear.assign(clear.begin(), clear.end());
    record.sealed.assign(sealed.begin(), sealed.end());
    TRY_STATUS(record.fields.decode(clear, false));
    record.payloadSize = prefix.payloadSize;
    record.payloadOffset = offset + prefix.headerLength();
    record.place = {segment, offset, prefix.recordLength()};
    return record;
}

}  // namespace maxiofs::log
