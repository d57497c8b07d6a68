// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/s3/object_wire.h"

#include "api/s3/checksums.h"
#include "base/hex.h"

#include <QJsonArray>
#include <QJsonDocument>

using namespace Qt::StringLiterals;

namespace maxiofs::api::s3 {

namespace {

constexpr std::string_view kMagic = "MXOR";
constexpr std::uint32_t kFormat = 1;

// Byte for byte, whatever the bytes are: UTF-8 would lose what is none, and a byte order mark.
QString quoteBytes(std::string_view bytes)
{
    return QString::fromLatin1(bytes.data(), static_cast<qsizetype>(bytes.size()));
}

std::string bytesOf(const QJsonValue &value)
{
    return value.toString().toLatin1().toStdString();
}

QString decimal(std::uint64_t number)
{
    return QString::number(number);
}

QJsonArray toJson(const store::Pairs &pairs)
{
    QJsonArray array;
    for (const auto &[name, value] : pairs)
        array.append(QJsonArray{quoteBytes(name), quoteBytes(value)});
    return array;
}

store::Pairs pairsOf(const QJsonValue &value)
{
    store::Pairs pairs;
    const QJsonArray array = value.toArray();
    for (const auto &item : array)
        pairs.emplace_back(bytesOf(item[0]), bytesOf(item[1]));
    return pairs;
}

void putNumber(std::string &to, std::uint32_t number)
{
    for (int shift = 24; shift >= 0; shift -= 8)
        to.push_back(static_cast<char>(number >> shift));
}

std::uint32_t numberAt(ByteView bytes, std::size_t at)
{
    std::uint32_t number = 0;
    for (std::size_t i = 0; i < 4; ++i)
        number = number << 8 | std::to_integer<std::uint32_t>(bytes[at + i]);
    return number;
}

std::unexpected<Error> malformed(std::string_view what)
{
    return failure(Error::Corrupt, "The other node's answer to object-read is malformed: " +
                                       std::string(what) + ". Do both nodes run versions that fit?");
}

// Reads the fields of an object and notes the first that is missing.
class FieldReader {
public:
    explicit FieldReader(const QJsonObject &json) : m_json(json) {}

