// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "net/tls_context.h"

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <thread>

using SSL = struct ssl_st;

namespace maxiofs::test {

// The server's end of one connection, for a script. Every wait ends after 30 s.
class RawPeer {
public:
    RawPeer(int socket, const net::TlsContext *tls);
    ~RawPeer();
    RawPeer(const RawPeer &) = delete;
    RawPeer &operator=(const RawPeer &) = delete;

    bool send(std::string_view bytes);
    /// Up to the empty line; empty when the client closed before.
    [[nodiscard]] std::string receiveHead();
    /// So many bytes, fewer when the client closed before.
    [[nodiscard]] std::string receive(std::size_t size);
    /// Waits for the client's close, dropping what comes before.
    void waitForClose();
    /// TLS's announcement of an ordinary end.
    void closeNotify();

private:
    bool receiveMore();

    const int m_socket;
    SSL *m_tls = nullptr;
    bool m_connected = true;
    std::string m_received;
};

// A server that does exactly what its script says, one connection after the other, plain or TLS, on a thread
// of its own. A connection ends with its script.
class RawServer {
public:
    using Script = std::function<void(RawPeer &peer, unsigned connection)>;

    explicit RawServer(Script script, std::shared_ptr<const net::TlsContext> tls = nullptr);
    ~RawServer();  // the script must be able to end

    [[nodiscard]] std::uint16_t port() const { return m_port; }
    [[nodiscard]] unsigned connections() const { return m_connections; }

private:
    void run();

    const Script m_script;
    const std::shared_ptr<const net::TlsContext> m_tls;
    int m_socket = -1;
    std::uint16_t m_port = 0;
    std::atomic<unsigned> m_connections{0};
    std::atomic<bool> m_stopping{false};
    std::thread m_thread;
};

}  // namespace maxiofs::test
