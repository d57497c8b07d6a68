// SPDX-License-Identifier: GPL-3.0-or-later
#include "cluster/link/wire_fields.h"

#include "base/byte_io.h"
#include "base/hex.h"
#include "text/ascii.h"

#include <algorithm>
#include <limits>

using namespace Qt::StringLiterals;

namespace maxiofs::cluster::link::wire {

namespace {

constexpr std::size_t kBitsInByte = 8;
constexpr std::size_t kDigestBytes = sizeof(std::uint64_t);

QString text(std::string_view bytes)
{
    return QString::fromUtf8(bytes.data(), static_cast<qsizetype>(bytes.size()));
}

// "<number>-<node's UUID>": stamps and epochs.
struct NumberAndNode {
    std::uint64_t number = 0;
    NodeId node;
};

std::optional<NumberAndNode> numberAndNode(const QJsonValue &from)
{
    const std::string value = from.toString().toStdString();
    const std::size_t hyphen = value.find('-');
    if (hyphen == std::string::npos)
        return std::nullopt;
    const auto number = text::parseUnsigned(std::string_view(value).substr(0, hyphen));
    const auto node = NodeId::fromUuid(std::string_view(value).substr(hyphen + 1));
    if (!number || !node)
        return std::nullopt;
    return NumberAndNode{*number, *node};
}

std::string textOf(std::uint64_t number, const NodeId &node)
{
    return std::to_string(number) + "-" + node.uuid();
}

// Two defaults tell a whole number from everything else, without a value set aside for "none".
std::optional<std::int64_t> wholeNumber(const QJsonValue &from)
{
    if (from.toInteger(0) != from.toInteger(1))
        return std::nullopt;
    return from.toInteger();
}

std::string aboutOf(const records::Record &record)
{
    return std::string(records::tableOf(record.kind)) + "/" + record.id;
}

Status checkRecord(const records::Record &record, const std::string &path)
{
    constexpr std::size_t kLongestId = 1024;
    if (record.kind == records::Kind::ClusterSecret)
        return wrongField(pathOf(path, "kind"_L1), "a kind that members exchange");
    if (record.id.empty() || record.id.size() > kLongestId)
        return wrongField(pathOf(path, "id"_L1), "a text of 1 to 1024 bytes");
    if (record.stamp.node.isNull())
        return wrongField(pathOf(path, "stamp"_L1), "a stamp of a node");
    if (record.deleted && !record.secret.empty())
        return wrongField(pathOf(path, "secret"_L1), "left out of a deleted record");
    if (record.kind == records::Kind::Location) {
        if (records::locationOf(record.body).epoch.node.isNull())
            return wrongField(pathOf(path, "body"_L1), "a location");
    } else if (record.deleted && !record.body.isEmpty()) {
        return wrongField(pathOf(path, "body"_L1), "empty in a deleted record");
    }
    return {};
}

}  // namespace

std::unexpected<Error> wrongField(const std::string &path, std::string_view expected)
{
    return failure(Error::InvalidArgument, "Field " + path + " must be " + std::string(expected) + ".", path);
}

std::string pathOf(const std::string &path, QLatin1StringView name)
{
    const std::string own(name.data(), static_cast<std::size_t>(name.size()));
    return path.empty() ? own : path + "." + own;
}

QJsonValue writeValue(const std::string &value)
{
    return text(value);
}

QJsonValue writeValue(const Id128 &value)
{
    return text(value.uuid());
}

QJsonValue writeValue(const records::Epoch &value)
{
    return text(textOf(value.number, value.node));
}

QJsonValue writeValue(const records::Slots &value)
{
    Bytes bytes(records::kSlots / kBitsInByte);
    for (std::size_t slot = 0; slot < records::kSlots; ++slot) {
        if (value.test(slot))
            bytes[slot / kBitsInByte] |= std::byte{1} << (slot % kBitsInByte);
    }
    return text(toHex(bytes));
}

QJsonValue writeValue(const records::SlotDigests &value)
{
    Bytes bytes;
    bytes.reserve(value.size() * kDigestBytes);
    ByteWriter writer(bytes);
    for (const std::uint64_t digest : value)
        writer.fixed(digest);
    return text(toBase64(bytes));
}

Status readValue(const QJsonValue &from, const std::string &path, std::string &into)
{
    if (!from.isString())
        return wrongField(path, "a text");
    into = from.toString().toStdString();
    return {};
}

Status readValue(const QJsonValue &from, const std::string &path, Id128 &into)
{
    const auto id = Id128::fromUuid(from.toString().toStdString());
    if (!id)
        return wrongField(path, "a UUID");
    into = *id;
    return {};
}

Status readValue(const QJsonValue &from, const std::string &path, bool &into)
{
    if (!from.isBool())
        return wrongField(path, "true or false");
    into = from.toBool();
    return {};
}

Status readValue(const QJsonValue &from, const std::string &path, QJsonObject &into)
{
    if (!from.isObject())
        return wrongField(path, "an object");
    into = from.toObject();
    return {};
}

Status readValue(const QJsonValue &from, const std::string &path, std::int64_t &into)
{
    const auto number = wholeNumber(from);
    if (!number)
        return wrongField(path, "a whole number");
    into = *number;
    return {};
}

Status readValue(const QJsonValue &from, const std::string &path, std::uint64_t &into)
{
    const auto number = wholeNumber(from);
    if (!number || *number < 0)
        return wrongField(path, "a whole number from 0");
    into = static_cast<std::uint64_t>(*number);
    return {};
}

Status readValue(const QJsonValue &from, const std::string &path, unsigned &into)
{
    const auto number = wholeNumber(from);
    if (!number || *number < 0 || *number > std::numeric_limits<unsigned>::max())
        return wrongField(path, "a whole number from 0");
    into = static_cast<unsigned>(*number);
    return {};
}

Status readValue(const QJsonValue &from, const std::string &path, records::Kind &into)
{
    const auto kind = records::kindOfTable(from.toString().toStdString());
    if (!kind || *kind == records::Kind::ClusterSecret)
        return wrongField(path, "a kind that members exchange");
    into = *kind;
    return {};
}

Status readValue(const QJsonValue &from, const std::string &path, records::Epoch &into)
{
    const auto value = numberAndNode(from);
    if (!value)
        return wrongField(path, "\"<number>-<UUID>\"");
    into = {value->number, value->node};
    return {};
}

Status readValue(const QJsonValue &from, const std::string &path, records::Slots &into)
{
    const auto bytes = fromHex(from.toString().toStdString());
    if (!bytes || bytes->size() != records::kSlots / kBitsInByte)
        return wrongField(path, "64 hex digits: one bit for each slot");
    for (std::size_t slot = 0; slot < records::kSlots; ++slot) {
        const std::byte bit = (*bytes)[slot / kBitsInByte] >> (slot % kBitsInByte);
        into.set(slot, (bit & std::byte{1}) != std::byte{0});
    }
    return {};
}

Status readValue(const QJsonValue &from, const std::string &path, records::SlotDigests &into)
{
    const auto bytes = fromBase64(from.toString().toStdString());
    if (!bytes || bytes->size() != records::kSlots * kDigestBytes)
        return wrongField(path, "base64 of 2048 bytes: a digest for each slot");
    ByteReader reader(*bytes);
    for (std::uint64_t &digest : into)
        digest = reader.fixed<std::uint64_t>();
    return {};
}

Result<QJsonObject> writeRecord(const records::Record &record, const records::SecretSealer *sealer)
{
    QJsonObject object{{"kind"_L1, text(records::tableOf(record.kind))},
                       {"id"_L1, text(record.id)},
                       {"body"_L1, record.body},
                       {"stamp"_L1, text(textOf(record.stamp.time, record.stamp.node))},
                       {"deleted"_L1, record.deleted},
                       {"cluster_id"_L1, text(record.clusterId)}};
    TRY_STATUS(checkRecord(record, "record"));
    if (!record.secret.empty()) {
        if (sealer == nullptr)
            return failure(Error::Internal, "a record with a secret cannot be sent without the cluster's key",
                           aboutOf(record));
        object.insert("secret"_L1, text(toBase64(sealer->seal(record.secret.view(), aboutOf(record)))));
    }
    return object;
}

Result<records::Record> readRecord(const QJsonObject &object, const std::string &path,
                                   const records::SecretSealer *sealer)
{
    records::Record record;
    std::string sealed;
    Reader reader(object, path, sealer);
    reader("kind"_L1, record.kind);
    reader("id"_L1, record.id);
    reader("body"_L1, record.body);
    reader.optional("secret"_L1, sealed);
    reader("deleted"_L1, record.deleted);
    reader("cluster_id"_L1, record.clusterId);
    TRY_STATUS(reader.status());
    const auto stamp = numberAndNode(object.value("stamp"_L1));
    if (!stamp)
        return wrongField(pathOf(path, "stamp"_L1), "\"<number>-<UUID>\"");
    record.stamp = {stamp->number, stamp->node};
    if (!sealed.empty()) {
        const auto bytes = fromBase64(sealed);
        if (!bytes)
            return wrongField(pathOf(path, "secret"_L1), "base64");
        if (sealer == nullptr)
            return failure(Error::InvalidArgument, "A record with a secret came without the cluster's key.",
                           path);
        auto opened = sealer->open(*bytes, aboutOf(record));
        if (!opened)
            return failure(Error::InvalidArgument,
                           "The secret of " + aboutOf(record) + " was not sealed with this cluster's key.",
                           pathOf(path, "secret"_L1));
        record.secret = std::move(*opened);
    }
    TRY_STATUS(checkRecord(record, path));
    return record;
}

}  // namespace maxiofs::cluster::link::wire
