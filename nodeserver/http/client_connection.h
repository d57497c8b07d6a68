// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "http/answer_head.h"
#include "http/body_reader.h"
#include "http/client_options.h"
#include "http/destination.h"
#include "http/head_parser.h"
#include "http/input_buffer.h"
#include "net/io_threads.h"
#include "net/stream.h"

#include <chrono>
#include <optional>
#include <span>

namespace maxiofs::http {

// Asked about once a second, on the connection's thread, while it waits for the other side and no byte moves:
// whether to go on.
class ClientWatch {
public:
    virtual ~ClientWatch() = default;
    /// `answerBegan`: bytes of the answer have come. A reason ends the connection with that error.
    [[nodiscard]] virtual std::optional<Error> reasonToGiveUp(bool answerBegan) = 0;
};

// The client's end of a connection: one request and its answer after the other. For each: start(), send() and
// at the end of the request requestSent(), receiveHead() and readBody() until bodyFinished(). Used on its I/O
// thread alone, one operation at a time. Errors as those of Client.
class ClientConnection {
public:
    ClientConnection(net::IoThread &thread, net::TcpSocket socket, Destination destination,
                     const ClientOptions &options, net::Traffic &traffic, ClientWatch *watch);
    ~ClientConnection();
    ClientConnection(const ClientConnection &) = delete;
    ClientConnection &operator=(const ClientConnection &) = delete;

    /// TLS with the pinned certificate; nothing for a plain destination.
    net::Awaitable<Status> open(std::shared_ptr<const net::TlsContext> context);

    /// Begins an exchange. `toHead`: the answer to HEAD has no body.
    void start(bool toHead);
    /// All pieces, at most net::Stream::kMaxPieces.
    net::Awaitable<Status> send(std::span<const ByteView> pieces);
    void requestSent() { m_sentWhole = true; }

    /// The next head, a 1xx too; after a final one the body begins.
    net::Awaitable<Status> receiveHead();
    [[nodiscard]] const AnswerHead &head() const { return m_head; }
    /// The whole body if it has arrived, without a copy; else, and where its end is the connection's,
    /// nothing. Valid until the lease goes.
    [[nodiscard]] std::optional<ByteView> wholeBody();
    /// Empty where only the body itself tells.
    [[nodiscard]] std::optional<std::uint64_t> bodyLength() const;
    [[nodiscard]] bool bodyFinished() const { return m_body.isFinished(); }
    /// At least one byte; 0 at the body's end. Closed when the connection ends before it.
    net::Awaitable<Result<std::size_t>> readBody(std::span<std::byte> into);
    /// What can be had without a system call.
    [[nodiscard]] std::optional<Result<std::size_t>> readArrived(std::span<std::byte> into)
    {
        return m_body.readArrived(into);
    }

    /// Whether a byte has come since start().
    [[nodiscard]] bool answerBegan() const { return m_answerBegan; }
    /// Whether something came, or the other side ended the connection. One system call.
    [[nodiscard]] bool hasInput() { return !m_input.isEmpty() || m_stream.hasInput(); }
    [[nodiscard]] bool isReused() const { return m_uses > 1; }
    /// Whether another exchange may follow.
    [[nodiscard]] bool isReusable() const;
    [[nodiscard]] const Destination &destination() const { return m_destination; }
    [[nodiscard]] std::string_view seenCertificate() const { return m_stream.peerCertificate(); }
    /// Fails what is under way and what follows; with `reason` where one is given.
    void cut(std::optional<Error> reason = std::nullopt);

private:
    friend class ClientThread;

    static void onLate(void *self);
    [[nodiscard]] std::unexpected<Error> failed(Error error) const;
    /// Once a second from ClientThread.
    void look();

    const Destination m_destination;
    const ClientOptions &m_options;
    net::Deadline m_deadline;
    net::Stream m_stream;
    InputBuffer m_input;
    HeadParser m_parser;
    BodyReader m_body;
    AnswerHead m_head;
    Framing m_framing;
    ClientWatch *m_watch;
    std::optional<Error> m_reason;
    std::chrono::steady_clock::time_point m_idleSince;
    std::uint64_t m_movedAtLook = 0;
    unsigned m_uses = 0;
    unsigned m_interim = 0;
    bool m_toHead = false;
    bool m_sentWhole = false;
    bool m_answerBegan = false;
    bool m_broken = false;
};

}  // namespace maxiofs::http
