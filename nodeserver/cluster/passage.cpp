// SPDX-License-Identifier: GPL-3.0-or-later
#include "cluster/passage.h"

#include "cluster/link/forwarded.h"
#include "cluster/relay_buffer.h"
#include "text/ascii.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace maxiofs::cluster {

namespace {

using http::sameName;

// What is between two nodes and goes no further (RFC 9110 section 7.6.1).
constexpr std::array<std::string_view, 7> kHopByHop = {
    "Connection", "Keep-Alive", "Proxy-Connection", "TE", "Trailer", "Transfer-Encoding", "Upgrade"};

// Without these the request would be another one.
constexpr std::array<std::string_view, 2> kNeverDropped = {"Host", "Content-Length"};

constexpr unsigned kMisdirected = 421;
constexpr unsigned kContinue = 100;
constexpr std::string_view kLineBreak = "\r\n";
constexpr std::string_view kLastChunk = "\r\n0\r\n\r\n";
constexpr std::string_view kOnlyChunk = "0\r\n\r\n";

bool isOneOf(std::span<const std::string_view> names, std::string_view name)
{
    return std::ranges::any_of(names, [&](std::string_view each) { return sameName(each, name); });
}

// The fields of a head that are meant for its receiver alone.
class HopFields {
public:
    explicit HopFields(const http::HeaderFields &head)
        : m_head(head),
          m_hasConnection(head.find("Connection").has_value())
    {
    }
    [[nodiscard]] bool has(std::string_view name) const
    {
        return isOneOf(kHopByHop, name) ||
               (m_hasConnection && !isOneOf(kNeverDropped, name) && m_head.listHas("Connection", name));
    }

private:
    const http::HeaderFields &m_head;
    const bool m_hasConnection;
};

// A chunk's first line.
class ChunkSize {
public:
    explicit ChunkSize(std::size_t size)
    {
        char *const end = std::to_chars(m_text.data(), m_text.data() + m_text.size(), size, 16).ptr;
        m_size = static_cast<std::size_t>(std::ranges::copy(kLineBreak, end).out - m_text.data());
    }
    [[nodiscard]] ByteView bytes() const { return asBytes(std::string_view(m_text.data(), m_size)); }

private:
    std::array<char, 20> m_text;
    std::size_t m_size;
};

}  // namespace

Passage::Passage(http::Client &client, const std::function<bool(const rules::Peer &)> &isSilent,
                 http::Exchange &exchange, rules::Peer owner, std::string forwarded)
    : m_client(client),
      m_isSilent(isSilent),
      m_exchange(exchange),
      m_owner(std::move(owner)),
      m_forwarded(std::move(forwarded))
{
}

std::optional<Error> Passage::reasonToGiveUp(bool isAnswering)
{
    if (m_exchange.clientHasLeft()) {
        m_clientError = Error(Error::Closed, "The client closed the connection before its answer.",
                              m_exchange.peer().text);
        return m_clientError;
    }
    if (!isAnswering && ownerIsSilent())
        return silence();
    return std::nullopt;
}

bool Passage::ownerIsSilent() const
{
    return m_isSilent && m_isSilent(m_owner);
}

Error Passage::silence() const
{
    return {Error::TimedOut, "The node at " + m_owner.endpoint + " does not answer the others' beats.",
            m_owner.endpoint};
}

ForwardOutcome Passage::unreachable(Error error) const
{
    return Unreachable{std::move(error), !m_bodyTaken, m_exchange.responded()};
}

// Waits for no byte where the client is to be told to go on first.
bool Passage::isHeldSize() const
{
    const std::optional<std::uint64_t> length = m_exchange.contentLength();
    return m_exchange.hasBody() && length && *length <= Forwarder::kBufferBytes;
}

net::Awaitable<Result<ForwardOutcome>> Passage::run()
{
    if (ownerIsSilent())
        co_return unreachable(silence());
    // It is on its way: head and body then go in one piece.
    if (isHeldSize() && !m_exchange.framing().expectsContinue)
        CO_TRY_STATUS(co_await m_exchange.holdBody());
    for (auto reuse = http::Client::Reuse::Allowed;; reuse = http::Client::Reuse::Never) {
        http::Destination to{m_owner.endpoint, m_owner.certificate};
        Result<http::ClientLease> lease = co_await m_client.connect(std::move(to), reuse, this);
        ForwardOutcome outcome;
        if (lease)
            outcome = co_await exchangeOn(**lease);
        else
            outcome = unreachable(lease.error());
        if (m_clientError)
            co_return failure(*m_clientError);
        // A kept connection that the owner had closed; it never saw the request.
        const auto *const lost = std::get_if<Unreachable>(&outcome);
        const bool isStale = lost != nullptr && lost->error.code == Error::Closed && lost->mayRepeat &&
                             !lost->hasAnswered && lease && (*lease)->isReused() && !(*lease)->answerBegan();
        if (!isStale)
            co_return outcome;
    }
}

