// SPDX-License-Identifier: GPL-3.0-or-later
#include "log/segment_format.h"

#include "base/byte_io.h"

#include <algorithm>
#include <charconv>
#include <xxhash.h>

namespace maxiofs::log {

namespace {

constexpr std::string_view kMagic{"MXIOSEG\0", 8};
constexpr std::string_view kLabel = "segment";
constexpr std::string_view kSuffix = ".seg";
constexpr std::size_t kNameDigits = 16;

std::uint64_t hashOf(ByteView bytes)
{
    return XXH3_64bits(bytes.data(), bytes.size());
}

}  // namespace

void SegmentHeader::encode(frame::FrameCipher &cipher, Bytes &to) const
{
    const std::size_t begin = to.size();
    ByteWriter writer(to);
    writer.raw(asBytes(kMagic));
    writer.fixed(kFormat);
    writer.fixed(dataKey);
    writer.fixed(number);
    writer.raw(salt);
    writer.raw(marker.bytes);
    writer.fixed(previous);
    writer.fixed(previousLength);
    writer.fixed(static_cast<std::uint64_t>(createdMs));
    writer.fixed(lastSequence);
    const Bytes clear(to.begin() + static_cast<std::ptrdiff_t>(begin), to.end());
    cipher.sealHeader(kLabel, frame::FrameCipher::Owner::ofSequence(number), clear, {}, to);
}

Result<SegmentHeader> SegmentHeader::decode(ByteView bytes)
{
    ByteReader reader(bytes);
    const ByteView magic = reader.raw(kMagic.size());
    const auto format = reader.fixed<std::uint32_t>();
    SegmentHeader header;
    header.dataKey = reader.fixed<std::uint32_t>();
    header.number = reader.fixed<std::uint64_t>();
    const ByteView salt = reader.raw(frame::kSaltSize);
    const auto marker = Id128::fromBytes(reader.raw(16));
    header.previous = reader.fixed<std::uint64_t>();
    header.previousLength = reader.fixed<std::uint64_t>();
    header.createdMs = static_cast<std::int64_t>(reader.fixed<std::uint64_t>());
    header.lastSequence = reader.fixed<std::uint64_t>();
    if (!reader.ok() || asText(magic) != kMagic)
        return failure(Error::Corrupt, "the segment's header is damaged");
    if (format != kFormat)
        return failure(Error::Unsupported, "the segment has format " + std::to_string(format) +
                                               ", this version reads up to " + std::to_string(kFormat));
    std::ranges::copy(salt, header.salt.begin());
    header.marker = *marker;
    return header;
}

Status SegmentHeader::authenticate(ByteView bytes, const frame::FrameCipher &cipher)
{
    if (bytes.size() < kSize)
        return failure(Error::Corrupt, "the segment's header is damaged");
    const std::size_t tagAt = kSize - frame::kFrameOverhead;
    ByteReader number(bytes.subspan(16));
    TRY_STATUS(cipher.openHeader(kLabel, frame::FrameCipher::Owner::ofSequence(number.fixed<std::uint64_t>()),
                                 bytes.first(tagAt), bytes.subspan(tagAt, frame::kFrameOverhead)));
    return {};
}

void BatchHeader::encode(Bytes &to) const
{
    const std::size_t begin = to.size();
    ByteWriter writer(to);
    writer.fixed(kMagic);
    writer.fixed(kFormat);
    writer.raw(marker.bytes);
    writer.fixed(number);
    writer.fixed(records);
    writer.fixed(bytes);
    writer.fixed(hashOf(ByteView(to).subspan(begin)));
}

Result<BatchHeader> BatchHeader::decode(ByteView bytes, const Id128 &marker)
{
    if (bytes.size() < kSize)
        return failure(Error::Corrupt, "the log ends within a batch header");
    ByteReader reader(bytes.first(kSize));
    BatchHeader header;
    const auto magic = reader.fixed<std::uint32_t>();
    const auto format = reader.fixed<std::uint32_t>();
    header.marker = *Id128::fromBytes(reader.raw(16));
    header.number = reader.fixed<std::uint64_t>();
    header.records = reader.fixed<std::uint32_t>();
    header.bytes = reader.fixed<std::uint32_t>();
    const auto checksum = reader.fixed<std::uint64_t>();
    if (magic != kMagic || format != kFormat || header.marker != marker ||
        checksum != hashOf(bytes.first(kSize - sizeof checksum)))
        return failure(Error::Corrupt, "there is no intact batch header");
    return header;
}

std::string segmentFileName(std::uint64_t number)
{
    std::string digits = std::to_string(number);
    digits.insert(0, kNameDigits - std::min(kNameDigits, digits.size()), '0');
    return digits.append(kSuffix);
}

std::optional<std::uint64_t> segmentNumber(std::string_view fileName)
{
    if (!fileName.ends_with(kSuffix) || fileName.size() < kNameDigits + kSuffix.size())
        return std::nullopt;
    fileName.remove_suffix(kSuffix.size());
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(fileName.data(), fileName.data() + fileName.size(), number);
    if (error != std::errc() || end != fileName.data() + fileName.size() || number == 0)
        return std::nullopt;
    return number;
}

}  // namespace maxiofs::log
