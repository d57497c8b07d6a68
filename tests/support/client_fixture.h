// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "http/client.h"
#include "support/node_credentials.h"

#include <chrono>
#include <future>
#include <optional>

namespace maxiofs::test {

// A client with an I/O thread of its own and a short sweep.
class ClientFixture {
public:
    explicit ClientFixture(http::ClientOptions options = {})
        : m_threads(1, "io", std::chrono::milliseconds(10)),
          client(m_threads, quick(options))
    {
        client.setTls(credentials.nodes);
        m_threads.start();
    }
    ~ClientFixture() { client.stop(); }

    [[nodiscard]] Result<http::Answer> call(http::Call call)
    {
        std::promise<Result<http::Answer>> answered;
        client.call(std::move(call),
                    [&](Result<http::Answer> answer) { answered.set_value(std::move(answer)); });
        return answered.get_future().get();
    }

    const NodeCredentials credentials = NodeCredentials::make();

private:
    static http::ClientOptions quick(http::ClientOptions options)
    {
        options.sweepInterval = std::chrono::milliseconds(10);
        return options;
    }

    net::IoThreads m_threads;

public:
    http::Client client;  // after the threads: goes before them
};

inline http::Destination plainDestination(std::uint16_t port)
{
    return {"http://127.0.0.1:" + std::to_string(port), {}, http::Destination::Security::Plain};
}

inline http::Destination nodeDestination(std::uint16_t port, const std::string &pinned)
{
    return {"https://127.0.0.1:" + std::to_string(port), pinned, http::Destination::Security::Nodes};
}

inline http::Call callOf(http::Destination to, std::string body = {})
{
    http::Call call;
    call.to = std::move(to);
    call.path = "/p";
    call.body = std::move(body);
    call.limit = std::chrono::seconds(30);
    return call;
}

}  // namespace maxiofs::test
