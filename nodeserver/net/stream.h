// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/bytes.h"
#include "base/histogram.h"
#include "net/address.h"
#include "net/awaitable.h"
#include "net/deadlines.h"
#include "net/tls_context.h"
#include "net/tls_transport.h"

#include <memory>
#include <optional>
#include <span>
#include <string>

using SSL = struct ssl_st;

namespace maxiofs::net {

// Bytes moved, without TLS's own. Shared by the connections of a thread.
struct Traffic {
    base::Counter in;
    base::Counter out;
};

// One end of a connection. A server's is plain or TLS as the first byte says (open()); a client's as it is
// told (connectTls()). Used on the thread of its socket
// alone, by one reader and one writer that do not overlap. Every wait for the peer counts against the
// deadline; a late or stopped connection fails with TimedOut, a broken one with Closed.
//
// Reads and writes try the system call at once and suspend only when it would block: a small answer costs one
// system call and no turn of the event loop. After kDirectCalls such calls in a row a read goes through the
// event loop, so that one busy connection cannot starve the others of its thread.
class Stream {
public:
    static constexpr unsigned kDirectCalls = 32;
    static constexpr std::size_t kMaxPieces = 16;

    Stream(TcpSocket socket, Deadline &deadline, Traffic &traffic);
    ~Stream();
    Stream(const Stream &) = delete;
    Stream &operator=(const Stream &) = delete;

    /// Waits for the first byte; if it begins a TLS handshake, makes it with `source`'s context.
    Awaitable<Status> open(const TlsSource *source);

    /// The client's handshake, by `serverName`. A refusal of the own certificate shows at the first read.
    Awaitable<Status> connectTls(std::shared_ptr<const TlsContext> context, std::string_view serverName);

    /// At least one byte, or 0 at the end of what the peer sends. `expectData`: try a read at once (a body
    /// that is on its way) instead of waiting for the event loop first (the next request).
    Awaitable<Result<std::size_t>> read(std::span<std::byte> into, bool expectData);

    /// Writes what the system takes now without suspending; 0 when it takes nothing.
    [[nodiscard]] Result<std::size_t> writeNow(std::span<const ByteView> pieces);
    /// Writes all of at most kMaxPieces pieces.
    Awaitable<Status> write(std::span<const ByteView> pieces);

    /// Tells the peer that nothing more comes (TLS close_notify, FIN). Never blocks.
    void finishWriting();
    /// Ends both directions: pending and later operations fail. The socket itself lives as long as the
    /// stream.
    void cut();
    /// The same, so that the peer sees a broken connection and no end.
    void reset();
    [[nodiscard]] bool isCut() const { return m_cut; }

    /// Whether something is there to be read, an end too. One system call at most.
    [[nodiscard]] bool hasInput();
    /// Whether the peer has ended its direction, whatever is there to be read before. One system call.
    [[nodiscard]] bool peerHasLeft();
    /// Bytes moved so far, in both directions.
    [[nodiscard]] std::uint64_t moved() const { return m_moved; }

    [[nodiscard]] bool isTls() const { return m_tls != nullptr; }
    /// SHA-256 of the certificate that the peer proved, 64 lower-case hex; empty without one.
    [[nodiscard]] const std::string &peerCertificate() const { return m_peerCertificate; }
    [[nodiscard]] const PeerAddress &peer() const { return m_peer; }

private:
    Awaitable<Result<std::size_t>> readTls(std::span<std::byte> into, bool expectData);
    [[nodiscard]] Status beginTls(std::shared_ptr<const TlsContext> context);
    Awaitable<Status> handshake();
    Awaitable<Status> waitFor(TcpSocket::wait_type direction);
    Awaitable<Status> receiveTls();
    [[nodiscard]] Result<std::size_t> writeTlsNow(std::span<const ByteView> pieces);
    void received(std::size_t bytes);
    void sent(std::size_t bytes);
    [[nodiscard]] std::unexpected<Error> broken(std::string_view action, int errorNumber) const;

    TcpSocket m_socket;
    Deadline &m_deadline;
    Traffic &m_traffic;
    PeerAddress m_peer;
    std::optional<TlsTransport> m_transport;
    SSL *m_tls = nullptr;
    std::shared_ptr<const TlsContext> m_context;
    std::string m_peerCertificate;
    std::uint64_t m_moved = 0;
    TcpSocket::wait_type m_tlsWants = TcpSocket::wait_write;
    unsigned m_directCalls = 0;
    bool m_cut = false;
};

}  // namespace maxiofs::net
