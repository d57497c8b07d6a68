// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/s3/delete_bucket.h"

#include "api/s3/elsewhere.h"

namespace maxiofs::api::s3 {

S3Result<DeleteBucket> DeleteBucket::parse(const Request &)
{
    return DeleteBucket();
}

Access DeleteBucket::access(const Request &) const
{
    return {identity::Action::BucketAdmin, {}};
}

net::Awaitable<S3Result<Reply>> DeleteBucket::run(Call &call) const
{
    const BucketId id = call.bucketId();
    const Status closed = co_await net::completion<void>(
        [&](auto done) { call.context.store.closeBucket(id, std::move(done)); });
    // A bucket that an earlier request closed without getting further is still to be removed.
    if (!closed && closed.error().code != Error::NoSuchBucket)
        co_return refuse(fromStore(closed.error(), call.subject()));

    const Status removed = co_await call.context.pool.run([&]() -> Status {
        if (!closed) {
            TRY_ASSIGN(const bool isClosed, call.context.store.isClosed(id));
            if (!isClosed)
                return closed;
        }
        TRY_STATUS(call.context.identities.grants().takeAllOfBucket(id));
        return call.context.buckets.remove(call.request.bucket(), id);
    });
    if (!removed)
        co_return refuse(fromStore(removed.error(), call.subject()));
    call.context.store.forgetBucket(id);
    co_await settle(call.context);
    co_return Reply::status(204);
}

}  // namespace maxiofs::api::s3
