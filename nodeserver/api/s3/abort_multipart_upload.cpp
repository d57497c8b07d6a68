// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/s3/abort_multipart_upload.h"

#include "api/s3/upload_id.h"

namespace maxiofs::api::s3 {

S3Result<AbortMultipartUpload> AbortMultipartUpload::parse(const Request &request)
{
    AbortMultipartUpload operation;
    S3_TRY(operation.uploadId, parseUploadId(request));
    return operation;
}

Access AbortMultipartUpload::access(const Request &request) const
{
    return {identity::Action::Write, request.key()};
}

net::Awaitable<S3Result<Reply>> AbortMultipartUpload::run(Call &call) const
{
    const Status aborted = co_await net::completion<void>([&](auto done) {
        call.context.store.abortUpload(call.bucketId(), call.request.key(), uploadId, std::move(done));
    });
    if (!aborted)
        co_return refuse(fromStore(aborted.error(), call.subject({}, *call.request.parameter("uploadId"))));
    co_return Reply::status(204);
}

}  // namespace maxiofs::api::s3
