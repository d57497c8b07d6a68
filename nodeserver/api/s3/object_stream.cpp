// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/s3/object_stream.h"

#include "api/s3/error_document.h"
#include "api/s3/read_ahead.h"
#include "api/s3/replica_read.h"

namespace maxiofs::api::s3 {

namespace {

constexpr std::uint64_t kDirectBytes = 128 * 1024;

net::Awaitable<S3Result<Reply>> sendSmall(Call &call, std::shared_ptr<store::ObjectReader> reader,
                                          Extent extent, http::ResponseHead head)
{
    Bytes bytes;
    bytes.reserve(static_cast<std::size_t>(extent.length));
    Status read = readExtent(*reader, extent, bytes, index::ReadMode::CachedOnly);
    if (!read && read.error().code == Error::WouldBlock)
        read = co_await call.context.pool.run(
            [&] { return readExtent(*reader, extent, bytes, index::ReadMode::MayBlock); });
    if (!read)
        co_return refuse(fromStore(read.error(), call.subject()));

    // An error of the exchange means that the client is gone: nothing more is to be done.
    (void)co_await call.exchange.respondBytes(std::move(head), bytes);
    co_return Reply::streamed();
}

net::Awaitable<S3Result<Reply>> sendLarge(Call &call, std::shared_ptr<store::ObjectReader> reader,
                                          Extent extent, http::ResponseHead head)
{
    ReadAhead source(call.context.pool, std::move(reader), extent);
    Result<ByteView> piece = co_await source.next();
    if (!piece)
        co_return refuse(fromStore(piece.error(), call.subject()));
    if (!co_await call.exchange.begin(std::move(head)))
        co_return Reply::streamed();
    while (!piece->empty()) {
        if (!co_await call.exchange.write(*piece))
            co_return Reply::streamed();
        piece = co_await source.next();
        if (!piece)
            co_return refuse(fromStore(piece.error(), call.subject()));
    }
    (void)co_await call.exchange.end();
    co_return Reply::streamed();
}

}  // namespace

net::Awaitable<S3Result<Reply>> sendObject(Call &call, std::shared_ptr<store::ObjectReader> reader,
                                           Extent extent, http::ResponseHead head)
{
    head.contentLength = extent.length;
    addRequestIds(head, call.exchange.requestId(), call.context.hostId());
    addReplicaLag(head, call.replicaLag);
    const auto send = extent.length <= kDirectBytes ? sendSmall : sendLarge;
    return send(call, std::move(reader), extent, std::move(head));
}

}  // namespace maxiofs::api::s3
