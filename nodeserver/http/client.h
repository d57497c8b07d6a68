// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "http/answer_head.h"
#include "http/client_lease.h"
#include "http/client_options.h"
#include "http/destination.h"
#include "net/io_threads.h"
#include "net/tls_context.h"

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace maxiofs::http {

class ClientShared;
class ClientThread;

// A small request whose answer is read whole.
struct Call {
    Destination to;
    std::string method = "POST";
    std::string path;
    // Host and Content-Length are the client's own.
    std::vector<std::pair<std::string, std::string>> fields;
    std::string body;
    std::chrono::milliseconds limit{5000};  // from the connect to the answer's last byte
    std::size_t maxAnswer = std::size_t(1) << 20;
};

struct Answer {
    AnswerHead head;
    std::string body;
    std::string seenCertificate;  // SHA-256 of the other side's, 64 lower-case hex; empty without TLS
};

// Calls other nodes over HTTP/1.1. Each I/O thread keeps connections of its own to each destination and uses
// them again. Over TLS this node shows its node certificate, asks for the other's by net::kNodeServerName,
// and compares it with the pinned one before a byte of a request goes out. A TLS connection to a destination
// without a pin is never kept.
//
// Errors: Closed when the destination cannot be reached, breaks off or answers malformed HTTP; TimedOut when
// it is too slow; Unauthenticated when it shows another certificate than the pinned one; InvalidArgument for
// an endpoint that is none; Stopping after stop().
class Client {
public:
    /// The threads outlive the client.
    explicit Client(net::IoThreads &threads, ClientOptions options = {});
    ~Client();  // stops
    Client(const Client &) = delete;
    Client &operator=(const Client &) = delete;

    /// TlsContext::forNodes: for connections from now on; idle ones are closed. Any thread.
    void setTls(std::shared_ptr<const net::TlsContext> context);

    using Answered = std::move_only_function<void(Result<Answer>)>;
    /// Any thread, while the I/O threads run. `answered` is called once, later, on an I/O thread, and must
    /// not block. EntityTooLarge when the answer has more than maxAnswer bytes. A call that a kept connection
    /// lost before a byte of its answer came is made once more on a new one, so a call must be good to
    /// repeat. The calls to one endpoint share one I/O thread: those that follow each other share one
    /// connection.
    void call(Call call, Answered answered);
    /// The same for coroutines on an I/O thread of the client's.
    net::Awaitable<Result<Answer>> call(Call call);

    enum class Reuse { Allowed, Never };
    /// A connection, kept or new. On an I/O thread. `watch` may be null and must outlive the lease.
    net::Awaitable<Result<ClientLease>> connect(Destination to, Reuse reuse, ClientWatch *watch);

    /// Closes the idle connections to a destination soon. Any thread.
    void cutIdle(Destination destination);
    /// Ends every connection; returns when every `answered` was called. Not on an I/O thread.
    void stop();

    struct Counters {
        std::uint64_t connections = 0;  // opened
        std::uint64_t reused = 0;       // times that a kept one was used again
        std::uint64_t failures = 0;     // connections that could not be opened
        std::uint64_t bytesIn = 0;
        std::uint64_t bytesOut = 0;
    };
    [[nodiscard]] Counters counters() const;

private:
    class Ending;
    net::Awaitable<void> answerCall(std::unique_ptr<Ending> ending, Call call);
    [[nodiscard]] ClientThread &current();

    net::IoThreads &m_threads;
    const std::shared_ptr<ClientShared> m_shared;
    std::vector<std::shared_ptr<ClientThread>> m_states;  // one for each I/O thread
};

}  // namespace maxiofs::http
