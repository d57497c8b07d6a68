// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "http/exchange.h"

#include <QtGlobal>

#include <algorithm>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

namespace maxiofs::test {

// An exchange without a connection, for what reads bodies: a request from text, its body in pieces, the
// response kept for the test to read. Parsed and guarded like a real one; a malformed request is a mistake of
// the test and asserted.
class PiecewiseExchange final : public http::Exchange {
public:
    /// `head`: lines ending with CR LF and an empty line. The body comes in pieces of at most `pieceSize`
    /// bytes.
    explicit PiecewiseExchange(std::string_view head, std::string body = {}, std::size_t pieceSize = SIZE_MAX)
        : m_body(std::move(body)),
          m_pieceSize(pieceSize)
    {
        const bool parsed = http::HeadParser().parse(head, m_head).has_value();
        const auto framing = http::guardFraming(m_head);
        Q_ASSERT_X(parsed && framing, "PiecewiseExchange", "the test's request is malformed");
        m_framing = *framing;
        m_peer = {boost::asio::ip::make_address("192.0.2.1"), 40000, "192.0.2.1"};
        m_requestId = "00000000000000A1";
    }

    bool failsToWrite = false;  // as when the client is gone

    [[nodiscard]] const http::ResponseHead &responseHead() const { return m_responseHead; }
    [[nodiscard]] const std::string &responseBody() const { return m_responseBody; }
    [[nodiscard]] bool hasEnded() const { return m_ended; }

    [[nodiscard]] bool bodyFinished() const override { return m_read == m_body.size(); }
    net::Awaitable<Result<std::size_t>> readBody(std::span<std::byte> into) override
    {
        const std::size_t size = std::min({into.size(), m_pieceSize, m_body.size() - m_read});
        std::memcpy(into.data(), m_body.data() + m_read, size);
        m_read += size;
        m_bodyBytesIn += size;
        co_return size;
    }
    net::Awaitable<Status> respond(http::ResponseHead head, std::string body) override
    {
        CO_TRY_STATUS(co_await begin(std::move(head)));
        CO_TRY_STATUS(co_await write(asBytes(body)));
        m_ended = true;
        co_return Status();
    }
    net::Awaitable<Status> begin(http::ResponseHead head) override
    {
        Q_ASSERT_X(m_sentStatus == 0, "PiecewiseExchange", "a second response was begun");
        m_sentStatus = head.status;
        m_responseHead = std::move(head);
        co_return Status();
    }
    net::Awaitable<Status> write(ByteView bytes) override
    {
        if (failsToWrite)
            co_return failure(Error::Closed, "The client is gone.");
        if (!m_head.isHead() && !http::hasNoBody(m_sentStatus))
            m_responseBody += asText(bytes);
        m_bodyBytesOut = m_responseBody.size();
        co_return Status();
    }
    net::Awaitable<Status> writePieces(std::span<const ByteView> pieces) override
    {
        for (const ByteView piece : pieces)
            CO_TRY_STATUS(co_await write(piece));
        co_return Status();
    }
    net::Awaitable<Status> flush() override { co_return Status(); }
    net::Awaitable<Status> end() override
    {
        m_ended = true;
        co_return Status();
    }

private:
    std::string m_body;
    std::size_t m_pieceSize;
    std::size_t m_read = 0;
    http::ResponseHead m_responseHead;
    std::string m_responseBody;
    bool m_ended = false;
};

}  // namespace maxiofs::test
