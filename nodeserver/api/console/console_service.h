// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "api/console/endpoint.h"
#include "http/exchange.h"

namespace maxiofs::api::console {

// Answers the console API and GET / of its port: finds the endpoint, signs the caller in, checks the right,
// reads the body, runs the handler on the pool, records it in the audit log, and renders answer or refusal.
// Any I/O thread; each request on its connection's.
class ConsoleService {
public:
    static constexpr std::size_t kMaxBody = 1024 * 1024;

    /// Also passes changes of buckets, audit entries and the node's state on as events: before the monitor
    /// starts and the node serves.
    explicit ConsoleService(Context context);

    /// The handler of http::Server for everything but /health and /metrics.
    net::Awaitable<void> handle(http::Exchange &exchange);

    /// The JSON form of a malformed head's refusal, for http::ServerOptions::malformed.
    [[nodiscard]] static std::string malformedBody(std::string_view message, unsigned status,
                                                   std::string_view requestId);

private:
    struct Outcome;

    net::Awaitable<void> answer(http::Exchange &exchange, const Match &match, Call &call);
    [[nodiscard]] Result<identity::Identity> authenticate(const http::Exchange &exchange) const;
    [[nodiscard]] Outcome run(const Endpoint &endpoint, Call &call, std::string_view requestId) const;
    void record(const Endpoint &endpoint, const Call &call, unsigned status) const;

    const Context m_context;
};

/// Answers a request that comes before the store is loaded: 503 Starting with Retry-After.
net::Awaitable<void> answerStarting(http::Exchange &exchange);

}  // namespace maxiofs::api::console
