// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/s3/upload_part.h"

#include "api/s3/copy_source.h"
#include "api/s3/object_headers.h"
#include "api/s3/object_intake.h"
#include "api/s3/object_read.h"
#include "api/s3/part_session.h"
#include "api/s3/tenant_room.h"
#include "api/s3/upload_id.h"

namespace maxiofs::api::s3 {

S3Result<UploadPart> UploadPart::parse(const Request &request)
{
    UploadPart operation;
    S3_CHECK(refuseVersionId(request));
    S3_TRY(operation.number, parsePartNumber(*request.parameter("partNumber")));
    S3_TRY(operation.uploadId, parseUploadId(request));
    S3_TRY(operation.promises, BodyPromises::parse(request));
    return operation;
}

Access UploadPart::access(const Request &request) const
{
    return {identity::Action::Write, request.key()};
}

net::Awaitable<S3Result<Reply>> UploadPart::run(Call &call) const
{
    CO_S3_TRY(PayloadReader reader, PayloadReader::make(call.request, call.caller));
    CO_S3_TRY(const std::uint64_t length, declaredObjectLength(reader));
    CO_S3_TRY(auto room, co_await roomInTenant(call, length, Replaces::Nothing));
    CO_S3_TRY(auto session, co_await beginPart(call, uploadId, number, length, promises.algorithm));
    CO_S3_CHECK(co_await receiveObject(call, *session, reader, promises));
    const std::string uploadText = uploadId.hex();
    CO_S3_TRY(const store::Committed committed,
              toS3(co_await commit(call.context, std::move(session), {}), call.subject({}, uploadText)));
    room.used();

    Reply reply = Reply::status(200);
    reply.head.add("ETag", quoted(committed.etag));
    if (committed.checksum)
        reply.head.add(crypto::checksumHeaderOf(committed.checksum->algorithm),
                       checksumText(*committed.checksum, 0));
    co_return reply;
}

}  // namespace maxiofs::api::s3
