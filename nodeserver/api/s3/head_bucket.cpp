// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/s3/head_bucket.h"

namespace maxiofs::api::s3 {

S3Result<HeadBucket> HeadBucket::parse(const Request &)
{
    return HeadBucket();
}

Access HeadBucket::access(const Request &) const
{
    return {identity::Action::BucketRead, {}};
}

net::Awaitable<S3Result<Reply>> HeadBucket::run(Call &call) const
{
    Reply reply{http::ResponseHead(200, "application/xml"), {}, false};
    reply.head.add("x-amz-bucket-region",
                   call.bucket->region.empty() ? call.context.region() : call.bucket->region);
    reply.head.add("x-amz-access-point-alias", "false");
    co_return reply;
}

}  // namespace maxiofs::api::s3
