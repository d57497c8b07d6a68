// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "api/console/event_follower.h"
#include "api/console/member_calls.h"
#include "api/console/passed_calls.h"
#include "http/exchange.h"

namespace maxiofs::api::console {

// Answers the console API and GET / of its port: finds the endpoint, signs the caller in, checks the right,
// reads the body, passes the request on where other members answer it, else runs the handler on the pool,
// and renders answer or refusal. Any I/O thread; each request on its connection's.
class ConsoleService {
public:
    static constexpr std::size_t kMaxBody = 1024 * 1024;

    /// Also passes changes of buckets and rules, audit entries, the node's state and its rules' on as events:
    /// before the monitor starts and the node serves.
    explicit ConsoleService(Context context);

    /// The handler of http::Server for everything but /health and /metrics.
    net::Awaitable<void> handle(http::Exchange &exchange);

    /// Answers what other members pass on, and tells them this node's events.
    void addTo(cluster::link::InternalHandlers &handlers) const;
    /// Takes over the events of other members from now on, until stop().
    void start() { m_follower.start(); }
    void stop() { m_follower.stop(); }
    /// What start() does again and again.
    void lookForEvents() { m_follower.look(); }

    /// The JSON form of a malformed head's refusal, for http::ServerOptions::malformed.
    [[nodiscard]] static std::string malformedBody(std::string_view message, unsigned status,
                                                   std::string_view requestId);

private:
    net::Awaitable<void> answer(http::Exchange &exchange, const Match &match, Call &call);
    [[nodiscard]] Result<identity::Identity> authenticate(const http::Exchange &exchange) const;
    net::Awaitable<Status> permitted(const Endpoint &endpoint, const Call &call) const;
    net::Awaitable<Outcome> carryOut(const Endpoint &endpoint, Call &call, PassedCall passed) const;

    const Context m_context;
    const MemberCalls m_members{m_context};
    const PassedCalls m_passed{m_context};
    EventStreams m_streams{m_context.events, [this] { return m_context.records.nodeId(); }};
    EventFollower m_follower{m_context, m_streams};  // last: its thread uses the others
};

/// Answers a request that comes before the store is loaded: 503 Starting with Retry-After.
net::Awaitable<void> answerStarting(http::Exchange &exchange);

}  // namespace maxiofs::api::console
