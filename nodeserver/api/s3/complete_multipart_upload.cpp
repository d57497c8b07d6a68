// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/s3/complete_multipart_upload.h"

#include "api/s3/checksums.h"
#include "api/s3/conditions.h"
#include "api/s3/copy_source.h"
#include "api/s3/document_body.h"
#include "api/s3/object_headers.h"
#include "api/s3/object_read.h"
#include "api/s3/tenant_room.h"
#include "api/s3/upload_id.h"
#include "text/ascii.h"
#include "text/xml_reader.h"

#include <algorithm>

namespace maxiofs::api::s3 {

namespace {

// Each part may hold its number, ETag and checksums.
constexpr text::XmlLimits kXmlLimits{kMaxLargeDocument, 1 + std::size_t{kMaxPartNumber} * 6, 4, 16};

S3Result<store::ObjectStore::CompletePart> parsePart(const text::XmlElement &element)
{
    store::ObjectStore::CompletePart part;
    const auto number = text::parseUnsigned(element.childText("PartNumber"));
    const EtagList etags = parseEtagList(element.childText("ETag"));
    if (element.name != "Part" || !number || etags.items.size() != 1)
        return refuse(S3Error(errors::kMalformedXml));
    S3_TRY(part.number, parsePartNumber(element.childText("PartNumber")));
    part.etag = etags.items.front().etag;
    for (const crypto::ChecksumAlgorithm algorithm : crypto::kChecksumAlgorithms) {
        const text::XmlElement *value = element.child(checksumElement(algorithm));
        if (value == nullptr)
            continue;
        part.checksum = parseChecksum(algorithm, value->text);
        if (!part.checksum)
            return refuse(S3Error(errors::kInvalidRequest, "Value for " + checksumElement(algorithm) +
                                                               " of part " + std::to_string(part.number) +
                                                               " is invalid."));
    }
    return part;
}

}  // namespace

S3Result<CompleteMultipartUpload> CompleteMultipartUpload::parse(const Request &request)
{
    CompleteMultipartUpload operation;
    S3_CHECK(refuseVersionId(request));
    S3_TRY(operation.uploadId, parseUploadId(request));
    S3_TRY(operation.conditions, parseWriteConditions(request));
    S3_TRY(operation.expected, parseChecksumHeader(request));
    if (const auto type = request.header("x-amz-checksum-type")) {
        operation.expectedType = checksumTypeOf(*type);
        if (!operation.expectedType)
            return refuse(
                S3Error(errors::kInvalidRequest, "Value for x-amz-checksum-type header is invalid."));
    }
    if (const auto size = request.header("x-amz-mp-object-size")) {
        operation.expectedSize = text::parseUnsigned(*size);
        if (!operation.expectedSize)
            return refuse(
                S3Error(errors::kInvalidRequest, "Value for x-amz-mp-object-size header is invalid."));
    }
    return operation;
}

Access CompleteMultipartUpload::access(const Request &request) const
{
    return {identity::Action::Write, request.key()};
}

S3Result<CompleteMultipartUpload::Parts> CompleteMultipartUpload::parseDocument(std::string_view document)
{
    const S3Error none(errors::kInvalidRequest, "You must specify at least one part");
    if (document.empty())
        return refuse(none);
    const auto root = text::parseXml(document, kXmlLimits);
    if (!root || root->name != "CompleteMultipartUpload" || root->children.size() > kMaxPartNumber)
        return refuse(S3Error(errors::kMalformedXml));
    if (root->children.empty())
        return refuse(none);
    Parts parts;
    parts.reserve(root->children.size());
    for (const text::XmlElement &element : root->children) {
        S3_TRY(auto part, parsePart(element));
        parts.push_back(std::move(part));
    }
    return parts;
}

net::Awaitable<S3Result<Reply>> CompleteMultipartUpload::run(Call &call) const
{
    CO_S3_TRY(const std::string body,
              co_await readDocument(call, kMaxLargeDocument, DigestNeeded::OfTheObject));
    CO_S3_TRY(Parts parts, parseDocument(body));
    const auto partCount = static_cast<unsigned>(parts.size());
    const std::string uploadText = uploadId.hex();
    const Subject subject = call.subject({}, uploadText);

    if (expectedType) {
        // An upload that is completed already is gone; the store then compares the repetition itself.
        const auto upload = co_await call.context.pool.run(
            [&] { return call.context.store.upload(call.bucketId(), call.request.key(), uploadId); });
        if (upload && upload->options.checksumAlgorithm && upload->options.checksumType != *expectedType)
            co_return refuse(S3Error(errors::kInvalidRequest,
                                     "The upload was created using the " +
                                         std::string(nameOf(upload->options.checksumType)) +
                                         " checksum type. The complete request must use the same checksum "
                                         "type."));
    }

    // The parts are counted; what came from elsewhere since may have used the quota up.
    CO_S3_TRY(const auto room, co_await roomInTenant(call, 0, Replaces::Nothing));
    const auto committed = co_await net::completion<store::Committed>([&](auto done) {
        call.context.store.completeUpload(call.bucketId(), call.request.key(), uploadId, std::move(parts),
                                          conditions, expected, expectedSize, std::move(done));
    });
    if (!committed)
        co_return refuse(fromStore(committed.error(), subject));

    text::XmlWriter xml;
    const std::string scheme = call.clientTls ? "https://" : "http://";
    const std::string path =
        call.request.isVirtualHosted() ? "/" + call.request.key() : call.request.resource();
    xml.open("CompleteMultipartUploadResult")
        .attribute("xmlns", text::kS3Namespace)
        .element("Location",
                 scheme + std::string(call.request.head().host()) + text::uriEncode(path, text::Slash::Keep))
        .element("Bucket", call.request.bucket())
        .element("Key", call.request.key())
        .element("ETag", quoted(committed->etag));
    if (committed->checksum)
        writeChecksum(xml, *committed->checksum, partCount, true);
    xml.close();
    Reply reply = Reply::xml(xml.take());
    if (committed->isVersioned)
        reply.head.add("x-amz-version-id", committed->version.text());
    co_return reply;
}

}  // namespace maxiofs::api::s3
