// SPDX-License-Identifier: GPL-3.0-or-later
#include "blob/blob_header.h"

#include "base/byte_io.h"

#include <algorithm>

namespace maxiofs::blob {

namespace {

constexpr std::string_view kMagic = "MXLARGEO";
constexpr std::uint16_t kVersion = 1;
constexpr std::string_view kLabel = "blob";

}  // namespace

Result<Bytes> encodeHeader(const ClearHeader &header, const Purpose &purpose, frame::FrameCipher &cipher)
{
    Bytes secret;
    ByteWriter secretWriter(secret);
    secretWriter.sized(purpose.encode(false));
    secretWriter.sized(purpose.encode(true));
    const std::size_t sealedSize = secret.size() + frame::kFrameOverhead;
    if (sealedSize > ClearHeader::kMostSealed)
        return failure(Error::InvalidArgument, "The purpose of a large-object file has " +
                                                   std::to_string(secret.size()) +
                                                   " bytes; that is too much.");
    Bytes encoded;
    ByteWriter writer(encoded);
    writer.raw(asBytes(kMagic));
    writer.fixed(kVersion);
    writer.fixed(header.dataKey);
    writer.raw(header.salt);
    writer.raw(header.id.bytes);
    writer.fixed(static_cast<std::uint32_t>(sealedSize));
    const Bytes clear = encoded;
    cipher.sealHeader(kLabel, frame::FrameCipher::Owner::ofId(header.id), clear, secret, encoded);
    return encoded;
}

Result<ClearHeader> decodeClearHeader(ByteView begin)
{
    ByteReader reader(begin);
    if (asText(reader.raw(kMagic.size())) != kMagic)
        return failure(Error::Corrupt, "It does not begin like a large-object file.");
    const auto version = reader.fixed<std::uint16_t>();
    if (reader.ok() && version > kVersion)
        return failure(Error::Unsupported, "It has version " + std::to_string(version) +
                                               "; this program reads up to " + std::to_string(kVersion) +
                                               ": use a newer version of MaxIOFS.");
    ClearHeader header;
    header.dataKey = reader.fixed<frame::DataKeyId>();
    const ByteView salt = reader.raw(header.salt.size());
    const auto id = BlobId::fromBytes(reader.raw(header.id.bytes.size()));
    header.sealedSize = reader.fixed<std::uint32_t>();
    if (!reader.ok() || version == 0 || header.sealedSize < frame::kFrameOverhead ||
        header.sealedSize > ClearHeader::kMostSealed)
        return failure(Error::Corrupt, "Its header is damaged.");
    std::ranges::copy(salt, header.salt.begin());
    header.id = *id;
    return header;
}

Result<Purpose> openPurpose(const BlobId &id, ByteView clear, ByteView sealed,
                            const frame::FrameCipher &cipher)
{
    TRY_ASSIGN(const Bytes secret,
               cipher.openHeader(kLabel, frame::FrameCipher::Owner::ofId(id), clear, sealed));
    ByteReader reader(secret);
    Purpose purpose;
    TRY_STATUS(purpose.decode(reader.sized(), false));
    TRY_STATUS(purpose.decode(reader.sized(), true));
    if (!reader.finished())
        return failure(Error::Corrupt, "Its header is damaged.");
    return purpose;
}

}  // namespace maxiofs::blob
