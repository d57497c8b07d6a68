// SPDX-License-Identifier: GPL-3.0-or-later
#include "http/exchange.h"

#include <algorithm>

namespace maxiofs::http {

std::optional<std::uint64_t> Exchange::contentLength() const
{
    if (m_framing.body == Framing::Body::Chunked)
        return std::nullopt;
    return m_framing.length;
}

bool Exchange::hasBody() const
{
    return m_framing.body != Framing::Body::None;
}

net::Awaitable<Status> Exchange::respondBytes(ResponseHead head, ByteView body)
{
    head.contentLength = body.size();
    CO_TRY_STATUS(co_await begin(std::move(head)));
    CO_TRY_STATUS(co_await write(body));
    co_return co_await end();
}

net::Awaitable<Status> Exchange::holdBody()
{
    if (m_held)
        co_return Status();
    const std::optional<std::uint64_t> length = contentLength();
    if (!length)
        co_return failure(Error::Internal, "A body of unknown length cannot be held.");
    CO_TRY_ASSIGN(std::string body, co_await readWholeBody(static_cast<std::size_t>(*length)));
    m_held = std::move(body);
    co_return Status();
}

std::optional<ByteView> Exchange::heldBody() const
{
    return m_held ? std::optional(asBytes(*m_held)) : std::nullopt;
}

net::Awaitable<Result<std::string>> Exchange::readWholeBody(std::size_t limit)
{
    constexpr std::size_t kFirstPiece = 4 * 1024;
    const std::string tooLarge =
        "The request's body is larger than the " + std::to_string(limit) + " bytes that are allowed here.";
    const std::optional<std::uint64_t> announced = contentLength();
    if (announced && *announced > limit)
        co_return failure(Error::EntityTooLarge, tooLarge);

    std::string body;
    std::size_t size = 0;
    while (!bodyFinished()) {
        // One byte beyond the limit tells a body that ends there from one that goes on.
        const std::size_t room = announced ? static_cast<std::size_t>(*announced)
                                           : std::min(std::max(2 * size, kFirstPiece), limit + 1);
        if (size == body.size())
            body.resize(room);
        CO_TRY_ASSIGN(const std::size_t got,
                      co_await readBody(std::as_writable_bytes(std::span(body)).subspan(size)));
        if (got == 0)
            break;
        size += got;
        if (size > limit)
            co_return failure(Error::EntityTooLarge, tooLarge);
    }
    body.resize(size);
    co_return body;
}

}  // namespace maxiofs::http