    std::uint64_t number(QLatin1StringView name)
    {
        bool isNumber = false;
        const std::uint64_t value = m_json[name].toString().toULongLong(&isNumber);
        if (!isNumber)
            miss(name);
        return value;
    }
    std::string text(QLatin1StringView name)
    {
        if (!m_json[name].isString())
            miss(name);
        return bytesOf(m_json[name]);
    }
    store::VersionId version(QLatin1StringView name)
    {
        const auto version = store::VersionId::parse(text(name));
        if (!version)
            miss(name);
        return version.value_or(store::VersionId());
    }
    void miss(QLatin1StringView name)
    {
        if (m_missing.empty())
            m_missing = std::string(name.data(), static_cast<std::size_t>(name.size()));
    }
    [[nodiscard]] const std::string &missing() const { return m_missing; }

private:
    const QJsonObject &m_json;
    std::string m_missing;
};

QJsonObject toJson(const store::ObjectChecksum &checksum)
{
    return {{"algorithm"_L1, quoteBytes(crypto::nameOf(checksum.algorithm))},
            {"type"_L1, quoteBytes(nameOf(checksum.type))},
            {"value"_L1, quoteBytes(toHex(checksum.value))}};
}

std::optional<store::ObjectChecksum> checksumOf(const QJsonValue &json)
{
    const auto algorithm = crypto::checksumAlgorithmOf(bytesOf(json["algorithm"_L1]));
    const auto type = checksumTypeOf(bytesOf(json["type"_L1]));
    const auto value = fromHex(bytesOf(json["value"_L1]));
    if (!algorithm || !type || !value)
        return std::nullopt;
    return store::ObjectChecksum{*algorithm, *type, *value};
}

}  // namespace

QJsonObject toJson(const ExportRequest &request)
{
    QJsonObject json{{"bucket_id"_L1, quoteBytes(request.bucket.hex())}, {"key"_L1, quoteBytes(request.key)}};
    if (request.version)
        json.insert("version_id"_L1, quoteBytes(request.version->text()));
    if (request.range)
        json.insert("range"_L1, QJsonObject{{"first"_L1, decimal(request.range->first)},
                                            {"last"_L1, decimal(request.range->last.value_or(0))}});
    return json;
}

Result<ExportRequest> exportRequestOf(const QJsonObject &json)
{
    FieldReader fields(json);
    ExportRequest request;
    const auto bucket = BucketId::fromHex(fields.text("bucket_id"_L1));
    if (!bucket)
        fields.miss("bucket_id"_L1);
    request.bucket = bucket.value_or(BucketId());
    request.key = fields.text("key"_L1);
    if (json.contains("version_id"_L1))
        request.version = fields.version("version_id"_L1);
    if (json.contains("range"_L1)) {
        const QJsonObject range = json["range"_L1].toObject();
        FieldReader ends(range);
        request.range = ByteRange{ends.number("first"_L1), ends.number("last"_L1), std::nullopt};
        if (!ends.missing().empty() || *request.range->last < request.range->first)
            fields.miss("range"_L1);
    }
    if (!fields.missing().empty())
        return failure(Error::InvalidArgument, "The field " + fields.missing() + " is missing or malformed.",
                       fields.missing());
    return request;
}

std::string exportHead(const ExportedObject &object)
{
    const store::ObjectInfo &info = object.info;
    const store::Attributes &attributes = object.attributes;
    QJsonObject json{
        {"key"_L1, quoteBytes(info.key)},
        {"version_id"_L1, quoteBytes(info.version.text())},
        {"latest"_L1, info.isLatest},
        {"size"_L1, decimal(info.size)},
        {"etag"_L1, quoteBytes(info.etag)},
        {"last_modified_ms"_L1, decimal(static_cast<std::uint64_t>(info.lastModifiedMs))},
        {"owner_id"_L1, quoteBytes(info.ownerId)},
        {"storage_class"_L1, quoteBytes(info.storageClass)},
        {"content_headers"_L1, toJson(attributes.contentHeaders)},
        {"user_metadata"_L1, toJson(attributes.userMetadata)},
        {"tags"_L1, toJson(attributes.tags)},
        {"encryption"_L1, quoteBytes(attributes.encryption)},
        {"offset"_L1, decimal(object.extent.offset)},
        {"length"_L1, decimal(object.extent.length)},
    };
    if (info.checksum)
        json.insert("checksum"_L1, toJson(*info.checksum));
    const QByteArray text = QJsonDocument(json).toJson(QJsonDocument::Compact);
    std::string head(kMagic);
    putNumber(head, kFormat);
    putNumber(head, static_cast<std::uint32_t>(text.size()));
    return head.append(text.data(), static_cast<std::size_t>(text.size()));
}

Result<std::size_t> exportHeadLength(ByteView preamble)
{
    if (preamble.size() != kExportPreamble || asText(preamble.first(kMagic.size())) != kMagic)
        return malformed("it does not begin as it should");
    if (const std::uint32_t format = numberAt(preamble, 4); format != kFormat)
        return failure(Error::Unsupported, "The other node answers object-read in format " +
                                               std::to_string(format) + ", this one knows " +
                                               std::to_string(kFormat) + ".");
    const std::size_t length = numberAt(preamble, 8);
    if (length == 0 || length > kMaxExportHead)
        return malformed("its head has " + std::to_string(length) + " bytes");
    return length;
}

Result<ExportedObject> exportedObjectOf(ByteView json)
{
    const QJsonDocument document = QJsonDocument::fromJson(QByteArray::fromRawData(
        reinterpret_cast<const char *>(json.data()), static_cast<qsizetype>(json.size())));
    if (!document.isObject())
        return malformed("its head is no JSON");
    const QJsonObject fields = document.object();
    FieldReader reader(fields);
    ExportedObject object;
    store::ObjectInfo &info = object.info;
    info.key = reader.text("key"_L1);
    info.version = reader.version("version_id"_L1);
    info.isLatest = fields["latest"_L1].toBool();
    info.size = reader.number("size"_L1);
    info.etag = reader.text("etag"_L1);
    info.lastModifiedMs = static_cast<std::int64_t>(reader.number("last_modified_ms"_L1));
    info.ownerId = reader.text("owner_id"_L1);
    info.storageClass = reader.text("storage_class"_L1);
    if (fields.contains("checksum"_L1)) {
        info.checksum = checksumOf(fields["checksum"_L1]);
        if (!info.checksum)
            reader.miss("checksum"_L1);
    }
    store::Attributes &attributes = object.attributes;
    attributes.contentHeaders = pairsOf(fields["content_headers"_L1]);
    attributes.userMetadata = pairsOf(fields["user_metadata"_L1]);
    attributes.tags = pairsOf(fields["tags"_L1]);
    attributes.encryption = reader.text("encryption"_L1);
    attributes.ownerId = info.ownerId;
    attributes.storageClass = info.storageClass;
    object.extent.offset = reader.number("offset"_L1);
    object.extent.length = reader.number("length"_L1);
    if (object.extent.offset > info.size || object.extent.length > info.size - object.extent.offset)
        reader.miss("length"_L1);
    if (!reader.missing().empty())
        return malformed("the field " + reader.missing() + " is missing or wrong");
    return object;
}

}  // namespace maxiofs::api::s3
