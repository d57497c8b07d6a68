// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/s3/list_objects_v2.h"

namespace maxiofs::api::s3 {

S3Result<ListObjectsV2> ListObjectsV2::parse(const Request &request)
{
    ListObjectsV2 operation;
    S3_TRY(operation.parameters, ListParameters::parse(request, "max-keys"));
    if (const std::string *start = request.parameter("start-after"))
        operation.startAfter = *start;
    operation.after = operation.startAfter;
    if (const std::string *token = request.parameter("continuation-token")) {
        auto after = parseContinuationToken(*token);
        if (!after)
            return refuseArgument("continuation-token", *token,
                                  "The continuation token provided is incorrect");
        operation.token = *token;
        operation.after = *std::move(after);
    }
    if (const std::string *fetch = request.parameter("fetch-owner"))
        operation.fetchOwner = *fetch == "true";
    return operation;
}

Access ListObjectsV2::access(const Request &) const
{
    return {identity::Action::Read, parameters.prefix};
}

net::Awaitable<S3Result<Reply>> ListObjectsV2::run(Call &call) const
{
    CO_S3_TRY(const auto page, co_await listPage(call, parameters.request(call.bucketId(), after)));

    text::XmlWriter xml;
    xml.open("ListBucketResult")
        .attribute("xmlns", text::kS3Namespace)
        .element("Name", call.request.bucket());
    parameters.write(xml);
    if (token)
        xml.element("ContinuationToken", *token);
    if (page.truncated && !page.entries.empty())
        xml.element("NextContinuationToken", continuationToken(page.entries.back().name));
    if (!startAfter.empty())
        xml.element("StartAfter", parameters.shown(startAfter));
    xml.element("KeyCount", page.entries.size())
        .element("MaxKeys", parameters.limit)
        .element("IsTruncated", page.truncated);
    OwnerWriter owner(call.context.identities);
    for (const auto &entry : page.entries) {
        if (entry.info)
            writeContents(xml, parameters, entry, fetchOwner ? &owner : nullptr);
        else
            parameters.writeCommonPrefix(xml, entry.name);
    }
    xml.close();
    co_return Reply::xml(xml.take());
}

}  // namespace maxiofs::api::s3
