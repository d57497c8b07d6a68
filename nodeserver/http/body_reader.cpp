// SPDX-License-Identifier: GPL-3.0-or-later
#include "http/body_reader.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <limits>

namespace maxiofs::http {

void BodyReader::start(const Framing &framing)
{
    m_kind = framing.body;
    m_left = framing.length;
    m_closed = false;
    if (m_kind == Framing::Body::Chunked)
        m_decoder = ChunkedDecoder();
}

bool BodyReader::isFinished() const
{
    switch (m_kind) {
    case Framing::Body::None: return true;
    case Framing::Body::Length: return m_left == 0;
    case Framing::Body::Chunked: return m_decoder.finished();
    case Framing::Body::UntilClose: return m_closed;
    }
    return true;
}

std::uint64_t BodyReader::dataLeft() const
{
    switch (m_kind) {
    case Framing::Body::Chunked: return m_decoder.dataLeft();
    case Framing::Body::UntilClose: return std::numeric_limits<std::uint64_t>::max();
    default: return m_left;
    }
}

std::optional<Result<std::size_t>> BodyReader::readArrived(std::span<std::byte> into)
{
    if (isFinished() || into.empty())
        return std::size_t(0);
    if (m_input.isEmpty())
        return std::nullopt;
    if (m_kind == Framing::Body::Chunked)
        return decodeArrived(into);
    const ByteView arrived = m_input.bytes();
    const auto size =
        static_cast<std::size_t>(std::min<std::uint64_t>({dataLeft(), arrived.size(), into.size()}));
    std::memcpy(into.data(), arrived.data(), size);
    m_input.consume(size);
    if (m_kind == Framing::Body::Length)
        m_left -= size;
    return size;
}

std::optional<Result<std::size_t>> BodyReader::decodeArrived(std::span<std::byte> into)
{
    const Result<ChunkedDecoder::Step> step = m_decoder.decode(m_input.bytes(), into);
    if (!step)
        return failure(step.error());
    m_input.consume(step->consumed);
    if (step->produced > 0 || m_decoder.finished())
        return step->produced;
    return std::nullopt;
}

net::Awaitable<Result<std::size_t>> BodyReader::read(std::span<std::byte> into, bool expectData)
{
    for (;;) {
        if (std::optional<Result<std::size_t>> arrived = readArrived(into))
            co_return std::move(*arrived);
        const std::uint64_t left = dataLeft();
        const bool direct = left > 0 && into.size() >= std::min<std::uint64_t>(left, kDirectRead);
        const std::span<std::byte> target =
            direct ? into.first(static_cast<std::size_t>(std::min<std::uint64_t>(left, into.size())))
                   : m_input.space();
        CO_TRY_ASSIGN(const std::size_t size, co_await m_stream.read(target, expectData));
        if (size == 0 && m_kind == Framing::Body::UntilClose) {
            m_closed = true;
            co_return std::size_t(0);
        }
        if (size == 0)
            co_return failure(Error::Closed, "The connection was closed before the end of the body.",
                              m_stream.peer().text);
        expectData = true;
        if (!direct) {
            m_input.commit(size);
            continue;
        }
        if (m_kind == Framing::Body::Chunked)
            m_decoder.took(size);
        else if (m_kind == Framing::Body::Length)
            m_left -= size;
        co_return size;
    }
}

bool BodyReader::skipArrived()
{
    std::array<std::byte, 512> dropped;
    while (!isFinished()) {
        const std::optional<Result<std::size_t>> arrived = readArrived(dropped);
        if (!arrived || !*arrived)
            return false;
    }
    return true;
}

}  // namespace maxiofs::http
