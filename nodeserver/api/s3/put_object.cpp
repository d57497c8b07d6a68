// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/s3/put_object.h"

#include "api/s3/conditions.h"
#include "api/s3/copy_source.h"
#include "api/s3/object_headers.h"
#include "api/s3/object_intake.h"
#include "api/s3/tenant_room.h"

namespace maxiofs::api::s3 {

S3Result<PutObject> PutObject::parse(const Request &request)
{
    PutObject operation;
    S3_CHECK(refuseVersionId(request));
    S3_TRY(operation.attributes, parseAttributes(request));
    S3_TRY(operation.conditions, parseWriteConditions(request));
    S3_TRY(operation.promises, BodyPromises::parse(request));
    return operation;
}

Access PutObject::access(const Request &request) const
{
    return {identity::Action::Write, request.key()};
}

net::Awaitable<S3Result<Reply>> PutObject::run(Call &call) const
{
    CO_S3_TRY(PayloadReader reader, PayloadReader::make(call.request, call.caller));
    CO_S3_TRY(const std::uint64_t length, declaredObjectLength(reader));

    CO_S3_TRY(auto room, co_await roomInTenant(call, length, Replaces::Object));
    store::Attributes owned = attributes;
    owned.ownerId = call.ownerId();
    CO_S3_TRY(auto session,
              toS3(call.context.store.beginPut(call.bucketId(), call.request.key(), std::move(owned), length),
                   call.subject()));
    if (promises.algorithm) {
        session->addChecksum(*promises.algorithm);
        session->storeChecksum(*promises.algorithm);
    }
    CO_S3_CHECK(co_await receiveObject(call, *session, reader, promises));
    CO_S3_TRY(const store::Committed committed,
              toS3(co_await commit(call.context, std::move(session), conditions), call.subject()));
    room.used();

    Reply reply = Reply::status(200);
    reply.head.add("ETag", quoted(committed.etag));
    if (committed.isVersioned)
        reply.head.add("x-amz-version-id", committed.version.text());
    if (committed.checksum)
        addChecksum(reply.head, *committed.checksum, 0);
    if (!attributes.encryption.empty())
        reply.head.add("x-amz-server-side-encryption", attributes.encryption);
    co_return reply;
}

}  // namespace maxiofs::api::s3
