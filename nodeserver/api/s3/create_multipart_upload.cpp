// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/s3/create_multipart_upload.h"

#include "api/s3/checksums.h"
#include "api/s3/copy_source.h"
#include "api/s3/object_headers.h"

namespace maxiofs::api::s3 {

namespace {

std::unexpected<S3Error> invalid(std::string message)
{
    return refuse(S3Error(errors::kInvalidRequest, std::move(message)));
}

S3Result<store::ObjectStore::UploadOptions> parseOptions(const Request &request)
{
    store::ObjectStore::UploadOptions options;
    const auto type = request.header("x-amz-checksum-type");
    const auto name = request.header("x-amz-checksum-algorithm");
    if (!name) {
        if (type)
            return invalid(
                "The x-amz-checksum-type header can only be used with the x-amz-checksum-algorithm "
                "header.");
        return options;
    }
    options.checksumAlgorithm = crypto::checksumAlgorithmOf(*name);
    if (!options.checksumAlgorithm)
        return invalid("Checksum algorithm provided is unsupported. Please try again with any of the valid "
                       "types: [CRC32, CRC32C, CRC64NVME, SHA1, SHA256]");

    const bool onlyWhole = *options.checksumAlgorithm == crypto::ChecksumAlgorithm::Crc64Nvme;
    options.checksumType = onlyWhole ? store::ChecksumType::FullObject : store::ChecksumType::Composite;
    if (type) {
        const auto wanted = checksumTypeOf(*type);
        if (!wanted)
            return invalid("Value for x-amz-checksum-type header is invalid.");
        if ((*wanted == store::ChecksumType::FullObject && !crypto::canCombine(*options.checksumAlgorithm)) ||
            (*wanted == store::ChecksumType::Composite && onlyWhole))
            return invalid("The " + std::string(*type) + " checksum type cannot be used with the " +
                           std::string(crypto::nameOf(*options.checksumAlgorithm)) + " checksum algorithm.");
        options.checksumType = *wanted;
    }
    return options;
}

}  // namespace

S3Result<CreateMultipartUpload> CreateMultipartUpload::parse(const Request &request)
{
    CreateMultipartUpload operation;
    S3_CHECK(refuseVersionId(request));
    S3_TRY(operation.attributes, parseAttributes(request));
    S3_TRY(operation.options, parseOptions(request));
    return operation;
}

Access CreateMultipartUpload::access(const Request &request) const
{
    return {identity::Action::Write, request.key()};
}

net::Awaitable<S3Result<Reply>> CreateMultipartUpload::run(Call &call) const
{
    store::Attributes owned = attributes;
    owned.ownerId = call.ownerId();
    const auto id = co_await net::completion<Id128>([&](auto done) {
        call.context.store.createUpload(call.bucketId(), call.request.key(), std::move(owned), options,
                                        std::move(done));
    });
    if (!id)
        co_return refuse(fromStore(id.error(), call.subject()));

    text::XmlWriter xml;
    xml.open("InitiateMultipartUploadResult")
        .attribute("xmlns", text::kS3Namespace)
        .element("Bucket", call.request.bucket())
        .element("Key", call.request.key())
        .element("UploadId", id->hex())
        .close();
    Reply reply = Reply::xml(xml.take());
    if (options.checksumAlgorithm) {
        reply.head.add("x-amz-checksum-algorithm", crypto::nameOf(*options.checksumAlgorithm));
        reply.head.add("x-amz-checksum-type", nameOf(options.checksumType));
    }
    if (!attributes.encryption.empty())
        reply.head.add("x-amz-server-side-encryption", attributes.encryption);
    co_return reply;
}

}  // namespace maxiofs::api::s3
