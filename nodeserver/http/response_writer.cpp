// SPDX-License-Identifier: GPL-3.0-or-later
#include "http/response_writer.h"

#include "text/dates.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <ctime>

namespace maxiofs::http {

namespace {

// Head, chunk size and chunk end go beside the caller's pieces in one system call.
constexpr std::size_t kOwnPieces = 3;
constexpr std::size_t kCallersPieces = net::Stream::kMaxPieces - kOwnPieces;
constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
constexpr std::string_view kLastChunk = "0\r\n\r\n";
constexpr std::string_view kChunkEnd = "\r\n";

/// "Date: ...\r\n", formatted once a second and thread.
std::string_view dateLine()
{
    static thread_local std::time_t second = -1;
    static thread_local std::string line;
    if (const std::time_t now = std::time(nullptr); now != second) {
        second = now;
        line = "Date: " + text::formatHttpDate(std::int64_t(now) * 1000) + "\r\n";
    }
    return line;
}

void appendNumber(std::string &to, std::uint64_t value, int base = 10)
{
    std::array<char, 20> digits;
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value, base).ptr;
    to.append(digits.data(), end);
}

}  // namespace

ResponseWriter::ResponseWriter(net::Stream &stream, std::string serverName)
    : m_stream(stream),
      m_serverLine("Server: " + std::move(serverName) + "\r\n")
{
}

void ResponseWriter::start(bool forHead, unsigned minorVersion)
{
    m_pending.clear();
    m_state = State::Waiting;
    m_framing = Framing::None;
    m_forHead = forHead;
    m_minorVersion = minorVersion;
    m_length = 0;
    m_written = 0;
}

void ResponseWriter::compose(const ResponseHead &head, bool keepAlive)
{
    const bool noBody = hasNoBody(head.status);
    if (noBody || m_forHead) {
        m_framing = Framing::None;
    } else if (head.contentLength) {
        m_framing = Framing::Length;
        m_length = *head.contentLength;
    } else {
        m_framing = m_minorVersion >= 1 ? Framing::Chunked : Framing::UntilClose;
    }

    m_pending.append("HTTP/1.1 ");
    appendNumber(m_pending, head.status);
    m_pending.append(" ").append(head.reason.empty() ? reasonPhrase(head.status) : head.reason);
    m_pending.append("\r\n").append(m_serverLine).append(dateLine()).append(head.lines());
    const bool lengthAllowed = !noBody || (head.status == 304);
    if (head.contentLength && lengthAllowed) {
        m_pending.append("Content-Length: ");
        appendNumber(m_pending, *head.contentLength);
        m_pending.append("\r\n");
    }
    if (m_framing == Framing::Chunked)
        m_pending.append("Transfer-Encoding: chunked\r\n");
    if (!keepAlive || m_framing == Framing::UntilClose)
        m_pending.append("Connection: close\r\n");
    else if (m_minorVersion == 0)
        m_pending.append("Connection: keep-alive\r\n");
    m_pending.append("\r\n");
    m_state = State::Begun;
}

net::Awaitable<Status> ResponseWriter::sendContinue()
{
    const std::array<ByteView, 1> pieces{asBytes(kContinue)};
    co_return co_await m_stream.write(pieces);
}

net::Awaitable<Status> ResponseWriter::respond(ResponseHead head, std::string body, bool keepAlive)
{
    co_return co_await respondBytes(std::move(head), asBytes(body), keepAlive);
}

net::Awaitable<Status> ResponseWriter::respondBytes(ResponseHead head, ByteView body, bool keepAlive)
{
    if (m_state != State::Waiting)
        co_return failure(Error::Internal, "A second response was made to one request.");
    // For HEAD and 304 the handler may tell the length of what it does not send.
    if (head.status != 304 && (!m_forHead || !head.contentLength))
        head.contentLength = body.size();
    compose(head, keepAlive);
    m_state = State::Ended;
    const bool sendsBody = m_framing == Framing::Length;
    if (sendsBody)
        m_written = body.size();
    const std::array<ByteView, 2> pieces{asBytes(m_pending), sendsBody ? body : ByteView()};
    co_return co_await m_stream.write(pieces);
}

Status ResponseWriter::begin(const ResponseHead &head, bool keepAlive)
{
    if (m_state != State::Waiting)
        return failure(Error::Internal, "A second response was begun to one request.");
    compose(head, keepAlive);
    return {};
}

net::Awaitable<Status> ResponseWriter::write(std::span<const ByteView> pieces)
{
    if (m_state != State::Begun)
        co_return failure(Error::Internal, "A response was written before it began or after it ended.");
    while (!pieces.empty()) {
        const std::span<const ByteView> now = pieces.first(std::min(pieces.size(), kCallersPieces));
        pieces = pieces.subspan(now.size());
        std::uint64_t size = 0;
        for (const ByteView piece : now)
            size += piece.size();
        if (size == 0 || m_framing == Framing::None)
            continue;
        if (m_framing == Framing::Length && size > m_length - m_written)
            co_return failure(Error::Internal, "A response has more bytes than its Content-Length says.");

        const bool chunked = m_framing == Framing::Chunked;
        if (chunked) {
            appendNumber(m_pending, size, 16);
            m_pending.append(kChunkEnd);
        }
        std::array<ByteView, net::Stream::kMaxPieces> all;
        std::size_t count = 0;
        if (!m_pending.empty())
            all[count++] = asBytes(m_pending);
        for (const ByteView piece : now)
            all[count++] = piece;
        if (chunked)
            all[count++] = asBytes(kChunkEnd);
        CO_TRY_STATUS(co_await m_stream.write(std::span<const ByteView>(all).first(count)));
        m_pending.clear();
        m_written += size;
    }
    co_return Status();
}

net::Awaitable<Status> ResponseWriter::sendPending()
{
    const std::array<ByteView, 1> pieces{asBytes(m_pending)};
    CO_TRY_STATUS(co_await m_stream.write(pieces));
    m_pending.clear();
    co_return Status();
}

net::Awaitable<Status> ResponseWriter::flush()
{
    if (m_state == State::Begun && !m_pending.empty())
        co_return co_await sendPending();
    co_return Status();
}

net::Awaitable<Status> ResponseWriter::end()
{
    if (m_state != State::Begun)
        co_return failure(Error::Internal, "A response was ended before it began or twice.");
    if (m_framing == Framing::Length && m_written != m_length)
        co_return failure(Error::Internal, "A response has fewer bytes than its Content-Length says.");
    if (m_framing == Framing::Chunked)
        m_pending.append(kLastChunk);
    if (!m_pending.empty())
        CO_TRY_STATUS(co_await sendPending());
    m_state = State::Ended;
    co_return Status();
}

}  // namespace maxiofs::http
