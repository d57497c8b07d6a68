// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "http/response_head.h"
#include "net/stream.h"

#include <span>
#include <string>

namespace maxiofs::http {

// Writes the responses of a connection one after the other, each framed by its length, in chunks, or by the
// end of the connection (HTTP/1.0 without a length). Same thread rule as the stream.
class ResponseWriter {
public:
    ResponseWriter(net::Stream &stream, std::string serverName);

    /// Before each response: what its request was.
    void start(bool forHead, unsigned minorVersion);

    /// Whether a begun response ends only with the connection.
    [[nodiscard]] bool endsWithConnection() const { return m_framing == Framing::UntilClose; }
    [[nodiscard]] bool hasEnded() const { return m_state == State::Ended; }
    /// Bytes of the body that were written.
    [[nodiscard]] std::uint64_t bodyBytes() const { return m_written; }

    net::Awaitable<Status> sendContinue();
    net::Awaitable<Status> respond(ResponseHead head, std::string body, bool keepAlive);
    /// The same with bytes that stay as they are until it is done.
    net::Awaitable<Status> respondBytes(ResponseHead head, ByteView body, bool keepAlive);
    [[nodiscard]] Status begin(const ResponseHead &head, bool keepAlive);
    net::Awaitable<Status> write(std::span<const ByteView> pieces);
    net::Awaitable<Status> flush();
    net::Awaitable<Status> end();

private:
    enum class State { Waiting, Begun, Ended };
    enum class Framing { None, Length, Chunked, UntilClose };

    void compose(const ResponseHead &head, bool keepAlive);
    net::Awaitable<Status> sendPending();

    net::Stream &m_stream;
    const std::string m_serverLine;
    std::string m_pending;  // composed and not sent; keeps its memory
    State m_state = State::Waiting;
    Framing m_framing = Framing::None;
    bool m_forHead = false;
    unsigned m_minorVersion = 1;
    std::uint64_t m_length = 0;  // of Framing::Length
    std::uint64_t m_written = 0;
};

}  // namespace maxiofs::http
