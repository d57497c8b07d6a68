// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/s3/list_objects.h"

namespace maxiofs::api::s3 {

S3Result<ListObjects> ListObjects::parse(const Request &request)
{
    ListObjects operation;
    S3_TRY(operation.parameters, ListParameters::parse(request, "max-keys"));
    if (const std::string *marker = request.parameter("marker"))
        operation.marker = *marker;
    return operation;
}

Access ListObjects::access(const Request &) const
{
    return {identity::Action::Read, parameters.prefix};
}

net::Awaitable<S3Result<Reply>> ListObjects::run(Call &call) const
{
    CO_S3_TRY(const auto page, co_await listPage(call, parameters.request(call.bucketId(), marker)));

    text::XmlWriter xml;
    xml.open("ListBucketResult")
        .attribute("xmlns", text::kS3Namespace)
        .element("Name", call.request.bucket());
    parameters.write(xml);
    xml.element("Marker", parameters.shown(marker));
    // Without a delimiter the client continues after the last key it got.
    if (page.truncated && !parameters.delimiter.empty() && !page.entries.empty())
        xml.element("NextMarker", parameters.shown(page.entries.back().name));
    xml.element("MaxKeys", parameters.limit).element("IsTruncated", page.truncated);
    OwnerWriter owner(call.context.identities);
    for (const auto &entry : page.entries) {
        if (entry.info)
            writeContents(xml, parameters, entry, &owner);
        else
            parameters.writeCommonPrefix(xml, entry.name);
    }
    xml.close();
    co_return Reply::xml(xml.take());
}

}  // namespace maxiofs::api::s3
