// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/s3/read_ahead.h"

#include <algorithm>

namespace maxiofs::api::s3 {

Status readExtent(store::ObjectReader &reader, const Extent &extent, Bytes &to, index::ReadMode mode)
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

ReadAhead::ReadAhead(net::BlockingPool &pool, std::shared_ptr<store::ObjectReader> reader,
                     const Extent &extent)
    : m_pool(pool),
      m_reader(std::move(reader)),
      m_next(extent.offset),
      m_end(extent.offset + extent.length)
{
}

Status ReadAhead::fill(Bytes &into, const Extent &piece)
{
    into.clear();
    into.reserve(kPieceBytes);
    return readExtent(*m_reader, piece, into, index::ReadMode::MayBlock);
}

net::Awaitable<Result<ByteView>> ReadAhead::next()
{
    const net::Executor executor = co_await boost::asio::this_coro::executor;
    const auto takeNext = [this] {
        const Extent piece{m_next, std::min(kPieceBytes, m_end - m_next)};
        m_next += piece.length;
        return piece;
    };
    Status read;
    if (m_ahead.isRunning()) {
        read = co_await m_ahead.wait();
        std::swap(m_using, m_reading);
    } else if (m_next < m_end) {
        read = co_await m_pool.run([this, piece = takeNext()] { return fill(m_using, piece); });
    } else {
        co_return ByteView();
    }
    if (!read)
        co_return failure(std::move(read).error());
    if (m_next < m_end)
        m_ahead.start(m_pool, executor, [this, piece = takeNext()] { return fill(m_reading, piece); });
    co_return ByteView(m_using);
}

}  // namespace maxiofs::api::s3
