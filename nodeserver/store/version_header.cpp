// SPDX-License-Identifier: GPL-3.0-or-later
// VersionHeader's form in messages.
#include "store/version_exchange.h"

#include "base/byte_io.h"
#include "store/change_feed.h"
#include "store/object_fields.h"

namespace maxiofs::store {

using frame::Tag;

namespace {

constexpr std::uint8_t kFormat = 1;
constexpr std::uint8_t kIsNull = 1;
constexpr std::uint8_t kIsMarker = 2;

std::unexpected<Error> corrupt()
{
    return failure(Error::Corrupt, "the header of a version of another node is damaged");
}

}  // namespace

std::vector<BucketId> VersionHeader::origins() const
{
    return originsOf(fields);
}

void VersionHeader::removeMetadata()
{
    fields.remove(Tag::UserMetadata);
    fields.remove(Tag::ObjectTags);
    headerStamp = stamp;
}

Bytes VersionHeader::encoded() const
{
    Bytes bytes;
    ByteWriter writer(bytes);
    writer.fixed(kFormat);
    writer.fixed(static_cast<std::uint8_t>((version.stamp ? 0 : kIsNull) | (isDeleteMarker ? kIsMarker : 0)));
    writer.sized(key);
    writer.raw(encodeStamp(stamp));
    writer.raw(encodeStamp(headerStamp));
    writer.varint(size);
    writer.sized(contentHash);
    writer.sized(fields.encode(false));
    writer.sized(fields.encode(true));
    return bytes;
}

Result<VersionHeader> VersionHeader::decode(ByteView bytes)
{
    constexpr std::size_t kStampSize = sizeof(std::uint64_t) + sizeof(NodeId::bytes);
    ByteReader reader(bytes);
    if (reader.fixed<std::uint8_t>() != kFormat)
        return corrupt();
    const auto flags = reader.fixed<std::uint8_t>();
    if ((flags & ~(kIsNull | kIsMarker)) != 0)
        return corrupt();
    VersionHeader header;
    header.isDeleteMarker = (flags & kIsMarker) != 0;
    header.key = reader.sizedText();
    const ByteView stamp = reader.raw(kStampSize);
    const ByteView headerStamp = reader.raw(kStampSize);
    header.size = reader.varint();
    const ByteView hash = reader.sized();
    header.contentHash.assign(hash.begin(), hash.end());
    const ByteView clear = reader.sized();
    const ByteView sealed = reader.sized();
    if (!reader.finished())
        return corrupt();
    TRY_ASSIGN(header.stamp, decodeStamp(stamp));
    TRY_ASSIGN(header.headerStamp, decodeStamp(headerStamp));
    if ((flags & kIsNull) == 0)
        header.version.stamp = header.stamp;
    TRY_STATUS(header.fields.decode(clear, false));
    TRY_STATUS(header.fields.decode(sealed, true));
    return header;
}

}  // namespace maxiofs::store
