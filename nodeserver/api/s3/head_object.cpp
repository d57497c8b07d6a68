// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/s3/head_object.h"

namespace maxiofs::api::s3 {

S3Result<HeadObject> HeadObject::parse(const Request &request)
{
    HeadObject operation;
    S3_TRY(operation.read, ObjectRead::parse(request));
    return operation;
}

Access HeadObject::access(const Request &request) const
{
    return {identity::Action::Read, request.key()};
}

net::Awaitable<S3Result<Reply>> HeadObject::run(Call &call) const
{
    CO_S3_TRY(ObjectRead::Answer answer, co_await read.prepare(call));
    answer.head.contentLength = answer.extent.length;
    co_return Reply{std::move(answer.head), {}, false};
}

}  // namespace maxiofs::api::s3
