// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/s3/get_object_attributes.h"

#include "api/s3/checksums.h"
#include "api/s3/listing.h"
#include "api/s3/object_read.h"
#include "text/ascii.h"
#include "text/dates.h"

#include <algorithm>

namespace maxiofs::api::s3 {

namespace {

constexpr std::string_view kNames = "x-amz-object-attributes";

struct Found {
    std::shared_ptr<store::ObjectReader> reader;
    std::vector<store::PartInfo> parts;
    bool truncated = false;
};

S3Result<std::uint64_t> parseNumber(const Request &request, std::string_view name, std::uint64_t standard)
{
    const auto header = request.header(name);
    if (!header)
        return standard;
    const auto number = text::parseUnsigned(*header);
    if (!number)
        return refuseArgument(name, *header, "Provided " + std::string(name) + " is not an integer");
    return *number;
}

}  // namespace

S3Result<GetObjectAttributes> GetObjectAttributes::parse(const Request &request)
{
    GetObjectAttributes operation;
    S3_TRY(operation.version, parseVersionId(request));
    bool unknown = false;
    bool any = false;
    for (const std::string_view header : request.head().all(kNames)) {
        text::forEachPiece(header, ',', [&](std::string_view name) {
            name = text::trim(name);
            if (name.empty())
                return;
            any = true;
            if (name == "ETag")
                operation.etag = true;
            else if (name == "Checksum")
                operation.checksum = true;
            else if (name == "ObjectParts")
                operation.parts = true;
            else if (name == "StorageClass")
                operation.storageClass = true;
            else if (name == "ObjectSize")
                operation.size = true;
            else
                unknown = true;
        });
    }
    if (!any)
        return refuse(
            S3Error(errors::kInvalidRequest,
                    "The x-amz-object-attributes header specifying the attributes to be retrieved is "
                    "either missing or empty"));
    if (unknown)
        return refuseArgument(kNames, request.headerText(kNames), "Invalid attribute name specified.");
    S3_TRY(const std::uint64_t most, parseNumber(request, "x-amz-max-parts", store::kMaxListing));
    S3_TRY(const std::uint64_t after, parseNumber(request, "x-amz-part-number-marker", 0));
    operation.maxParts = static_cast<std::size_t>(std::min<std::uint64_t>(most, store::kMaxListing));
    operation.partsAfter = static_cast<unsigned>(std::min<std::uint64_t>(after, kMaxPartNumber));
    return operation;
}

Access GetObjectAttributes::access(const Request &request) const
{
    return {identity::Action::Read, request.key()};
}

net::Awaitable<S3Result<Reply>> GetObjectAttributes::run(Call &call) const
{
    auto ask = [&]() -> Result<Found> {
        Found found;
        TRY_ASSIGN(found.reader, call.context.store.open(call.bucketId(), call.request.key(), version.id));
        // As S3, parts are listed where they have checksums; else only their number is told.
        if (parts && maxParts > 0 && found.reader->partCount() > 0 && found.reader->info().checksum) {
            TRY_ASSIGN(auto page, found.reader->parts(partsAfter, maxParts));
            found.parts = std::move(page.first);
            found.truncated = page.second;
        }
        return found;
    };
    CO_S3_TRY(const Found found, toS3(co_await call.context.pool.run(ask), call.subject(version.text)));

    const store::ObjectInfo &info = found.reader->info();
    const unsigned partCount = found.reader->partCount();
    text::XmlWriter xml;
    xml.open("GetObjectAttributesResponse").attribute("xmlns", text::kS3Namespace);
    if (etag)
        xml.element("ETag", info.etag);
    if (checksum && info.checksum) {
        xml.open("Checksum");
        writeChecksum(xml, *info.checksum, partCount, true);
        xml.close();
    }
    if (parts && partCount > 0) {
        xml.open("ObjectParts").element("PartsCount", partCount);
        if (info.checksum) {
            xml.element("PartNumberMarker", partsAfter);
            if (found.truncated)
                xml.element("NextPartNumberMarker", found.parts.back().number);
            xml.element("MaxParts", maxParts).element("IsTruncated", found.truncated);
        }
        for (const store::PartInfo &part : found.parts) {
            xml.open("Part").element("PartNumber", part.number).element("Size", part.size);
            if (part.checksum)
                writeChecksum(xml, *part.checksum, 0, false);
            xml.close();
        }
        xml.close();
    }
    if (storageClass)
        xml.element("StorageClass", storageClassName(info.storageClass));
    if (size)
        xml.element("ObjectSize", info.size);
    xml.close();
    Reply reply = Reply::xml(xml.take());
    reply.head.add("Last-Modified", text::formatHttpDate(info.lastModifiedMs));
    if (call.isVersioned())
        reply.head.add("x-amz-version-id", info.version.text());
    co_return reply;
}

}  // namespace maxiofs::api::s3
