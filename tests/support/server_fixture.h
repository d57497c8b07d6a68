// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "http/server.h"
#include "support/raw_client.h"

#include <chrono>
#include <utility>

namespace maxiofs::test {

// A server on a free local port with two I/O threads and a short sweep.
class ServerFixture {
public:
    explicit ServerFixture(http::Handler handler, http::ServerOptions options = {})
        : m_threads(2, "io", std::chrono::milliseconds(10)),
          server(m_threads, std::move(options), std::move(handler))
    {
        m_threads.start();
        m_port = server.listen(net::ListenAddress::parse("127.0.0.1:0").value()).value();
    }
    ~ServerFixture() { server.stop(std::chrono::milliseconds(0)); }

    [[nodiscard]] std::uint16_t port() const { return m_port; }
    [[nodiscard]] net::IoThreads &threads() { return m_threads; }

private:
    net::IoThreads m_threads;
    std::uint16_t m_port = 0;

public:
    http::Server server;  // after the threads: goes before them
};

/// Answers with method, path, and what the body was.
inline net::Awaitable<void> echo(http::Exchange &exchange)
{
    const Result<std::string> body = co_await exchange.readWholeBody(64 << 20);
    if (!body)
        co_return;
    http::ResponseHead head(200, "text/plain");
    std::string text =
        std::string(exchange.head().method()) + " " + std::string(exchange.head().path()) + " " + *body;
    const Status sent = co_await exchange.respond(std::move(head), std::move(text));
    static_cast<void>(sent);  // the client may be gone
}

/// Refuses without reading the body.
inline net::Awaitable<void> refuseUnread(http::Exchange &exchange)
{
    http::ResponseHead head(403, "text/plain");
    const Status sent = co_await exchange.respond(std::move(head), "no");
    static_cast<void>(sent);
}

}  // namespace maxiofs::test
