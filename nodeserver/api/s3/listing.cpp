// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/s3/listing.h"

#include "api/s3/checksums.h"
#include "api/s3/object_headers.h"
#include "base/hex.h"
#include "text/ascii.h"
#include "text/dates.h"
#include "text/utf8.h"

#include <algorithm>

namespace maxiofs::api::s3 {

namespace {

constexpr std::string_view kTokenVersion = "1:";
constexpr std::uint64_t kMaxAskedFor = 2'147'483'647;

std::string parameterText(const Request &request, std::string_view name)
{
    const std::string *value = request.parameter(name);
    return value ? *value : std::string();
}

}  // namespace

S3Result<std::size_t> parseLimit(const Request &request, std::string_view name, std::size_t most)
{
    const std::string *value = request.parameter(name);
    if (value == nullptr || value->empty())
        return most;
    const auto number = text::parseUnsigned(*value);
    if (!number || *number > kMaxAskedFor)
        return refuseArgument(name, *value,
                              "Provided " + std::string(name) + " not an integer or within integer range");
    return static_cast<std::size_t>(std::min<std::uint64_t>(*number, most));
}

S3Result<ListParameters> ListParameters::parse(const Request &request, std::string_view limitName)
{
    ListParameters parameters;
    parameters.prefix = parameterText(request, "prefix");
    parameters.delimiter = parameterText(request, "delimiter");
    for (const std::string_view name : {"prefix", "delimiter", "marker", "start-after", "key-marker"}) {
        const std::string *value = request.parameter(name);
        if (value != nullptr && !text::isValidUtf8(*value))
            return refuseArgument(name, "(not UTF-8)",
                                  "The parameter " + std::string(name) + " is not UTF-8.");
    }
    S3_TRY(parameters.limit, parseLimit(request, limitName, store::kMaxListing));
    if (const std::string *encoding = request.parameter("encoding-type")) {
        if (*encoding != "url")
            return refuseArgument("encoding-type", *encoding, "Invalid Encoding Method specified in Request");
        parameters.urlEncoded = true;
    }
    return parameters;
}

std::string ListParameters::shown(std::string_view name) const
{
    return urlEncoded ? text::uriEncode(name, text::Slash::Keep) : std::string(name);
}

store::ObjectStore::ListRequest ListParameters::request(const BucketId &bucket, std::string after) const
{
    return {bucket, prefix, delimiter, std::move(after), limit};
}

void ListParameters::write(text::XmlWriter &xml) const
{
    xml.element("Prefix", shown(prefix));
    if (!delimiter.empty())
        xml.element("Delimiter", shown(delimiter));
    if (urlEncoded)
        xml.element("EncodingType", "url");
}

void ListParameters::writeCommonPrefix(text::XmlWriter &xml, std::string_view name) const
{
    xml.open("CommonPrefixes").element("Prefix", shown(name)).close();
}

std::string continuationToken(std::string_view name)
{
    return toBase64Url(asBytes(std::string(kTokenVersion) + std::string(name)));
}

std::optional<std::string> parseContinuationToken(std::string_view token)
{
    const auto bytes = fromBase64Url(token);
    if (!bytes)
        return std::nullopt;
    const std::string_view text = asText(*bytes);
    if (!text.starts_with(kTokenVersion) || text.size() == kTokenVersion.size())
        return std::nullopt;
    return std::string(text.substr(kTokenVersion.size()));
}

void OwnerWriter::writeNames(text::XmlWriter &xml, std::string_view canonicalId)
{
    if (m_id != canonicalId) {
        m_id = canonicalId;
        const identity::UserPtr user = m_identities.users().findByCanonicalId(canonicalId);
        m_name = user ? user->username : std::string();
    }
    xml.element("ID", canonicalId);
    if (!m_name.empty())
        xml.element("DisplayName", m_name);
}

void OwnerWriter::write(text::XmlWriter &xml, std::string_view element, std::string_view canonicalId)
{
    xml.open(element);
    writeNames(xml, canonicalId);
    xml.close();
}

std::string_view storageClassName(std::string_view storageClass)
{
    return storageClass.empty() ? "STANDARD" : storageClass;
}

void writeContents(text::XmlWriter &xml, const ListParameters &parameters,
                   const store::ObjectStore::ListedObject &entry, OwnerWriter *owner)
{
    const store::ObjectInfo &info = *entry.info;
    xml.open("Contents")
        .element("Key", parameters.shown(entry.name))
        .element("LastModified", text::formatIso(info.lastModifiedMs))
        .element("ETag", quoted(info.etag));
    if (info.checksum)
        xml.element("ChecksumAlgorithm", crypto::nameOf(info.checksum->algorithm))
            .element("ChecksumType", nameOf(info.checksum->type));
    xml.element("Size", info.size);
    if (owner)
        owner->write(xml, "Owner", info.ownerId);
    xml.element("StorageClass", storageClassName(info.storageClass)).close();
}

net::Awaitable<S3Result<store::ObjectStore::Listing>> listPage(Call &call,
                                                               store::ObjectStore::ListRequest request)
{
    if (request.limit == 0)
        co_return store::ObjectStore::Listing();
    auto ask = [&](index::ReadMode mode) { return call.context.store.list(request, mode); };
    co_return toS3(co_await cachedOrPool(call.context.pool, ask), call.subject());
}

}  // namespace maxiofs::api::s3
