// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/s3/list_parts.h"

#include "api/s3/checksums.h"
#include "api/s3/listing.h"
#include "api/s3/object_headers.h"
#include "api/s3/object_read.h"
#include "api/s3/upload_id.h"
#include "text/dates.h"

namespace maxiofs::api::s3 {

namespace {

struct Found {
    store::ObjectStore::UploadInfo upload;
    store::ObjectStore::PartListing page;
};

void writePart(text::XmlWriter &xml, const store::PartInfo &part)
{
    xml.open("Part")
        .element("PartNumber", part.number)
        .element("LastModified", text::formatIso(part.lastModifiedMs))
        .element("ETag", quoted(part.etag))
        .element("Size", part.size);
    if (part.checksum)
        writeChecksum(xml, *part.checksum, 0, false);
    xml.close();
}

}  // namespace

S3Result<ListParts> ListParts::parse(const Request &request)
{
    ListParts operation;
    S3_TRY(operation.uploadId, parseUploadId(request));
    S3_TRY(operation.limit, parseLimit(request, "max-parts", store::kMaxListing));
    if (request.hasParameter("part-number-marker")) {
        S3_TRY(const std::size_t after, parseLimit(request, "part-number-marker", kMaxPartNumber));
        operation.after = request.parameter("part-number-marker")->empty() ? 0 : static_cast<unsigned>(after);
    }
    return operation;
}

Access ListParts::access(const Request &request) const
{
    return {identity::Action::Read, request.key()};
}

net::Awaitable<S3Result<Reply>> ListParts::run(Call &call) const
{
    const std::string uploadText = uploadId.hex();
    auto ask = [&]() -> Result<Found> {
        Found found;
        TRY_ASSIGN(found.upload, call.context.store.upload(call.bucketId(), call.request.key(), uploadId));
        if (limit > 0) {
            TRY_ASSIGN(found.page, call.context.store.listParts(call.bucketId(), call.request.key(), uploadId,
                                                                after, limit));
        }
        return found;
    };
    CO_S3_TRY(const Found found, toS3(co_await call.context.pool.run(ask), call.subject({}, uploadText)));

    const unsigned last = found.page.parts.empty() ? 0 : found.page.parts.back().number;
    OwnerWriter owner(call.context.identities);
    text::XmlWriter xml;
    xml.open("ListPartsResult")
        .attribute("xmlns", text::kS3Namespace)
        .element("Bucket", call.request.bucket())
        .element("Key", call.request.key())
        .element("UploadId", uploadText);
    owner.write(xml, "Initiator", found.upload.ownerId);
    owner.write(xml, "Owner", found.upload.ownerId);
    xml.element("StorageClass", storageClassName(found.upload.storageClass))
        .element("PartNumberMarker", after)
        .element("NextPartNumberMarker", last)
        .element("MaxParts", limit)
        .element("IsTruncated", found.page.truncated);
    if (found.upload.options.checksumAlgorithm)
        xml.element("ChecksumAlgorithm", crypto::nameOf(*found.upload.options.checksumAlgorithm))
            .element("ChecksumType", nameOf(found.upload.options.checksumType));
    for (const store::PartInfo &part : found.page.parts)
        writePart(xml, part);
    xml.close();
    co_return Reply::xml(xml.take());
}

}  // namespace maxiofs::api::s3
