// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/s3/delete_object.h"

#include "api/s3/conditions.h"

namespace maxiofs::api::s3 {

S3Result<DeleteObject> DeleteObject::parse(const Request &request)
{
    DeleteObject operation;
    S3_TRY(operation.version, parseVersionId(request));
    if (request.header("If-None-Match"))
        return refuseHeader("If-None-Match");
    S3_TRY(operation.conditions, parseWriteConditions(request));
    return operation;
}

Access DeleteObject::access(const Request &request) const
{
    return {identity::Action::Write, request.key()};
}

net::Awaitable<S3Result<Reply>> DeleteObject::run(Call &call) const
{
    const auto deleted = co_await net::completion<store::Deleted>([&](auto done) {
        call.context.store.remove(call.bucketId(), call.request.key(), version.id, conditions,
                                  std::move(done));
    });
    if (!deleted)
        co_return refuse(fromStore(deleted.error(), call.subject(version.text)));
    Reply reply = Reply::status(204);
    if (deleted->madeMarker || deleted->removedMarker)
        reply.head.add("x-amz-delete-marker", "true");
    if (deleted->version)
        reply.head.add("x-amz-version-id", deleted->version->text());
    co_return reply;
}

}  // namespace maxiofs::api::s3
