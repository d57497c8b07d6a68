// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/s3/get_object_tagging.h"

#include "api/s3/tagging.h"

namespace maxiofs::api::s3 {

S3Result<GetObjectTagging> GetObjectTagging::parse(const Request &request)
{
    GetObjectTagging operation;
    S3_TRY(operation.version, parseVersionId(request));
    return operation;
}

Access GetObjectTagging::access(const Request &request) const
{
    return {identity::Action::Read, request.key()};
}

net::Awaitable<S3Result<Reply>> GetObjectTagging::run(Call &call) const
{
    auto ask = [&](index::ReadMode mode) -> Result<Reply> {
        TRY_ASSIGN(const auto reader,
                   call.context.store.open(call.bucketId(), call.request.key(), version.id, mode));
        TRY_ASSIGN(const store::Attributes *attributes, reader->attributes(mode));
        Reply reply = Reply::xml(renderTags(attributes->tags));
        if (call.isVersioned())
            reply.head.add("x-amz-version-id", reader->info().version.text());
        return reply;
    };
    co_return toS3(co_await cachedOrPool(call.context.pool, ask), call.subject(version.text));
}

}  // namespace maxiofs::api::s3
