// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/s3/list_buckets.h"

#include "api/s3/listing.h"
#include "text/dates.h"

namespace maxiofs::api::s3 {

S3Result<ListBuckets> ListBuckets::parse(const Request &request)
{
    ListBuckets operation;
    // Unlike the sizes of other pages, this one is refused rather than cut to its limit.
    S3_TRY(operation.limit, parseLimit(request, "max-buckets", kMaxBuckets + 1));
    if (operation.limit == 0 ||
        (request.parameter("max-buckets") != nullptr && operation.limit > kMaxBuckets))
        return refuseArgument("max-buckets", *request.parameter("max-buckets"),
                              "Argument max-buckets must be an integer between 1 and 10000");
    operation.limit = std::min(operation.limit, kMaxBuckets);
    if (const std::string *prefix = request.parameter("prefix"))
        operation.prefix = *prefix;
    if (const std::string *region = request.parameter("bucket-region"))
        operation.region = *region;
    if (const std::string *token = request.parameter("continuation-token")) {
        const auto after = parseContinuationToken(*token);
        if (!after)
            return refuseArgument("continuation-token", *token,
                                  "The continuation token provided is incorrect");
        operation.after = *after;
    }
    return operation;
}

Access ListBuckets::access(const Request &) const
{
    return {identity::Action::ListBuckets, {}};
}

net::Awaitable<S3Result<Reply>> ListBuckets::run(Call &call) const
{
    const std::string here = call.context.region();
    const auto regionOf = [&](const records::BucketRecord &bucket) -> const std::string & {
        return bucket.region.empty() ? here : bucket.region;
    };
    records::BucketListing wanted{prefix, after, limit, [&](const records::BucketRecord &bucket) {
                                      return (region.empty() || regionOf(bucket) == region) &&
                                             call.context.identities.authorizer().isVisible(
                                                 call.caller.signer.identity, bucket);
                                  }};
    const records::BucketPage page = call.context.buckets.list(wanted);

    text::XmlWriter xml;
    xml.open("ListAllMyBucketsResult").attribute("xmlns", text::kS3Namespace);
    OwnerWriter(call.context.identities).write(xml, "Owner", call.ownerId());
    xml.open("Buckets");
    for (const records::BucketPtr &bucket : page.buckets)
        xml.open("Bucket")
            .element("Name", bucket->name)
            .element("CreationDate", text::formatIso(bucket->createdMs))
            .element("BucketRegion", regionOf(*bucket))
            .close();
    xml.close();
    if (page.more && !page.buckets.empty())
        xml.element("ContinuationToken", continuationToken(page.buckets.back()->name));
    if (!prefix.empty())
        xml.element("Prefix", prefix);
    co_return Reply::xml(xml.take());
}

}  // namespace maxiofs::api::s3
