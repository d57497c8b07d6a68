// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/bytes.h"

#include <memory>
#include <span>

using BIO = struct bio_st;

namespace maxiofs::net {

// Between OpenSSL and a socket: what has arrived already is read before the socket is asked. So a connection
// can wait for its next bytes by receiving them, which costs the event loop one system call less than waiting
// until they can be received. Used on the thread of the socket.
class TlsTransport {
public:
    static constexpr std::size_t kBytes = std::size_t(8) * 1024;  // a head and a small body, encrypted

    explicit TlsTransport(int socket) : m_socket(socket) {}
    TlsTransport(const TlsTransport &) = delete;
    TlsTransport &operator=(const TlsTransport &) = delete;

    /// What OpenSSL reads from and writes to, for SSL_set_bio(); it must not outlive this object. Null
    /// without memory.
    [[nodiscard]] BIO *makeBio();

    /// Whether OpenSSL has taken all that has arrived.
    [[nodiscard]] bool isEmpty() const { return m_begin == m_end; }
    /// Where to receive; only while isEmpty(). arrived() says how much came, 0 for the end.
    [[nodiscard]] std::span<std::byte> space();
    void arrived(std::size_t size);

    // OpenSSL's side. Bytes moved; 0 at the end, -1 with errno for a failure.
    [[nodiscard]] std::ptrdiff_t read(std::span<std::byte> into);
    [[nodiscard]] std::ptrdiff_t write(ByteView data) const;
    [[nodiscard]] bool hasEnded() const { return m_ended; }

private:
    const int m_socket;
    std::unique_ptr<std::byte[]> m_bytes;
    std::size_t m_begin = 0;
    std::size_t m_end = 0;
    bool m_ended = false;
};

}  // namespace maxiofs::net
