// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/s3/object_stream.h"

#include "api/s3/error_document.h"
#include "api/s3/started.h"

namespace maxiofs::api::s3 {

namespace {

constexpr std::uint64_t kDirectBytes = 128 * 1024;
constexpr std::uint64_t kBufferBytes = 256 * 1024;

// Appends the whole extent. With CachedOnly it may end early, with WouldBlock; what is there stays.
Status readAll(store::ObjectReader &reader, const Extent &extent, Bytes &to, index::ReadMode mode)
{
    while (to.size() < extent.length) {
        TRY_ASSIGN(const std::size_t got,
                   reader.read(extent.offset + to.size(), static_cast<std::size_t>(extent.length - to.size()),
                               to, mode));
        if (got == 0)
            return failure(Error::Corrupt, "The object's data ends before its size.");
    }
    return {};
}

net::Awaitable<S3Result<Reply>> sendSmall(Call &call, std::shared_ptr<store::ObjectReader> reader,
                                          Extent extent, http::ResponseHead head)
{
    Bytes bytes;
    bytes.reserve(static_cast<std::size_t>(extent.length));
    Status read = readAll(*reader, extent, bytes, index::ReadMode::CachedOnly);
    if (!read && read.error().code == Error::WouldBlock)
        read = co_await call.context.pool.run(
            [&] { return readAll(*reader, extent, bytes, index::ReadMode::MayBlock); });
    if (!read)
        co_return refuse(fromStore(read.error(), call.subject()));

    // An error of the exchange means that the client is gone: nothing more is to be done.
    (void)co_await call.exchange.respondBytes(std::move(head), bytes);
    co_return Reply::streamed();
}

net::Awaitable<S3Result<Reply>> sendLarge(Call &call, std::shared_ptr<store::ObjectReader> reader,
                                          Extent extent, http::ResponseHead head)
{
    const net::Executor executor = co_await boost::asio::this_coro::executor;
    std::uint64_t next = extent.offset;
    const std::uint64_t end = extent.offset + extent.length;
    const auto fill = [&](Bytes &into, Extent piece) {
        into.clear();
        into.reserve(kBufferBytes);
        return readAll(*reader, piece, into, index::ReadMode::MayBlock);
    };
    const auto takeNext = [&] {
        const Extent piece{next, std::min(kBufferBytes, end - next)};
        next += piece.length;
        return piece;
    };

    Bytes sending;
    Bytes reading;
    if (const Status first =
            co_await call.context.pool.run([&, piece = takeNext()] { return fill(sending, piece); });
        !first)
        co_return refuse(fromStore(first.error(), call.subject()));
    if (!co_await call.exchange.begin(std::move(head)))
        co_return Reply::streamed();
    for (;;) {
        Started<Status> readAhead;
        if (next < end)
            readAhead.start(call.context.pool, executor,
                            [&, piece = takeNext()] { return fill(reading, piece); });
        const Status sent = co_await call.exchange.write(sending);
        if (!readAhead.isRunning()) {
            if (sent)
                (void)co_await call.exchange.end();
            co_return Reply::streamed();
        }
        const Status read = co_await readAhead.wait();
        if (!sent)
            co_return Reply::streamed();
        if (!read)
            co_return refuse(fromStore(read.error(), call.subject()));
        std::swap(sending, reading);
    }
}

}  // namespace

net::Awaitable<S3Result<Reply>> sendObject(Call &call, std::shared_ptr<store::ObjectReader> reader,
                                           Extent extent, http::ResponseHead head)
{
    head.contentLength = extent.length;
    addRequestIds(head, call.exchange.requestId(), call.context.hostId);
    const auto send = extent.length <= kDirectBytes ? sendSmall : sendLarge;
    return send(call, std::move(reader), extent, std::move(head));
}

}  // namespace maxiofs::api::s3
