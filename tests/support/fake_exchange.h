// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "http/exchange.h"
#include "http/framing_guard.h"
#include "http/head_parser.h"

#include <QtGlobal>

#include <cstring>

namespace maxiofs::test {

// A request without a connection: its body is in memory, and so is the response.
class FakeExchange final : public http::Exchange {
public:
    FakeExchange(const std::string &head, std::string body, const std::string &peer = "192.0.2.1")
        : m_body(std::move(body))
    {
        std::string text = head + "Host: node\r\n";
        if (!m_body.empty())
            text += "Content-Length: " + std::to_string(m_body.size()) + "\r\n";
        text += "\r\n";
        if (!http::HeadParser().parse(text, m_head))
            qFatal("the test's request head is malformed");
        m_framing = http::guardFraming(m_head).value();
        m_peer = {boost::asio::ip::make_address(peer), 1, peer};
        m_requestId = "00000000000000AB";
    }

    /// As another node over TLS.
    void showCertificate(const std::string &sha256)
    {
        m_tls = true;
        m_peerCertificate = sha256;
    }

    [[nodiscard]] bool bodyFinished() const override { return m_read == m_body.size(); }
    net::Awaitable<Result<std::size_t>> readBody(std::span<std::byte> into) override
    {
        const std::size_t count = std::min(into.size(), m_body.size() - m_read);
        std::memcpy(into.data(), m_body.data() + m_read, count);
        m_read += count;
        co_return count;
    }
    net::Awaitable<Status> respond(http::ResponseHead head, std::string body) override
    {
        m_sentStatus = head.status;
        response = std::move(head);
        sent = std::move(body);
        co_return Status();
    }
    net::Awaitable<Status> begin(http::ResponseHead head) override
    {
        m_sentStatus = head.status;
        response = std::move(head);
        co_return Status();
    }
    net::Awaitable<Status> write(ByteView bytes) override
    {
        if (clientGone)
            co_return failure(Error::Closed, "gone");
        sent += toText(bytes);
        co_return Status();
    }
    net::Awaitable<Status> writePieces(std::span<const ByteView> pieces) override
    {
        for (const ByteView piece : pieces)
            sent += toText(piece);
        co_return Status();
    }
    net::Awaitable<Status> flush() override { co_return Status(); }
    net::Awaitable<Status> end() override
    {
        ended = true;
        co_return Status();
    }

    http::ResponseHead response;
    std::string sent;
    bool ended = false;
    bool clientGone = false;

private:
    std::string m_body;
    std::size_t m_read = 0;
};

}  // namespace maxiofs::test
