// SPDX-License-Identifier: GPL-3.0-or-later
#include "http/connection.h"

#include "base/log_line.h"
#include "http/request_id.h"

#include <algorithm>
#include <array>
#include <cstring>

namespace maxiofs::http {

Connection::Connection(ServerShared &shared, ServerThread &state, net::IoThread &thread,
                       net::TcpSocket socket, net::ConnectionCounter::Slot slot)
    : m_shared(shared),
      m_state(state),
      m_slot(std::move(slot)),
      m_deadline(thread.deadlines(), onLate, this),
      m_stream(std::move(socket), m_deadline, state.traffic),
      m_input(shared.options.head.bytes + shared.options.nodeHeadExtra.bytes),
      m_parser(shared.options.head),
      m_body(m_stream, m_input),
      m_writer(m_stream, shared.options.serverName)
{
    m_peer = m_stream.peer();
    m_state.connections.insert(this);
    m_state.accepted.add();
}

Connection::~Connection()
{
    m_state.connections.erase(this);
}

void Connection::onLate(void *self)
{
    auto *connection = static_cast<Connection *>(self);
    connection->m_state.late.add();
    connection->cut();
}

void Connection::enter(Phase phase)
{
    const ServerOptions &options = m_shared.options;
    m_phase = phase;
    switch (phase) {
    case Phase::Head: return m_deadline.enter(options.headPace);
    case Phase::Idle: return m_deadline.enter(options.idlePace);
    case Phase::Body: return m_deadline.enter(m_trusted ? options.trustedPace : options.bodyPace);
    case Phase::Write: return m_deadline.enter(m_trusted ? options.trustedPace : options.writePace);
    case Phase::Linger: return m_deadline.enter(options.lingerPace);
    }
}

void Connection::stop()
{
    m_stopping = true;
    if (m_idle)
        cut();
}

net::Awaitable<void> Connection::run()
{
    enter(Phase::Head);
    const Status opened = co_await m_stream.open(&m_shared.tls);
    if (!opened)
        co_return;
    m_tls = m_stream.isTls();
    m_peerCertificate = m_stream.peerCertificate();
    if (!m_peerCertificate.empty()) {
        const HeadParser::Limits usual = m_shared.options.head;
        const HeadParser::Limits extra = m_shared.options.nodeHeadExtra;
        m_parser = HeadParser({usual.bytes + extra.bytes, usual.fields + extra.fields});
    }
    for (;;) {
        const Next next = co_await receiveHead();
        if (next == Next::Close)
            co_return;
        if (next == Next::Refuse) {
            co_await refuse();
            break;
        }
        if (!co_await serve())
            co_return;
        if (!m_keepAlive)
            break;
        m_input.shrink();
        m_idle = m_input.isEmpty();
        if (m_stopping && m_idle)
            break;
        enter(Phase::Idle);
    }
    co_await linger();
}

net::Awaitable<Connection::Next> Connection::receiveHead()
{
    m_parser.restart();
    if (!m_idle)
        enter(Phase::Head);
    for (;;) {
        const auto end = m_parser.findEnd(m_input.text());
        if (!end) {
            m_fault = end.error();
            co_return Next::Refuse;
        }
        if (*end > 0)
            co_return parseHead(*end);
        const Result<std::size_t> size = co_await m_stream.read(m_input.space(), false);
        if (!size || *size == 0)
            co_return Next::Close;
        m_input.commit(*size);
        if (m_idle) {
            m_idle = false;
            enter(Phase::Head);
        }
    }
}

Connection::Next Connection::parseHead(std::size_t headSize)
{
    const auto parsed = m_parser.parse(m_input.text().substr(0, headSize), m_head);
    m_input.consume(headSize);
    if (!parsed) {
        m_fault = parsed.error();
        return Next::Refuse;
    }
    const auto framing = guardFraming(m_head);
    if (!framing) {
        m_fault = framing.error();
        return Next::Refuse;
    }
    m_framing = *framing;
    return Next::Serve;
}

// False when the connection is broken or must be: no byte more can be exchanged.
net::Awaitable<bool> Connection::serve()
{
    m_state.requests.add();
    nextRequestId(m_requestId);
    m_sentStatus = 0;
    m_bodyBytesIn = 0;
    m_bodyBytesOut = 0;
    m_bodyFailed = false;
    m_trusted = false;
    m_held.reset();
    m_heldRead = 0;
    m_keepAlive = true;
    m_owesContinue = m_framing.expectsContinue;
    m_body.start(m_framing);
    m_writer.start(m_head.isHead(), m_head.minorVersion());

    bool threw = false;
    try {
        co_await m_shared.handler(*this);
    } catch (const std::exception &error) {
        base::errorLine("a request's handler threw").with("request", m_requestId).with("what", error.what());
        threw = true;
    }
    if (m_sentStatus == 0) {
        if (!threw && (m_bodyFailed || clientHasLeft()))
            co_return false;  // the handler had nobody to answer
        if (!threw)
            base::errorLine("a request's handler gave no response").with("request", m_requestId);
        ResponseHead head(500, "text/plain");
        head.close = true;
        const Status sent = co_await respond(std::move(head), "Internal error.\n");
        co_return sent.has_value();
    }
    m_held.reset();
    if (m_writer.hasEnded())
        co_return true;
    // A plain end would look like the body's own.
    if (m_writer.endsWithConnection())
        m_stream.reset();
    co_return false;
}

net::Awaitable<void> Connection::refuse()
{
    m_state.malformed.add();
    nextRequestId(m_requestId);
    m_writer.start(false, 1);
    m_body.start({});
    enter(Phase::Write);
    FaultBody body;
    if (m_shared.options.malformed)
        body = m_shared.options.malformed(m_fault, m_requestId);
    else
        body.body = std::string(m_fault.message) + "\n";
    ResponseHead head(m_fault.status, body.contentType);
    const Status sent = co_await m_writer.respond(std::move(head), std::move(body.body), false);
    if (!sent)
        cut();
}

// A close with unread bytes in the socket's buffer becomes a reset, which can destroy the response on its
// way: the end is announced, and what still comes is dropped, within bounds, until the client closes too.
net::Awaitable<void> Connection::linger()
{
    m_stream.finishWriting();
    enter(Phase::Linger);
    m_idle = m_stopping;  // nothing is owed to the client any more
    m_input.consume(m_input.bytes().size());
    std::uint64_t dropped = 0;
    while (dropped < m_shared.options.lingerBytes) {
        const Result<std::size_t> size = co_await m_stream.read(m_input.space(), true);
        if (!size || *size == 0)
            co_return;
        dropped += *size;
    }
}

bool Connection::decideKeepAlive(const ResponseHead &head)
{
    m_keepAlive = m_framing.keepAlive && !head.close && !m_stopping && m_body.isFinished();
    return m_keepAlive;
}

void Connection::trustPeer()
{
    m_trusted = true;
    m_slot.leaveAddress();
    enter(m_phase);
}

net::Awaitable<Result<std::size_t>> Connection::readBody(std::span<std::byte> into)
{
    if (m_held) {
        const std::size_t size = std::min(into.size(), m_held->size() - m_heldRead);
        std::memcpy(into.data(), m_held->data() + m_heldRead, size);
        m_heldRead += size;
        co_return size;
    }
    if (std::optional<Result<std::size_t>> arrived = m_body.readArrived(into)) {
        if (*arrived)
            m_bodyBytesIn += **arrived;
        m_bodyFailed = !*arrived;
        co_return std::move(*arrived);
    }
    if (m_phase != Phase::Body)
        enter(Phase::Body);
    bool expectData = true;
    if (m_owesContinue && m_sentStatus == 0) {
        CO_TRY_STATUS(co_await m_writer.sendContinue());
        expectData = false;
    }
    m_owesContinue = false;
    Result<std::size_t> size = co_await m_body.read(into, expectData);
    if (size)
        m_bodyBytesIn += *size;
    m_bodyFailed = !size;
    co_return size;
}

net::Awaitable<Status> Connection::respond(ResponseHead head, std::string body)
{
    // What is left of an accepted request's body may be dropped if it is here; after a refusal nobody knows
    // what the client makes of the rest.
    if (head.status < 400 && !m_body.isFinished() && !m_body.skipArrived())
        head.close = true;
    // Some clients take any answer but 100 for a refusal and lose track of the connection, so one that asked
    // gets its 100 also for an empty body, and a refusal without it ends the connection.
    if (m_owesContinue && m_framing.body == Framing::Body::None) {
        if (head.status < 400)
            return respondAfterContinue(std::move(head), std::move(body));
        head.close = true;
    }
    m_sentStatus = head.status;
    enter(Phase::Write);
    m_bodyBytesOut = m_head.isHead() || hasNoBody(head.status) ? 0 : body.size();
    const bool keepAlive = decideKeepAlive(head);
    return m_writer.respond(std::move(head), std::move(body), keepAlive);
}

// One frame on the way of every small object instead of six.
net::Awaitable<Status> Connection::respondBytes(ResponseHead head, ByteView body)
{
    if (m_owesContinue || !m_body.isFinished())
        return Exchange::respondBytes(std::move(head), body);
    m_sentStatus = head.status;
    enter(Phase::Write);
    m_bodyBytesOut = m_head.isHead() || hasNoBody(head.status) ? 0 : body.size();
    const bool keepAlive = decideKeepAlive(head);
    return m_writer.respondBytes(std::move(head), body, keepAlive);
}

net::Awaitable<Status> Connection::respondAfterContinue(ResponseHead head, std::string body)
{
    m_owesContinue = false;
    enter(Phase::Write);
    CO_TRY_STATUS(co_await m_writer.sendContinue());
    co_return co_await respond(std::move(head), std::move(body));
}

net::Awaitable<Status> Connection::beginAfterContinue(ResponseHead head)
{
    m_owesContinue = false;
    enter(Phase::Write);
    CO_TRY_STATUS(co_await m_writer.sendContinue());
    co_return co_await begin(std::move(head));
}

net::Awaitable<Status> Connection::begin(ResponseHead head)
{
    // As in respond().
    if (m_owesContinue && m_framing.body == Framing::Body::None) {
        if (head.status < 400)
            co_return co_await beginAfterContinue(std::move(head));
        head.close = true;
    }
    const bool keepAlive = decideKeepAlive(head);
    CO_TRY_STATUS(m_writer.begin(head, keepAlive));
    m_sentStatus = head.status;
    enter(Phase::Write);
    if (m_writer.endsWithConnection())
        m_keepAlive = false;
    co_return Status();
}

net::Awaitable<Status> Connection::write(ByteView bytes)
{
    const std::array<ByteView, 1> pieces{bytes};
    co_return co_await writePieces(pieces);
}

net::Awaitable<Status> Connection::writePieces(std::span<const ByteView> pieces)
{
    if (m_phase != Phase::Write)
        enter(Phase::Write);
    Status written = co_await m_writer.write(pieces);
    m_bodyBytesOut = m_writer.bodyBytes();
    co_return written;
}

net::Awaitable<Status> Connection::flush()
{
    return m_writer.flush();
}

net::Awaitable<Status> Connection::end()
{
    return m_writer.end();
}

}  // namespace maxiofs::http
