// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/bytes.h"
#include "base/result.h"
#include "http/framing_guard.h"
#include "http/request_head.h"
#include "http/response_head.h"
#include "net/address.h"
#include "net/awaitable.h"

#include <optional>
#include <span>
#include <string>

namespace maxiofs::http {

// One request and its response: what a handler gets. Lives until the handler's coroutine ends and is used on
// its connection's thread alone, one operation at a time. A handler either calls respond() once, or begin(),
// any number of write() and end(). The abstract class is the border to the connection, so that handlers are
// tested without sockets.
//
// Errors: Closed when the client is gone and TimedOut when it was too slow, after which the handler just
// returns; InvalidArgument for a malformed chunked body, which may still be answered.
class Exchange {
public:
    virtual ~Exchange() = default;
    Exchange(const Exchange &) = delete;
    Exchange &operator=(const Exchange &) = delete;

    [[nodiscard]] const RequestHead &head() const { return m_head; }
    [[nodiscard]] const Framing &framing() const { return m_framing; }
    [[nodiscard]] const net::PeerAddress &peer() const { return m_peer; }
    [[nodiscard]] bool isTls() const { return m_tls; }
    /// SHA-256 of the certificate that the other side proved, 64 lower-case hex: only of nodes, which call by
    /// net::kNodeServerName; else empty.
    [[nodiscard]] std::string_view peerCertificate() const { return m_peerCertificate; }
    /// 16 upper-case hex digits, unique among all requests of the process.
    [[nodiscard]] std::string_view requestId() const { return m_requestId; }

    /// Empty for a chunked body; 0 without a body.
    [[nodiscard]] std::optional<std::uint64_t> contentLength() const;
    /// False also for Content-Length: 0.
    [[nodiscard]] bool hasBody() const;
    [[nodiscard]] virtual bool bodyFinished() const = 0;

    /// The next decoded bytes of the body: at least one, 0 at its end. Sends `100 Continue` first where the
    /// client waits for it. Does not suspend when bytes have already arrived.
    virtual net::Awaitable<Result<std::size_t>> readBody(std::span<std::byte> into) = 0;
    /// EntityTooLarge when the body has more than `limit` bytes.
    net::Awaitable<Result<std::string>> readWholeBody(std::size_t limit);

    /// Reads a body of known length to its end and keeps it: readBody() then finds it from its beginning,
    /// whatever was done with heldBody() before. Only before the first readBody(), and not for a chunked one.
    virtual net::Awaitable<Status> holdBody();
    /// Empty where none is held.
    [[nodiscard]] std::optional<ByteView> heldBody() const;
    /// Whether the other side has ended the connection, or it must end. One system call.
    [[nodiscard]] virtual bool clientHasLeft() { return false; }
    /// The request was proven to come from a member of the cluster, which watches over its client itself: the
    /// connection no longer counts against its address's cap, and this exchange may go as slowly as that
    /// client.
    virtual void trustPeer() {}

    /// Head and body in one write. For HEAD the body is not sent; its size is, unless contentLength is set.
    virtual net::Awaitable<Status> respond(ResponseHead head, std::string body) = 0;
    /// The same with bytes that stay as they are until it is done.
    virtual net::Awaitable<Status> respondBytes(ResponseHead head, ByteView body);

    /// Begins a response of contentLength bytes, or of unknown length without one. The head goes out with the
    /// first bytes of the body, or with flush().
    virtual net::Awaitable<Status> begin(ResponseHead head) = 0;
    /// For HEAD nothing is sent. More than contentLength bytes are an Internal error.
    virtual net::Awaitable<Status> write(ByteView bytes) = 0;
    /// The pieces one after the other in one system call where possible.
    virtual net::Awaitable<Status> writePieces(std::span<const ByteView> pieces) = 0;
    virtual net::Awaitable<Status> flush() = 0;
    /// Completes the response. Internal, and the connection is cut, when bytes of contentLength are missing.
    virtual net::Awaitable<Status> end() = 0;

    /// True once respond() or begin() was called.
    [[nodiscard]] bool responded() const { return m_sentStatus != 0; }
    /// For access log and metrics: the status sent (0: none yet), body bytes received and bytes sent.
    [[nodiscard]] unsigned sentStatus() const { return m_sentStatus; }
    [[nodiscard]] std::uint64_t bodyBytesIn() const { return m_bodyBytesIn; }
    [[nodiscard]] std::uint64_t bodyBytesOut() const { return m_bodyBytesOut; }

protected:
    Exchange() = default;

    RequestHead m_head;
    Framing m_framing;
    net::PeerAddress m_peer;
    std::string m_requestId;
    std::string m_peerCertificate;
    std::optional<std::string> m_held;  // the body
    bool m_tls = false;
    unsigned m_sentStatus = 0;
    std::uint64_t m_bodyBytesIn = 0;
    std::uint64_t m_bodyBytesOut = 0;
};

}  // namespace maxiofs::http
