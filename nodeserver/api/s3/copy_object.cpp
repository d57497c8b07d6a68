// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/s3/copy_object.h"

#include "api/s3/checksums.h"
#include "api/s3/object_headers.h"
#include "api/s3/object_intake.h"
#include "api/s3/tenant_room.h"
#include "text/dates.h"

namespace maxiofs::api::s3 {

namespace {

S3Result<bool> parseDirective(const Request &request, std::string_view name, std::string_view unknown)
{
    const std::string_view value = request.headerText(name);
    if (value.empty() || value == "COPY")
        return false;
    if (value == "REPLACE")
        return true;
    return refuseArgument(name, value, std::string(unknown));
}

std::string render(const store::Committed &committed)
{
    text::XmlWriter xml;
    xml.open("CopyObjectResult")
        .attribute("xmlns", text::kS3Namespace)
        .element("LastModified", text::formatIso(committed.lastModifiedMs))
        .element("ETag", quoted(committed.etag));
    if (committed.checksum)
        writeChecksum(xml, *committed.checksum, 0, true);
    xml.close();
    return xml.take();
}

}  // namespace

S3Result<CopyObject> CopyObject::parse(const Request &request)
{
    CopyObject operation;
    S3_CHECK(refuseVersionId(request));
    S3_TRY(operation.from, CopyFrom::parse(request));
    S3_TRY(operation.replacesMetadata,
           parseDirective(request, "x-amz-metadata-directive", "Unknown metadata directive."));
    S3_TRY(operation.replacesTags,
           parseDirective(request, "x-amz-tagging-directive", "Unknown tagging directive."));
    S3_TRY(operation.given, parseAttributes(request));
    operation.namesStorage = request.header("x-amz-storage-class") || !operation.given.encryption.empty();
    if (const auto name = request.header("x-amz-checksum-algorithm")) {
        operation.algorithm = crypto::checksumAlgorithmOf(*name);
        if (!operation.algorithm)
            return refuse(S3Error(errors::kInvalidRequest,
                                  "Checksum algorithm provided is unsupported. Please "
                                  "try again with any of the valid types: [CRC32, "
                                  "CRC32C, CRC64NVME, SHA1, SHA256]"));
    }
    S3_TRY(operation.conditions, parseWriteConditions(request));
    return operation;
}

Access CopyObject::access(const Request &request) const
{
    return {identity::Action::Write, request.key()};
}

store::Attributes CopyObject::merged(const store::Attributes &source, std::string ownerId) const
{
    store::Attributes result = replacesMetadata ? given : source;
    result.tags = replacesTags ? given.tags : source.tags;
    result.storageClass = given.storageClass;  // S3: a copy is STANDARD unless it says otherwise
    result.encryption = given.encryption;
    result.ownerId = std::move(ownerId);
    return result;
}

net::Awaitable<Result<store::Committed>> CopyObject::replaceAttributes(Call &call, std::string etag,
                                                                       store::Attributes attributes) const
{
    co_return co_await net::completion<store::Committed>([&](auto done) {
        call.context.store.replaceAttributes(call.bucketId(), call.request.key(), std::move(etag),
                                             std::move(attributes), std::move(done));
    });
}

net::Awaitable<S3Result<store::Committed>> CopyObject::copy(Call &call, SourceObject &source,
                                                            store::Attributes attributes) const
{
    const store::ObjectInfo &info = source.info();
    CO_S3_TRY(auto room, co_await roomInTenant(call, info.size, Replaces::Object));
    CO_S3_TRY(auto session, toS3(call.context.store.beginPut(call.bucketId(), call.request.key(),
                                                             std::move(attributes), info.size),
                                 call.subject()));
    const auto kept = algorithm       ? algorithm
                      : info.checksum ? std::optional(info.checksum->algorithm)
                                      : std::nullopt;
    if (kept) {
        session->addChecksum(*kept);
        session->storeChecksum(*kept);
    }
    CO_S3_CHECK(co_await copyBytes(call, source, {0, info.size}, *session));
    CO_S3_TRY(store::Committed committed,
              toS3(co_await commit(call.context, std::move(session), conditions), call.subject()));
    room.used();
    co_return committed;
}

net::Awaitable<S3Result<Reply>> CopyObject::run(Call &call) const
{
    CO_S3_TRY(const CopyFrom::Opened source, co_await from.open(call, std::nullopt));
    const store::ObjectInfo &info = source.object->info();
    if (info.size > store::kMaxPutBytes)
        co_return refuse(S3Error(errors::kInvalidRequest,
                                 "The specified copy source is larger than the maximum allowable size for a "
                                 "copy source: " +
                                     std::to_string(store::kMaxPutBytes)));

    const bool ontoItself = source.bucket->id == call.bucketId() && from.source.key == call.request.key() &&
                            !from.source.version.id;
    if (ontoItself && !replacesMetadata && !replacesTags && !namesStorage)
        co_return refuse(
            S3Error(errors::kInvalidRequest,
                    "This copy request is illegal because it is trying to copy an object to itself "
                    "without changing the object's metadata, storage class, website redirect "
                    "location or encryption attributes."));

    CO_S3_TRY(const store::Attributes attributes, toS3(co_await source.object->attributes(), call.subject()));
    store::Attributes wanted = merged(attributes, call.ownerId());
    const bool keepsBytes = ontoItself && !call.isVersioned() && !conditions.any() && !algorithm;
    S3Result<store::Committed> committed =
        keepsBytes ? toS3(co_await replaceAttributes(call, info.etag, wanted), call.subject())
                   : co_await copy(call, *source.object, wanted);
    if (!committed)
        co_return refuse(std::move(committed).error());

    Reply reply = Reply::xml(render(*committed));
    source.addVersion(reply.head);
    if (committed->isVersioned)
        reply.head.add("x-amz-version-id", committed->version.text());
    if (!wanted.encryption.empty())
        reply.head.add("x-amz-server-side-encryption", wanted.encryption);
    co_return reply;
}

}  // namespace maxiofs::api::s3
