// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

using SSL = struct ssl_st;
using SSL_CTX = struct ssl_ctx_st;

namespace maxiofs::test {

struct RawResponse {
    unsigned status = 0;
    std::string head;  // all its bytes
    std::string body;  // decoded

    [[nodiscard]] bool has(std::string_view line) const { return head.find(line) != std::string::npos; }
};

// A blocking client that sends exactly the bytes it is told, over TCP or TLS. Every wait ends after 30 s.
class RawClient {
public:
    enum class Kind { Plain, Tls };

    explicit RawClient(std::uint16_t port, Kind kind = Kind::Plain, const char *fromAddress = "127.0.0.1");
    /// TLS by a server name, without a certificate; `newest`: the highest version that is offered.
    RawClient(std::uint16_t port, const std::string &serverName, int newest);
    ~RawClient();
    RawClient(const RawClient &) = delete;
    RawClient &operator=(const RawClient &) = delete;

    [[nodiscard]] bool isConnected() const { return m_connected; }
    /// SHA-256 of the server's certificate, lower-case hex.
    [[nodiscard]] std::string serverFingerprint() const;

    /// False when the server has closed.
    bool send(std::string_view bytes);
    void finishSending();
    /// Ends both directions at once.
    void close();
    /// The next response; a response to HEAD has no body. Empty when the server closed before its end.
    [[nodiscard]] std::optional<RawResponse> receive(bool toHead = false);
    /// Everything up to the server's close.
    [[nodiscard]] std::string receiveAll();
    /// True when the connection ended by a reset and not by an ordinary close; after receiveAll().
    [[nodiscard]] bool wasReset() const { return m_reset; }
    /// True when the server closes without sending a byte more.
    [[nodiscard]] bool isClosed() { return m_received.empty() && receiveAll().empty(); }

private:
    void connect(std::uint16_t port, const char *fromAddress);
    void beginTls(const std::string &serverName, int newest);
    bool receiveMore();
    bool receiveUntil(std::size_t size);

    int m_socket = -1;
    SSL_CTX *m_context = nullptr;
    SSL *m_tls = nullptr;
    bool m_connected = false;
    bool m_reset = false;
    std::string m_received;
};

}  // namespace maxiofs::test