std::string Passage::requestHead(bool waitsForContinue) const
{
    constexpr std::size_t kOwnBytes = 256;
    const http::RequestHead &head = m_exchange.head();
    const HopFields hop(head);
    std::string text;
    text.reserve(head.raw().size() + m_forwarded.size() + kOwnBytes);
    text.append(head.method()).append(" ").append(head.target()).append(" HTTP/1.1\r\n");
    bool hasHost = false;
    for (std::size_t i = 0; i < head.fieldCount(); ++i) {
        const std::string_view name = head.field(i).name;
        if (hop.has(name) || sameName(name, "Expect") || sameName(name, link::kForwardedHeader))
            continue;
        hasHost = hasHost || sameName(name, "Host");
        text.append(head.line(i));
    }
    if (!hasHost)  // HTTP/1.0
        text.append("Host: \r\n");
    text.append(link::kForwardedHeader).append(": ").append(m_forwarded).append(kLineBreak);
    if (m_exchange.framing().body == http::Framing::Body::Chunked)
        text.append("Transfer-Encoding: chunked\r\n");
    if (waitsForContinue)
        text.append("Expect: 100-continue\r\n");
    return text.append(kLineBreak);
}

net::Awaitable<ForwardOutcome> Passage::exchangeOn(http::ClientConnection &owner)
{
    const std::optional<ByteView> held = m_exchange.heldBody();
    const bool waitsForContinue = m_exchange.hasBody() && !held;
    const std::string head = requestHead(waitsForContinue);
    owner.start(m_exchange.head().isHead());
    const std::array<ByteView, 2> pieces{asBytes(head), held.value_or(ByteView())};
    Status sent = co_await owner.send(pieces);
    if (sent && !waitsForContinue)
        owner.requestSent();
    if (sent && waitsForContinue) {
        const Result<bool> mayGoOn = co_await receiveHead(owner, kContinue);
        if (!mayGoOn)
            co_return unreachable(mayGoOn.error());
        if (!*mayGoOn)
            co_return co_await takeAnswer(owner);
        sent = co_await sendBody(owner);
        if (m_clientError)
            co_return unreachable(*m_clientError);
    }
    // Who refuses a request may close before all of it has come: the refusal is still to be read.
    const Result<bool> received = co_await receiveHead(owner, 0);
    if (!received)
        co_return unreachable(sent ? received.error() : sent.error());
    co_return co_await takeAnswer(owner);
}

// Until a final head comes: false; or an interim one with status `until`: true.
net::Awaitable<Result<bool>> Passage::receiveHead(http::ClientConnection &owner, unsigned until)
{
    for (;;) {
        CO_TRY_STATUS(co_await owner.receiveHead());
        if (!owner.head().isInterim())
            co_return false;
        if (owner.head().status() == until)
            co_return true;
    }
}

net::Awaitable<Status> Passage::sendBody(http::ClientConnection &owner)
{
    if (!isHeldSize())
        co_return co_await streamBody(owner);
    if (Status held = co_await m_exchange.holdBody(); !held) {
        m_clientError = std::move(held).error();
        co_return failure(*m_clientError);
    }
    const std::array<ByteView, 1> pieces{m_exchange.heldBody().value_or(ByteView())};
    CO_TRY_STATUS(co_await owner.send(pieces));
    owner.requestSent();
    co_return Status();
}

