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

class ClientConnection;

// Who waits for an answer. Used on the connection's thread.
class ClientWatch {
public:
    virtual ~ClientWatch() = default;
    /// Asked about once a second while the connection waits for the other side and no byte moves. A reason
    /// ends it with that error. `isAnswering`: bytes of the final answer have come.
    [[nodiscard]] virtual std::optional<Error> reasonToGiveUp(bool isAnswering) = 0;
    /// The connection that works for it now, also while it is being made; null when it is given back.
    virtual void attached([[maybe_unused]] ClientConnection *connection) {}
};

// The client's end of a connection: one request and its answer after the other. For each: start(), send() and
// at the end of the request requestSent(), receiveHead() and readBody() until bodyFinished(). Used on its I/O
// thread alone, one operation at a time. Errors as those of Client.
class ClientConnection {
public:
    /// `options`, thread and traffic outlive it.
    ClientConnection(net::IoThread &thread, net::TcpSocket socket, Destination destination,
                     const ClientOptions &options, net::Traffic &traffic);
    ClientConnection(const ClientConnection &) = delete;
    ClientConnection &operator=(const ClientConnection &) = delete;

    /// TLS with the pinned certificate; nothing for a plain destination.
    net::Awaitable<Status> open(std::shared_ptr<const net::TlsContext> context);
    /// Null: nobody.
    void attach(ClientWatch *watch);

    /// Begins an exchange. `toHead`: the answer to HEAD has no body.
    void start(bool toHead);
    /// All pieces, at most net::Stream::kMaxPieces.
    net::Awaitable<Status> send(std::span<const ByteView> pieces);
    void requestSent() { m_sentWhole = true; }

    /// The next head, a 1xx too; after a final one the body begins.
    net::Awaitable<Status> receiveHead();
    [[nodiscard]] const AnswerHead &head() const { return m_head; }
    /// The whole rest of the body if it has arrived, without a copy; else nothing. Valid until the connection
    /// is used again.
    [[nodiscard]] std::optional<ByteView> wholeBody();
    /// Empty where only the body itself tells.
    [[nodiscard]] std::optional<std::uint64_t> bodyLeft() const;
    [[nodiscard]] bool bodyFinished() const { return m_body.isFinished(); }
    /// What can be had without a system call; nothing when more must arrive.
    [[nodiscard]] std::optional<Result<std::size_t>> readArrived(std::span<std::byte> into);
    /// At least one byte; 0 at the body's end. Closed when the connection ends before it.
    net::Awaitable<Result<std::size_t>> readBody(std::span<std::byte> into);

    /// Whether a byte has come since start().
    [[nodiscard]] bool answerBegan() const { return m_answerBegan; }
    /// Whether something came, or the other side ended the connection. One system call.
    [[nodiscard]] bool hasInput() { return !m_input.isEmpty() || m_stream.hasInput(); }
    /// Whether this exchange is not its first.
    [[nodiscard]] bool isReused() const { return m_uses > 1; }
    /// Whether another exchange may follow.
    [[nodiscard]] bool isReusable() const;
    [[nodiscard]] const Destination &destination() const { return m_destination; }
    [[nodiscard]] const std::string &seenCertificate() const { return m_stream.peerCertificate(); }
    /// Fails what is under way and what follows; with `reason` where one is given.
    void cut(std::optional<Error> reason = std::nullopt);

private:
    friend class ClientThread;

    static void onLate(void *self);
    [[nodiscard]] std::unexpected<Error> failed(Error error);
    [[nodiscard]] std::unexpected<Error> malformed(std::string_view what);
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
    ClientWatch *m_watch = nullptr;
    std::optional<Error> m_reason;  // why it was cut
    std::uint64_t m_movedAtLook = 0;
    unsigned m_uses = 0;
    unsigned m_interim = 0;
    bool m_toHead = false;
    bool m_sending = false;
    bool m_sentWhole = false;
    bool m_answerBegan = false;
    bool m_answered = false;  // a final head came
    bool m_keepAlive = false;
    bool m_broken = false;

    // Of ClientThread.
    std::chrono::steady_clock::time_point m_idleSince;
    unsigned m_generation = 0;    // of the certificate it was made with
    std::size_t m_busyPlace = 0;  // in the list of those in use
};

}  // namespace maxiofs::http
