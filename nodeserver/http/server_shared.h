// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/histogram.h"
#include "base/mutex.h"
#include "http/exchange.h"
#include "http/server_options.h"
#include "net/stream.h"
#include "net/tls_context.h"

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <functional>
#include <unordered_set>

namespace maxiofs::http {

class Connection;

/// Called on the connection's thread for each request. The response must have ended when it returns;
/// otherwise the server answers 500, or cuts the connection if the response had begun.
using Handler = std::function<net::Awaitable<void>(Exchange &)>;

// What one I/O thread keeps of a server: its connections (touched on that thread alone) and its counters
// (read on any), so that counting costs no traffic between cores.
struct ServerThread {
    std::unordered_set<Connection *> connections;
    net::Traffic traffic;
    base::Counter accepted;
    base::Counter requests;
    base::Counter malformed;
    base::Counter late;
};

// What all connections of a server share. Any thread.
class ServerShared {
public:
    ServerShared(ServerOptions serverOptions, Handler requestHandler)
        : options(std::move(serverOptions)),
          handler(std::move(requestHandler))
    {
    }

    const ServerOptions options;
    const Handler handler;
    net::TlsSource tls;

    void connectionBegins() EXCLUDES(m_mutex);
    void connectionEnds() EXCLUDES(m_mutex);
    /// False when connections are left after `patience`.
    [[nodiscard]] bool waitUntilNoneLeft(std::chrono::milliseconds patience) EXCLUDES(m_mutex);

private:
    base::Mutex m_mutex;
    std::condition_variable m_noneLeft;
    std::size_t m_open GUARDED_BY(m_mutex) = 0;
};

}  // namespace maxiofs::http
