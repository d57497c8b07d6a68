// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/s3/remote_source.h"

#include "api/s3/started.h"

#include <algorithm>

namespace maxiofs::api::s3 {

namespace {

constexpr std::uint64_t kBufferBytes = 256 * 1024;

}  // namespace

net::Awaitable<Result<std::unique_ptr<RemoteSource>>>
RemoteSource::open(cluster::PeerCalls &peers, NodeId owner, ExportRequest request, net::BlockingPool &pool)
{
    QJsonObject body = toJson(request);
    CO_TRY_ASSIGN(auto stream, co_await peers.open(owner, kObjectReadRoute, std::move(body), kLimit));
    std::unique_ptr<RemoteSource> source(new RemoteSource(std::move(stream), pool));
    CO_TRY_STATUS(co_await source->readHead());
    co_return source;
}

net::Awaitable<Status> RemoteSource::readHead()
{
    Bytes bytes(kExportPreamble);
    CO_TRY_STATUS(co_await fill(bytes));
    CO_TRY_ASSIGN(const std::size_t length, exportHeadLength(bytes));
    bytes.resize(length);
    CO_TRY_STATUS(co_await fill(bytes));
    CO_TRY_ASSIGN(m_object, exportedObjectOf(bytes));
    co_return Status();
}

net::Awaitable<Status> RemoteSource::fill(std::span<std::byte> into)
{
    while (!into.empty()) {
        CO_TRY_ASSIGN(const std::size_t got, co_await m_stream->read(into));
        if (got == 0)
            co_return failure(Error::Closed, "The other node's answer ended before its last byte.");
        into = into.subspan(got);
    }
    co_return Status();
}

net::Awaitable<Result<store::Attributes>> RemoteSource::attributes()
{
    co_return m_object.attributes;
}

net::Awaitable<Status> RemoteSource::copyTo(store::PutSession &session, Extent extent)
{
    if (extent != m_object.extent)
        co_return failure(Error::Internal, "The other node sends another range than was asked for.");
    const net::Executor executor = co_await boost::asio::this_coro::executor;
    Bytes writing;
    Bytes reading;
    Started<Status> written;  // its job refers to `writing`
    for (std::uint64_t left = extent.length; left > 0;) {
        reading.resize(static_cast<std::size_t>(std::min(kBufferBytes, left)));
        CO_TRY_STATUS(co_await fill(reading));
        m_hash.update(reading);
        left -= reading.size();
        if (written.isRunning())
            CO_TRY_STATUS(co_await written.wait());
        std::swap(writing, reading);
        written.start(m_pool, executor, [&session, &writing] { return session.write(writing); });
    }
    if (written.isRunning())
        CO_TRY_STATUS(co_await written.wait());
    co_return co_await checkTrailer();
}

net::Awaitable<Status> RemoteSource::checkTrailer()
{
    std::array<std::byte, kExportTrailer> hash{};
    CO_TRY_STATUS(co_await fill(hash));
    if (hash != m_hash.finish())
        co_return failure(Error::Corrupt, "The bytes of the object changed on their way between the nodes.");
    std::array<std::byte, 1> more{};
    CO_TRY_ASSIGN(const std::size_t got, co_await m_stream->read(more));
    if (got != 0)
        co_return failure(Error::Corrupt, "The other node sent more than it announced.");
    co_return Status();
}

}  // namespace maxiofs::api::s3
