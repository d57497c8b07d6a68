// SPDX-License-Identifier: GPL-3.0-or-later
#include "cluster/member_stream.h"

namespace maxiofs::cluster {

MemberStream::MemberStream(std::chrono::milliseconds limit)
    : m_deadline(std::chrono::steady_clock::now() + limit)
{
}

std::optional<Error> MemberStream::reasonToGiveUp(bool answerBegan)
{
    if (answerBegan || std::chrono::steady_clock::now() < m_deadline)
        return std::nullopt;
    return Error(Error::TimedOut, "The node did not answer in time.");
}

net::Awaitable<Status> MemberStream::open(http::Client &client, http::Call call, http::Client::Reuse reuse)
{
    CO_TRY_ASSIGN(const http::Endpoint endpoint, http::Endpoint::parse(call.to.endpoint));
    CO_TRY_ASSIGN(m_lease, co_await client.connect(call.to, reuse, this));
    m_lease->start(false);
    m_wasKept = m_lease->isReused();
    std::string head = call.method + " " + call.path + " HTTP/1.1\r\nHost: " + endpoint.text() +
                       "\r\nContent-Length: " + std::to_string(call.body.size()) + "\r\n";
    for (const auto &[name, value] : call.fields)
        head += name + ": " + value + "\r\n";
    head += "\r\n";
    const std::array<ByteView, 2> pieces{asBytes(head), asBytes(call.body)};
    CO_TRY_STATUS(co_await m_lease->send(pieces));
    m_lease->requestSent();
    do {
        const Status received = co_await m_lease->receiveHead();
        m_hasAnswered = m_lease->answerBegan();
        CO_TRY_STATUS(received);
    } while (m_lease->head().isInterim());
    m_head.status = m_lease->head().status();
    for (std::size_t i = 0; i < m_lease->head().fieldCount(); ++i)
        m_head.add(m_lease->head().field(i).name, m_lease->head().field(i).value);
    m_head.contentLength = m_lease->bodyLeft();
    co_return Status();
}

net::Awaitable<Result<std::size_t>> MemberStream::read(std::span<std::byte> into)
{
    return m_lease->readBody(into);
}

net::Awaitable<Result<std::string>> MemberStream::readWhole()
{
    std::string body;
    while (body.size() < kMaxRefusal) {
        std::array<std::byte, 4096> piece{};
        CO_TRY_ASSIGN(const std::size_t got, co_await m_lease->readBody(piece));
        if (got == 0)
            break;
        body += asText(ByteView(piece).first(got));
    }
    co_return body;
}

}  // namespace maxiofs::cluster
