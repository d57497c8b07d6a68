// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "http/exchange.h"

#include <string>
#include <string_view>

namespace maxiofs::http {

// Server-sent events (WHATWG HTML, section 9.2) as the response of an exchange. Each call is sent at once.
// The caller sends a heartbeat while nothing happens; a failed call means that the client is gone. Same
// thread rule as Exchange.
class EventStream {
public:
    explicit EventStream(Exchange &exchange) : m_exchange(exchange) {}

    struct Event {
        std::string id;    // empty: none; line breaks and NUL are dropped
        std::string name;  // empty: "message"; line breaks are dropped
        std::string data;  // may have several lines
    };

    net::Awaitable<Status> begin();
    net::Awaitable<Status> send(Event event);
    net::Awaitable<Status> heartbeat();
    net::Awaitable<Status> end();

    /// The Last-Event-ID that a reconnecting client sent; empty without one.
    [[nodiscard]] std::string_view lastEventId() const;
    /// One event in the wire format.
    [[nodiscard]] static std::string format(const Event &event);

private:
    Exchange &m_exchange;
};

}  // namespace maxiofs::http
