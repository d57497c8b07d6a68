// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "http/body_reader.h"
#include "http/exchange.h"
#include "http/head_parser.h"
#include "http/input_buffer.h"
#include "http/response_writer.h"
#include "http/server_shared.h"
#include "net/connection_counter.h"
#include "net/io_threads.h"
#include "net/stream.h"

namespace maxiofs::http {

// One connection of a server: reads heads, calls the handler for each request, keeps or ends the connection.
// It is the Exchange of each of its requests in turn, so that a request allocates nothing but what its
// handler does. Lives in the coroutine that runs it; used on its I/O thread alone.
class Connection final : public Exchange {
public:
    Connection(ServerShared &shared, ServerThread &state, net::IoThread &thread, net::TcpSocket socket,
               net::ConnectionCounter::Slot slot);
    ~Connection() override;

    net::Awaitable<void> run();
    /// Ends the connection now if it is idle, else after the response that is under way.
    void stop();
    void cut() { m_stream.cut(); }

    [[nodiscard]] bool bodyFinished() const override
    {
        return m_held ? m_heldRead == m_held->size() : m_body.isFinished();
    }
    net::Awaitable<Result<std::size_t>> readBody(std::span<std::byte> into) override;
    [[nodiscard]] bool clientHasLeft() override { return m_stream.isCut() || m_stream.peerHasLeft(); }
    void trustPeer() override;
    net::Awaitable<Status> respond(ResponseHead head, std::string body) override;
    net::Awaitable<Status> respondBytes(ResponseHead head, ByteView body) override;
    net::Awaitable<Status> begin(ResponseHead head) override;
    net::Awaitable<Status> write(ByteView bytes) override;
    net::Awaitable<Status> writePieces(std::span<const ByteView> pieces) override;
    net::Awaitable<Status> flush() override;
    net::Awaitable<Status> end() override;

private:
    enum class Phase { Head, Idle, Body, Write, Linger };
    enum class Next { Serve, Refuse, Close };

    static void onLate(void *self);
    void enter(Phase phase);
    net::Awaitable<Next> receiveHead();
    [[nodiscard]] Next parseHead(std::size_t headSize);
    net::Awaitable<bool> serve();
    net::Awaitable<void> refuse();
    net::Awaitable<void> linger();
    net::Awaitable<Status> respondAfterContinue(ResponseHead head, std::string body);
    net::Awaitable<Status> beginAfterContinue(ResponseHead head);
    [[nodiscard]] bool decideKeepAlive(const ResponseHead &head);

    ServerShared &m_shared;
    ServerThread &m_state;
    net::ConnectionCounter::Slot m_slot;
    net::Deadline m_deadline;
    net::Stream m_stream;
    InputBuffer m_input;
    HeadParser m_parser;
    BodyReader m_body;
    ResponseWriter m_writer;
    HeadFault m_fault;
    std::size_t m_heldRead = 0;  // of m_held
    Phase m_phase = Phase::Head;
    bool m_idle = true;  // no byte of a request has arrived
    bool m_stopping = false;
    bool m_trusted = false;       // this exchange: see trustPeer()
    bool m_keepAlive = true;      // after the response that is under way
    bool m_bodyFailed = false;    // the client was gone, too slow, or sent malformed chunks
    bool m_owesContinue = false;  // the client waits for 100 Continue
};

}  // namespace maxiofs::http
