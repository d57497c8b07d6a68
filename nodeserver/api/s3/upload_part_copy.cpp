// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/s3/upload_part_copy.h"

#include "api/s3/checksums.h"
#include "api/s3/object_headers.h"
#include "api/s3/object_intake.h"
#include "api/s3/object_read.h"
#include "api/s3/part_session.h"
#include "api/s3/tenant_room.h"
#include "api/s3/upload_id.h"
#include "text/dates.h"

namespace maxiofs::api::s3 {

S3Result<UploadPartCopy> UploadPartCopy::parse(const Request &request)
{
    UploadPartCopy operation;
    S3_CHECK(refuseVersionId(request));
    S3_TRY(operation.number, parsePartNumber(*request.parameter("partNumber")));
    S3_TRY(operation.uploadId, parseUploadId(request));
    S3_TRY(operation.from, CopyFrom::parse(request));
    if (const auto header = request.header("x-amz-copy-source-range")) {
        operation.rangeText = *header;
        S3_TRY(operation.range, parseCopyRange(*header));
    }
    return operation;
}

Access UploadPartCopy::access(const Request &request) const
{
    return {identity::Action::Write, request.key()};
}

net::Awaitable<S3Result<Reply>> UploadPartCopy::run(Call &call) const
{
    CO_S3_TRY(const CopyFrom::Opened source, co_await from.open(call, range));
    const std::uint64_t size = source.object->info().size;
    Extent extent{0, size};
    if (range) {
        if (*range->last >= size)
            co_return refuseArgument("x-amz-copy-source-range", rangeText,
                                     "Range specified is not valid for source object of size: " +
                                         std::to_string(size));
        extent = *resolve(*range, size);
    }
    if (extent.length > store::kMaxPutBytes)
        co_return refuse(S3Error(errors::kInvalidRequest,
                                 "The specified copy source is larger than the maximum allowable size for a "
                                 "copy source: " +
                                     std::to_string(store::kMaxPutBytes)));

    CO_S3_TRY(auto room, co_await roomInTenant(call, extent.length, Replaces::Nothing));
    CO_S3_TRY(auto session, co_await beginPart(call, uploadId, number, extent.length, std::nullopt));
    CO_S3_CHECK(co_await copyBytes(call, *source.object, extent, *session));
    const std::string uploadText = uploadId.hex();
    CO_S3_TRY(const store::Committed committed,
              toS3(co_await commit(call.context, std::move(session), {}), call.subject({}, uploadText)));
    room.used();

    text::XmlWriter xml;
    xml.open("CopyPartResult")
        .attribute("xmlns", text::kS3Namespace)
        .element("LastModified", text::formatIso(committed.lastModifiedMs))
        .element("ETag", quoted(committed.etag));
    if (committed.checksum)
        writeChecksum(xml, *committed.checksum, 0, false);
    xml.close();
    Reply reply = Reply::xml(xml.take());
    source.addVersion(reply.head);
    co_return reply;
}

}  // namespace maxiofs::api::s3
