// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/object_fields.h"

#include "base/byte_io.h"

#include <array>

namespace maxiofs::store {

namespace {

using frame::Tag;

constexpr std::array kColumns{Tag::BucketId, Tag::Key,          Tag::Version,   Tag::NullStamp,
                              Tag::Size,     Tag::Etag,         Tag::Checksum,  Tag::OwnerId,
                              Tag::DataId,   Tag::BlobId,       Tag::Kills,     Tag::PartTable,
                              Tag::UploadId, Tag::DeleteMarker, Tag::EndedData, Tag::Repair};

Bytes encodePairs(const Pairs &pairs)
{
    Bytes bytes;
    ByteWriter writer(bytes);
    for (const auto &[name, value] : pairs) {
        writer.sized(name);
        writer.sized(value);
    }
    return bytes;
}

Result<Pairs> decodePairs(const std::optional<ByteView> &bytes)
{
    Pairs pairs;
    if (!bytes)
        return pairs;
    ByteReader reader(*bytes);
    while (reader.ok() && !reader.rest().empty()) {
        std::string name = reader.sizedText();
        pairs.emplace_back(std::move(name), reader.sizedText());
    }
    if (!reader.ok())
        return failure(Error::Corrupt, "an object's attributes are damaged");
    return pairs;
}

void setPairs(frame::Fields &fields, Tag tag, const Pairs &pairs)
{
    if (pairs.empty())
        fields.remove(tag);
    else
        fields.set(tag, encodePairs(pairs));
}

void setOptionalText(frame::Fields &fields, Tag tag, const std::string &value)
{
    if (value.empty())
        fields.remove(tag);
    else
        fields.setText(tag, value);
}

}  // namespace

void setAttributes(frame::Fields &fields, const Attributes &attributes)
{
    setOptionalText(fields, Tag::OwnerId, attributes.ownerId);
    setOptionalText(fields, Tag::StorageClass, attributes.storageClass);
    setOptionalText(fields, Tag::Encryption, attributes.encryption);
    setPairs(fields, Tag::ContentHeaders, attributes.contentHeaders);
    setPairs(fields, Tag::UserMetadata, attributes.userMetadata);
    setPairs(fields, Tag::ObjectTags, attributes.tags);
}

Result<Attributes> attributesOf(const frame::Fields &clear, const frame::Fields &sealed)
{
    Attributes attributes;
    attributes.ownerId = clear.text(Tag::OwnerId).value_or("");
    attributes.storageClass = clear.text(Tag::StorageClass).value_or("");
    attributes.encryption = clear.text(Tag::Encryption).value_or("");
    TRY_ASSIGN(attributes.contentHeaders, decodePairs(sealed.get(Tag::ContentHeaders)));
    TRY_ASSIGN(attributes.userMetadata, decodePairs(sealed.get(Tag::UserMetadata)));
    TRY_ASSIGN(attributes.tags, decodePairs(sealed.get(Tag::ObjectTags)));
    return attributes;
}

Bytes encodeStamp(const Stamp &stamp)
{
    Bytes bytes;
    ByteWriter writer(bytes);
    writer.fixed(stamp.time);
    writer.raw(stamp.node.bytes);
    return bytes;
}

Result<Stamp> decodeStamp(ByteView bytes)
{
    ByteReader reader(bytes);
    Stamp stamp;
    stamp.time = reader.fixed<std::uint64_t>();
    const auto node = NodeId::fromBytes(reader.raw(16));
    if (!reader.finished() || !node)
        return failure(Error::Corrupt, "a record's stamp is damaged");
    stamp.node = *node;
    return stamp;
}

void setVersion(frame::Fields &fields, const VersionId &version)
{
    if (version.stamp)
        fields.set(Tag::Version, encodeStamp(*version.stamp));
    else
        fields.remove(Tag::Version);
}

Result<VersionId> versionOf(const frame::Fields &fields)
{
    const auto bytes = fields.get(Tag::Version);
    if (!bytes)
        return VersionId{};
    TRY_ASSIGN(const Stamp stamp, decodeStamp(*bytes));
    return VersionId{stamp};
}

std::string encodeChecksum(const std::optional<ObjectChecksum> &checksum)
{
    if (!checksum)
        return {};
    std::string text;
    text.push_back(static_cast<char>(checksum->algorithm));
    text.push_back(static_cast<char>(checksum->type));
    text.append(asText(checksum->value));
    return text;
}

std::optional<ObjectChecksum> decodeChecksum(std::string_view text)
{
    if (text.size() < 2)
        return std::nullopt;
    ObjectChecksum checksum;
    checksum.algorithm = static_cast<crypto::ChecksumAlgorithm>(text[0]);
    checksum.type = static_cast<ChecksumType>(text[1]);
    checksum.value = toBytes(text.substr(2));
    return checksum;
}

Bytes encodePartTable(const std::vector<TablePart> &parts)
{
    Bytes bytes;
    ByteWriter writer(bytes);
    writer.varint(parts.size());
    for (const TablePart &part : parts) {
        writer.varint(part.number);
        writer.varint(part.size);
        writer.sized(part.etag);
        writer.sized(encodeChecksum(part.checksum));
        writer.sized(part.contentHash);
    }
    return bytes;
}

Result<std::vector<TablePart>> decodePartTable(ByteView bytes)
{
    ByteReader reader(bytes);
    const std::uint64_t count = reader.varint();
    if (!reader.ok() || count > kMaxParts)
        return failure(Error::Corrupt, "an object's part table is damaged");
    std::vector<TablePart> parts(count);
    for (TablePart &part : parts) {
        part.number = static_cast<unsigned>(reader.varint());
        part.size = reader.varint();
        part.etag = reader.sizedText();
        part.checksum = decodeChecksum(asText(reader.sized()));
        const ByteView hash = reader.sized();
        part.contentHash.assign(hash.begin(), hash.end());
    }
    if (!reader.finished())
        return failure(Error::Corrupt, "an object's part table is damaged");
    return parts;
}

Bytes encodeNumbers(const std::vector<std::uint64_t> &numbers)
{
    Bytes bytes;
    ByteWriter writer(bytes);
    for (const std::uint64_t number : numbers)
        writer.varint(number);
    return bytes;
}

std::vector<std::uint64_t> decodeNumbers(ByteView bytes)
{
    ByteReader reader(bytes);
    std::vector<std::uint64_t> numbers;
    while (reader.ok() && !reader.rest().empty())
        numbers.push_back(reader.varint());
    return numbers;
}

Bytes rowFields(const frame::Fields &fields)
{
    frame::Fields kept = fields;
    for (const Tag tag : kColumns)
        kept.remove(tag);
    return kept.encode(false);
}

Result<BucketId> bucketOf(const frame::Fields &fields)
{
    const auto bytes = fields.get(Tag::BucketId);
    const auto id = bytes ? BucketId::fromBytes(*bytes) : std::nullopt;
    if (!id)
        return failure(Error::Corrupt, "a record names no bucket");
    return *id;
}

}  // namespace maxiofs::store
