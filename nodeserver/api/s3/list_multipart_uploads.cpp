// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/s3/list_multipart_uploads.h"

#include "api/s3/checksums.h"
#include "text/dates.h"

namespace maxiofs::api::s3 {

namespace {

void writeUpload(text::XmlWriter &xml, const ListParameters &parameters,
                 const store::ObjectStore::ListedUpload &entry, OwnerWriter &owner)
{
    const store::ObjectStore::UploadInfo &info = *entry.info;
    xml.open("Upload").element("Key", parameters.shown(entry.name)).element("UploadId", info.uploadId.hex());
    owner.write(xml, "Initiator", info.ownerId);
    owner.write(xml, "Owner", info.ownerId);
    xml.element("StorageClass", storageClassName(info.storageClass))
        .element("Initiated", text::formatIso(info.initiatedMs));
    if (info.options.checksumAlgorithm)
        xml.element("ChecksumAlgorithm", crypto::nameOf(*info.options.checksumAlgorithm))
            .element("ChecksumType", nameOf(info.options.checksumType));
    xml.close();
}

}  // namespace

S3Result<ListMultipartUploads> ListMultipartUploads::parse(const Request &request)
{
    ListMultipartUploads operation;
    S3_TRY(operation.parameters, ListParameters::parse(request, "max-uploads"));
    if (const std::string *marker = request.parameter("key-marker"))
        operation.keyMarker = *marker;
    // Without a key marker S3 ignores the upload's.
    const std::string *marker = request.parameter("upload-id-marker");
    if (marker != nullptr && !marker->empty() && !operation.keyMarker.empty()) {
        operation.uploadMarkerText = *marker;
        operation.uploadMarker = Id128::fromHex(*marker);
        if (!operation.uploadMarker)
            return refuseArgument("upload-id-marker", *marker, "Invalid uploadId marker");
    }
    return operation;
}

Access ListMultipartUploads::access(const Request &) const
{
    return {identity::Action::Read, parameters.prefix};
}

net::Awaitable<S3Result<Reply>> ListMultipartUploads::run(Call &call) const
{
    store::ObjectStore::UploadListing page;
    if (parameters.limit > 0) {
        const auto wanted = parameters.request(call.bucketId(), keyMarker);
        CO_S3_TRY(page, toS3(co_await call.context.pool.run(
                                 [&] { return call.context.store.listUploads(wanted, uploadMarker); }),
                             call.subject()));
    }

    text::XmlWriter xml;
    xml.open("ListMultipartUploadsResult")
        .attribute("xmlns", text::kS3Namespace)
        .element("Bucket", call.request.bucket())
        .element("KeyMarker", parameters.shown(keyMarker))
        .element("UploadIdMarker", uploadMarkerText);
    if (page.truncated && !page.entries.empty()) {
        const auto &last = page.entries.back();
        xml.element("NextKeyMarker", parameters.shown(last.name));
        xml.element("NextUploadIdMarker", last.info ? last.info->uploadId.hex() : std::string());
    }
    parameters.write(xml);
    xml.element("MaxUploads", parameters.limit).element("IsTruncated", page.truncated);
    OwnerWriter owner(call.context.identities);
    for (const auto &entry : page.entries) {
        if (entry.info)
            writeUpload(xml, parameters, entry, owner);
        else
            parameters.writeCommonPrefix(xml, entry.name);
    }
    xml.close();
    co_return Reply::xml(xml.take());
}

}  // namespace maxiofs::api::s3
