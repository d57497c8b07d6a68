// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/s3/list_object_versions.h"

#include "api/s3/checksums.h"
#include "api/s3/object_headers.h"
#include "text/dates.h"

namespace maxiofs::api::s3 {

namespace {

void writeVersion(text::XmlWriter &xml, const ListParameters &parameters,
                  const store::ObjectStore::ListedObject &entry, OwnerWriter &owner)
{
    const store::ObjectInfo &info = *entry.info;
    xml.open(info.isDeleteMarker ? "DeleteMarker" : "Version")
        .element("Key", parameters.shown(entry.name))
        .element("VersionId", info.version.text())
        .element("IsLatest", info.isLatest)
        .element("LastModified", text::formatIso(info.lastModifiedMs));
    if (!info.isDeleteMarker) {
        xml.element("ETag", quoted(info.etag));
        if (info.checksum)
            xml.element("ChecksumAlgorithm", crypto::nameOf(info.checksum->algorithm))
                .element("ChecksumType", nameOf(info.checksum->type));
        xml.element("Size", info.size).element("StorageClass", storageClassName(info.storageClass));
    }
    owner.write(xml, "Owner", info.ownerId);
    xml.close();
}

}  // namespace

S3Result<ListObjectVersions> ListObjectVersions::parse(const Request &request)
{
    ListObjectVersions operation;
    S3_TRY(operation.parameters, ListParameters::parse(request, "max-keys"));
    if (const std::string *marker = request.parameter("key-marker"))
        operation.keyMarker = *marker;
    if (const std::string *marker = request.parameter("version-id-marker")) {
        if (marker->empty())
            return refuseArgument("version-id-marker", "", "A version-id marker cannot be empty.");
        if (operation.keyMarker.empty())
            return refuseArgument("version-id-marker", *marker,
                                  "A version-id marker cannot be specified without a key marker.");
        operation.versionMarkerText = *marker;
        operation.versionMarker = store::VersionId::parse(*marker);
        if (!operation.versionMarker)
            return refuseArgument("version-id-marker", *marker, "Invalid version id specified");
    }
    return operation;
}

Access ListObjectVersions::access(const Request &) const
{
    return {identity::Action::Read, parameters.prefix};
}

net::Awaitable<S3Result<Reply>> ListObjectVersions::run(Call &call) const
{
    store::ObjectStore::Listing page;
    if (parameters.limit > 0) {
        const auto wanted = parameters.request(call.bucketId(), keyMarker);
        CO_S3_TRY(page, toS3(co_await call.context.pool.run(
                                 [&] { return call.context.store.listVersions(wanted, versionMarker); }),
                             call.subject()));
    }

    text::XmlWriter xml;
    xml.open("ListVersionsResult")
        .attribute("xmlns", text::kS3Namespace)
        .element("Name", call.request.bucket());
    parameters.write(xml);
    xml.element("KeyMarker", parameters.shown(keyMarker)).element("VersionIdMarker", versionMarkerText);
    if (page.truncated && !page.entries.empty()) {
        const auto &last = page.entries.back();
        xml.element("NextKeyMarker", parameters.shown(last.name));
        if (last.info)
            xml.element("NextVersionIdMarker", last.info->version.text());
    }
    xml.element("MaxKeys", parameters.limit).element("IsTruncated", page.truncated);
    OwnerWriter owner(call.context.identities);
    for (const auto &entry : page.entries) {
        if (entry.info)
            writeVersion(xml, parameters, entry, owner);
        else
            parameters.writeCommonPrefix(xml, entry.name);
    }
    xml.close();
    co_return Reply::xml(xml.take());
}

}  // namespace maxiofs::api::s3
