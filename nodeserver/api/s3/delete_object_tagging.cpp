// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/s3/delete_object_tagging.h"

namespace maxiofs::api::s3 {

S3Result<DeleteObjectTagging> DeleteObjectTagging::parse(const Request &request)
{
    DeleteObjectTagging operation;
    S3_TRY(operation.version, parseVersionId(request));
    return operation;
}

Access DeleteObjectTagging::access(const Request &request) const
{
    return {identity::Action::Write, request.key()};
}

net::Awaitable<S3Result<Reply>> DeleteObjectTagging::run(Call &call) const
{
    const auto changed = co_await net::completion<store::Committed>([&](auto done) {
        call.context.store.setTags(call.bucketId(), call.request.key(), version.id, store::Pairs(),
                                   std::move(done));
    });
    if (!changed)
        co_return refuse(fromStore(changed.error(), call.subject(version.text)));
    Reply reply = Reply::status(204);
    if (changed->isVersioned)
        reply.head.add("x-amz-version-id", changed->version.text());
    co_return reply;
}

}  // namespace maxiofs::api::s3
