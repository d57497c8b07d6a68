// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/s3/get_object_acl.h"

#include "api/s3/acl_document.h"

namespace maxiofs::api::s3 {

S3Result<GetObjectAcl> GetObjectAcl::parse(const Request &request)
{
    GetObjectAcl operation;
    S3_TRY(operation.version, parseVersionId(request));
    return operation;
}

Access GetObjectAcl::access(const Request &request) const
{
    return {identity::Action::Read, request.key()};
}

net::Awaitable<S3Result<Reply>> GetObjectAcl::run(Call &call) const
{
    auto ask = [&](index::ReadMode mode) {
        return call.context.store.open(call.bucketId(), call.request.key(), version.id, mode);
    };
    const auto reader = co_await cachedOrPool(call.context.pool, ask);
    if (!reader)
        co_return refuse(fromStore(reader.error(), call.subject(version.text)));
    Reply reply = Reply::xml(renderAcl(call.context.identities, (*reader)->info().ownerId));
    if (call.isVersioned())
        reply.head.add("x-amz-version-id", (*reader)->info().version.text());
    co_return reply;
}

}  // namespace maxiofs::api::s3
