// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "http/server_options.h"
#include "http/server_shared.h"
#include "net/io_threads.h"
#include "net/listener.h"
#include "net/tls_context.h"

#include <chrono>
#include <memory>
#include <vector>

namespace maxiofs::http {

// An HTTP/1.1 server, plain and TLS on the same port. Requests of one connection are answered in order, one
// at a time. Construct, listen and stop on one thread, which is not an I/O thread; counters on any.
class Server {
public:
    Server(net::IoThreads &threads, ServerOptions options, Handler handler);
    ~Server();  // stops without patience
    Server(const Server &) = delete;
    Server &operator=(const Server &) = delete;

    /// Certificate and key for connections from now on; empty: TLS is refused.
    void setTls(std::shared_ptr<const net::TlsContext> context) { m_shared.tls.set(std::move(context)); }

    /// May be called for several addresses. Gives the port.
    [[nodiscard]] Result<std::uint16_t> listen(const net::ListenAddress &address);

    /// Accepts no more, closes idle connections at once, lets busy ones finish their response (with
    /// Connection: close) for at most `patience`, then cuts them. Returns when every handler has ended.
    void stop(std::chrono::milliseconds patience);

    struct Counters {
        std::size_t openConnections = 0;
        std::uint64_t connections = 0;
        std::uint64_t refusedConnections = 0;
        std::uint64_t requests = 0;
        std::uint64_t malformedRequests = 0;
        std::uint64_t lateConnections = 0;
        std::uint64_t bytesIn = 0;
        std::uint64_t bytesOut = 0;
    };
    /// Not while listen() runs.
    [[nodiscard]] Counters counters() const;

private:
    void accepted(net::IoThread &thread, net::TcpSocket socket, net::ConnectionCounter::Slot slot);
    void forEachConnection(void (Connection::*act)());

    net::IoThreads &m_threads;
    ServerShared m_shared;
    net::ConnectionCounter m_counter;
    std::vector<std::unique_ptr<ServerThread>> m_states;  // one for each I/O thread
    std::vector<std::unique_ptr<net::Listener>> m_listeners;
    bool m_stopped = false;
};

}  // namespace maxiofs::http
