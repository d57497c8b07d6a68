// SPDX-License-Identifier: GPL-3.0-or-later
#include "http/client_connection.h"

#include "crypto/constant_time.h"

namespace maxiofs::http {

ClientConnection::ClientConnection(net::IoThread &thread, net::TcpSocket socket, Destination destination,
                                   const ClientOptions &options, net::Traffic &traffic)
    : m_destination(std::move(destination)),
      m_options(options),
      m_deadline(thread.deadlines(), onLate, this),
      m_stream(std::move(socket), m_deadline, traffic),
      m_input(options.headBytes),
      m_parser({options.headBytes, options.headFields}),
      m_body(m_stream, m_input)
{
}

void ClientConnection::onLate(void *self)
{
    static_cast<ClientConnection *>(self)->m_stream.cut();
}

void ClientConnection::cut(std::optional<Error> reason)
{
    if (!m_reason)
        m_reason = std::move(reason);
    m_broken = true;
    m_stream.cut();
}

std::unexpected<Error> ClientConnection::failed(Error error)
{
    m_broken = true;
    if (m_reason)
        return failure(*m_reason);
    if (m_deadline.isLate())
        return failure(Error::TimedOut, m_destination.endpoint + " is too slow.", m_destination.endpoint);
    error.message = m_destination.endpoint + ": " + error.message;
    error.subject = m_destination.endpoint;
    return failure(std::move(error));
}

std::unexpected<Error> ClientConnection::malformed(std::string_view what)
{
    return failed(Error(Error::Closed, "This is no answer of a node: " + std::string(what)));
}

net::Awaitable<Status> ClientConnection::open(std::shared_ptr<const net::TlsContext> context)
{
    if (m_destination.security == Destination::Security::Plain)
        co_return Status();
    m_deadline.enter(m_options.handshakePace);
    if (Status shaken = co_await m_stream.connectTls(std::move(context), net::kNodeServerName); !shaken)
        co_return failed(std::move(shaken).error());
    const std::string &seen = m_stream.peerCertificate();
    if (m_destination.certificate.empty() || crypto::equalConstantTime(seen, m_destination.certificate))
        co_return Status();
    m_broken = true;
    co_return failure(Error::Unauthenticated,
                      m_destination.endpoint + " shows the certificate " + seen +
                          " and not the pinned one, " + m_destination.certificate +
                          ": another node answers there, or the node lost its data/tls.",
                      m_destination.endpoint);
}

void ClientConnection::attach(ClientWatch *watch)
{
    if (m_watch != nullptr)
        m_watch->attached(nullptr);
    m_watch = watch;
    m_movedAtLook = m_stream.moved();
    if (m_watch != nullptr)
        m_watch->attached(this);
}

void ClientConnection::look()
{
    const std::uint64_t moved = m_stream.moved();
    const bool stands = std::exchange(m_movedAtLook, moved) == moved;
    if (m_watch == nullptr || !stands || !m_deadline.isWaiting())
        return;
    if (std::optional<Error> reason = m_watch->reasonToGiveUp(m_answered || !m_input.isEmpty()))
        cut(std::move(reason));
}

void ClientConnection::start(bool toHead)
{
    ++m_uses;
    m_toHead = toHead;
    m_interim = 0;
    m_sentWhole = false;
    m_answered = false;
    m_answerBegan = false;
    m_sending = false;
    m_body.start({});
}

net::Awaitable<Status> ClientConnection::send(std::span<const ByteView> pieces)
{
    if (!m_sending)
        m_deadline.enter(m_options.sendPace);
    m_sending = true;
    if (Status sent = co_await m_stream.write(pieces); !sent)
        co_return failed(std::move(sent).error());
    co_return Status();
}

net::Awaitable<Status> ClientConnection::receiveHead()
{
    m_parser.restart();
    m_sending = false;
    m_deadline.enter(m_options.answerPace);
    std::size_t size = 0;
    for (;;) {
        const auto end = m_parser.findEnd(m_input.text());
        if (!end)
            co_return malformed(end.error().message);
        size = *end;
        if (size > 0)
            break;
        const Result<std::size_t> got = co_await m_stream.read(m_input.space(), false);
        if (!got)
            co_return failed(got.error());
        if (*got == 0)
            co_return failed(Error(Error::Closed, "The connection was closed before the answer."));
        m_answerBegan = true;
        m_input.commit(*got);
    }
    const auto parsed = AnswerHead::parse(m_input.text().substr(0, size), m_options.headFields, m_head);
    m_input.consume(size);
    if (!parsed)
        co_return malformed(parsed.error().message);
    const auto framing = m_head.framing(m_toHead);
    if (!framing)
        co_return malformed(framing.error().message);
    if (m_head.isInterim()) {
        if (++m_interim > m_options.interimAnswers)
            co_return malformed("It sends too many interim answers.");
        co_return Status();
    }
    m_answered = true;
    m_keepAlive = framing->keepAlive;
    m_body.start(*framing);
    m_deadline.enter(m_options.bodyPace);
    co_return Status();
}

std::optional<ByteView> ClientConnection::wholeBody()
{
    if (m_body.isFinished())
        return ByteView();
    if (m_body.kind() != Framing::Body::Length || m_body.lengthLeft() > m_input.bytes().size())
        return std::nullopt;
    // Consumed bytes stay where they are until more is received.
    const ByteView body = m_input.bytes().first(static_cast<std::size_t>(m_body.lengthLeft()));
    m_input.consume(body.size());
    m_body.tookRest();
    return body;
}

std::optional<std::uint64_t> ClientConnection::bodyLeft() const
{
    switch (m_body.kind()) {
    case Framing::Body::None: return 0;
    case Framing::Body::Length: return m_body.lengthLeft();
    default: return std::nullopt;
    }
}

std::optional<Result<std::size_t>> ClientConnection::readArrived(std::span<std::byte> into)
{
    std::optional<Result<std::size_t>> arrived = m_body.readArrived(into);
    if (arrived && !*arrived)
        return malformed(arrived->error().message);
    return arrived;
}

net::Awaitable<Result<std::size_t>> ClientConnection::readBody(std::span<std::byte> into)
{
    Result<std::size_t> size = co_await m_body.read(into, true);
    if (!size && size.error().code == Error::InvalidArgument)
        co_return malformed(size.error().message);
    if (!size)
        co_return failed(std::move(size).error());
    co_return size;
}

bool ClientConnection::isReusable() const
{
    return m_answered && m_keepAlive && m_sentWhole && !m_broken && !m_deadline.isLate() &&
           m_body.isFinished() && m_input.isEmpty();
}

}  // namespace maxiofs::http
