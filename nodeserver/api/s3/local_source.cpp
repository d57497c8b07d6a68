// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/s3/local_source.h"

#include <algorithm>

namespace maxiofs::api::s3 {

namespace {

constexpr std::uint64_t kBufferBytes = 256 * 1024;
constexpr std::uint64_t kTurnBytes = 4 * 1024 * 1024;  // of one job on the pool

Status copyTurn(store::ObjectReader &reader, const Extent &extent, store::PutSession &session, Bytes &buffer)
{
    std::uint64_t done = 0;
    while (done < extent.length) {
        buffer.clear();
        const auto wanted = static_cast<std::size_t>(std::min(kBufferBytes, extent.length - done));
        TRY_ASSIGN(const std::size_t got, reader.read(extent.offset + done, wanted, buffer));
        if (got == 0)
            return failure(Error::Corrupt, "The source's data ends before its size.");
        TRY_STATUS(session.write(buffer));
        done += got;
    }
    return {};
}

}  // namespace

net::Awaitable<Result<store::Attributes>> LocalSource::attributes()
{
    co_return co_await m_pool.run([this]() -> Result<store::Attributes> {
        TRY_ASSIGN(const store::Attributes *const attributes, m_reader->attributes());
        return *attributes;
    });
}

net::Awaitable<Status> LocalSource::copyTo(store::PutSession &session, Extent extent)
{
    Bytes buffer;
    buffer.reserve(static_cast<std::size_t>(std::min(kBufferBytes, extent.length)));
    while (extent.length > 0) {
        const Extent turn{extent.offset, std::min(kTurnBytes, extent.length)};
        CO_TRY_STATUS(co_await m_pool.run([&] { return copyTurn(*m_reader, turn, session, buffer); }));
        extent.offset += turn.length;
        extent.length -= turn.length;
    }
    co_return Status();
}

}  // namespace maxiofs::api::s3
