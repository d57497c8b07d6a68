// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/s3/get_object.h"

#include "api/s3/object_stream.h"

namespace maxiofs::api::s3 {

S3Result<GetObject> GetObject::parse(const Request &request)
{
    GetObject operation;
    S3_TRY(operation.read, ObjectRead::parse(request));
    return operation;
}

Access GetObject::access(const Request &request) const
{
    return {identity::Action::Read, request.key()};
}

net::Awaitable<S3Result<Reply>> GetObject::run(Call &call) const
{
    CO_S3_TRY(ObjectRead::Answer answer, co_await read.prepare(call));
    co_return co_await sendObject(call, std::move(answer.reader), answer.extent, std::move(answer.head));
}

}  // namespace maxiofs::api::s3
