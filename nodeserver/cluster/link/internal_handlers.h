// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/id.h"
#include "http/exchange.h"

#include <QJsonObject>

#include <functional>
#include <map>
#include <variant>

namespace maxiofs::cluster::link {

// A request on an internal route, from a node that has proven itself as the route asks for.
struct InternalCall {
    NodeId from;
    std::string certificate;  // SHA-256 of the caller's TLS certificate, 64 hex; empty for a plain request
    std::string key;          // that verified the signature; empty where the certificate alone proves
    std::string address;      // where the request came from
    QJsonObject body;         // its `format` is one that this node speaks; empty on a route of Form::Bytes
    std::string bytes;        // on such a route
};

// Who answers which internal route. Filled before the node serves, then only read: any thread.
//
// A handler is called on an I/O thread and must not block there. What it returns is the answer's body (the
// service adds `format`), or an error, which the caller's PeerCalls gives back with its code, message and
// subject.
class InternalHandlers {
public:
    using Handler = std::function<net::Awaitable<Result<QJsonObject>>(InternalCall call)>;
    /// For a route of Form::Bytes: as Handler, what it returns are the answer's bytes.
    using BytesHandler = std::function<net::Awaitable<Result<std::string>>(InternalCall call)>;
    /// Responds itself, with begin(), write() and end(); an error before that is answered as for a Handler.
    using Streamer = std::function<net::Awaitable<Status>(InternalCall call, http::Exchange &exchange)>;
    using Entry = std::variant<Handler, BytesHandler, Streamer>;

    /// `route` is one of routes().
    void add(std::string_view route, Handler handler);
    void addBytes(std::string_view route, BytesHandler handler);
    void addStream(std::string_view route, Streamer streamer);
    /// Null when nobody answers it.
    [[nodiscard]] const Entry *find(std::string_view route) const;

private:
    std::map<std::string, Entry, std::less<>> m_entries;
};

}  // namespace maxiofs::cluster::link
