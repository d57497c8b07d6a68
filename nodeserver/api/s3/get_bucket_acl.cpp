// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/s3/get_bucket_acl.h"

#include "api/s3/acl_document.h"

namespace maxiofs::api::s3 {

S3Result<GetBucketAcl> GetBucketAcl::parse(const Request &)
{
    return GetBucketAcl();
}

Access GetBucketAcl::access(const Request &) const
{
    return {identity::Action::BucketRead, {}};
}

net::Awaitable<S3Result<Reply>> GetBucketAcl::run(Call &call) const
{
    co_return Reply::xml(renderAcl(call.context.identities, call.bucket->ownerId));
}

}  // namespace maxiofs::api::s3
