// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/s3/put_object_tagging.h"

#include "api/s3/document_body.h"
#include "api/s3/tagging.h"

namespace maxiofs::api::s3 {

S3Result<PutObjectTagging> PutObjectTagging::parse(const Request &request)
{
    PutObjectTagging operation;
    S3_TRY(operation.version, parseVersionId(request));
    return operation;
}

Access PutObjectTagging::access(const Request &request) const
{
    return {identity::Action::Write, request.key()};
}

net::Awaitable<S3Result<Reply>> PutObjectTagging::run(Call &call) const
{
    CO_S3_TRY(const std::string document, co_await readNeededDocument(call, kMaxSmallDocument));
    CO_S3_TRY(const store::Pairs tags, parseTagDocument(document));
    const auto changed = co_await net::completion<store::Committed>([&](auto done) {
        call.context.store.setTags(call.bucketId(), call.request.key(), version.id, tags, std::move(done));
    });
    if (!changed)
        co_return refuse(fromStore(changed.error(), call.subject(version.text)));
    Reply reply = Reply::status(200);
    if (changed->isVersioned)
        reply.head.add("x-amz-version-id", changed->version.text());
    co_return reply;
}

}  // namespace maxiofs::api::s3
