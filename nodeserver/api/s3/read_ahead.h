// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "api/s3/byte_range.h"
#include "api/s3/started.h"
#include "store/object_reader.h"

namespace maxiofs::api::s3 {

// Reads an extent of an object in pieces of up to 256 KiB: while one is being used, the pool reads the next.
// On one I/O thread.
class ReadAhead {
public:
    static constexpr std::uint64_t kPieceBytes = 256 * 1024;

    ReadAhead(net::BlockingPool &pool, std::shared_ptr<store::ObjectReader> reader, const Extent &extent);

    /// The next bytes, which stay until the call after; empty at the end. Errors are those of the reader.
    net::Awaitable<Result<ByteView>> next();

private:
    [[nodiscard]] Status fill(Bytes &into, const Extent &piece);

    net::BlockingPool &m_pool;
    const std::shared_ptr<store::ObjectReader> m_reader;
    std::uint64_t m_next;
    const std::uint64_t m_end;
    Bytes m_using;
    Bytes m_reading;
    Started<Status> m_ahead;  // last: its job refers to what is above
};

/// Appends the whole extent. With CachedOnly it may end early, with WouldBlock; what is there stays.
[[nodiscard]] Status readExtent(store::ObjectReader &reader, const Extent &extent, Bytes &to,
                                index::ReadMode mode);

}  // namespace maxiofs::api::s3