net::Awaitable<Status> Passage::streamBody(http::ClientConnection &owner)
{
    const RelayBuffer buffer;
    const bool isChunked = m_exchange.framing().body == http::Framing::Body::Chunked;
    for (;;) {
        const Result<std::size_t> got = co_await m_exchange.readBody(buffer.bytes());
        if (!got) {
            m_clientError = got.error();
            co_return failure(got.error());
        }
        m_bodyTaken = true;
        const bool isLast = m_exchange.bodyFinished();
        const ByteView data = buffer.bytes().first(*got);
        if (!isChunked) {
            const std::array<ByteView, 1> pieces{data};
            CO_TRY_STATUS(co_await owner.send(pieces));
        } else if (data.empty()) {
            const std::array<ByteView, 1> pieces{asBytes(kOnlyChunk)};
            CO_TRY_STATUS(co_await owner.send(pieces));
        } else {
            const ChunkSize size(data.size());
            const std::array<ByteView, 3> pieces{size.bytes(), data,
                                                 asBytes(isLast ? kLastChunk : kLineBreak)};
            CO_TRY_STATUS(co_await owner.send(pieces));
        }
        if (isLast) {
            owner.requestSent();
            co_return Status();
        }
        if (owner.hasInput())
            co_return Status();  // an answer before the end: the rest is not wanted
    }
}

net::Awaitable<ForwardOutcome> Passage::takeAnswer(http::ClientConnection &owner)
{
    if (owner.head().status() == kMisdirected)
        return readMoved(owner);
    return relayAnswer(owner);
}

net::Awaitable<ForwardOutcome> Passage::readMoved(http::ClientConnection &owner)
{
    std::string body(Forwarder::kMovedBytes + 1, '\0');
    std::size_t size = 0;
    while (!owner.bodyFinished() && size < body.size()) {
        const Result<std::size_t> got =
            co_await owner.readBody(std::as_writable_bytes(std::span(body)).subspan(size));
        if (!got)
            co_return unreachable(got.error());
        size += *got;
    }
    if (size > Forwarder::kMovedBytes)
        co_return unreachable(
            Error(Error::Closed, "A node said where a bucket is with too many words.", m_owner.endpoint));
    body.resize(size);
    if (const auto location = owner.head().find(kLocationHeader))
        body = *location;
    co_return Moved{std::move(body), !m_bodyTaken};
}

net::Awaitable<ForwardOutcome> Passage::relayAnswer(http::ClientConnection &owner)
{
    const http::AnswerHead &answer = owner.head();
    const unsigned status = answer.status();
    const HopFields hop(answer);
    http::ResponseHead head(status);
    for (std::size_t i = 0; i < answer.fieldCount(); ++i) {
        const auto [name, value] = answer.field(i);
        if (!hop.has(name))
            head.add(name, value);
    }
    if (m_exchange.head().isHead() || http::hasNoBody(status)) {
        if (const auto length = answer.find("Content-Length"))
            head.contentLength = text::parseUnsigned(*length);
        Status sent = co_await m_exchange.begin(std::move(head));
        if (sent)
            sent = co_await m_exchange.end();
        co_return relayed(status, std::move(sent));
    }
    if (const std::optional<ByteView> whole = owner.wholeBody())
        co_return relayed(status, co_await m_exchange.respondBytes(std::move(head), *whole));
    head.contentLength = owner.bodyLeft();
    co_return co_await relayBody(owner, std::move(head));
}

ForwardOutcome Passage::relayed(unsigned status, Status sent)
{
    if (!sent)
        m_clientError = std::move(sent).error();
    return Relayed{status};
}

net::Awaitable<ForwardOutcome> Passage::relayBody(http::ClientConnection &owner, http::ResponseHead head)
{
    const RelayBuffer buffer;
    const std::span<std::byte> bytes = buffer.bytes();
    const unsigned status = head.status;
    std::size_t filled = 0;
    if (const auto arrived = owner.readArrived(bytes)) {
        if (!*arrived)
            co_return unreachable(arrived->error());
        filled = **arrived;
    }
    // Of a known length the first piece comes before the head goes: an owner that fails now may still be
    // told as such.
    if (head.contentLength && !owner.bodyFinished()) {
        const Result<std::size_t> more = co_await owner.readBody(bytes.subspan(filled));
        if (!more)
            co_return unreachable(more.error());
        filled += *more;
    }
    Status sent = co_await m_exchange.begin(std::move(head));
    if (sent && filled == 0)
        sent = co_await m_exchange.flush();
    while (sent) {
        if (filled > 0)
            sent = co_await m_exchange.write(bytes.first(filled));
        if (!sent || owner.bodyFinished())
            break;
        const Result<std::size_t> more = co_await owner.readBody(bytes);
        if (!more)
            co_return unreachable(more.error());
        filled = *more;
    }
    if (sent)
        sent = co_await m_exchange.end();
    co_return relayed(status, std::move(sent));
}

}  // namespace maxiofs::cluster
