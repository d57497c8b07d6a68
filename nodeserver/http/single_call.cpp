// SPDX-License-Identifier: GPL-3.0-or-later
#include "http/single_call.h"

#include "http/client_thread.h"

#include <boost/asio/basic_waitable_timer.hpp>

#include <algorithm>
#include <array>

namespace maxiofs::http {

namespace {

using SteadyClock = std::chrono::steady_clock;
using Timer =
    boost::asio::basic_waitable_timer<SteadyClock, boost::asio::wait_traits<SteadyClock>, net::Executor>;

// Cuts the connection that works for a call when the call's time is over.
class CallLimit final : public ClientWatch, public std::enable_shared_from_this<CallLimit> {
public:
    CallLimit(const net::Executor &executor, std::chrono::milliseconds limit)
        : m_timer(executor),
          m_limit(limit)
    {
    }

    void start()
    {
        m_timer.expires_after(m_limit);
        m_timer.async_wait([weak = weak_from_this()](boost::system::error_code error) {
            const auto self = weak.lock();
            if (error || !self)
                return;
            self->m_over = true;
            if (self->m_connection != nullptr)
                self->m_connection->cut();
        });
    }
    [[nodiscard]] std::chrono::milliseconds left() const
    {
        return std::chrono::ceil<std::chrono::milliseconds>(
            std::max(m_timer.expiry() - SteadyClock::now(), SteadyClock::duration::zero()));
    }
    [[nodiscard]] std::unexpected<Error> failed(Error error, const std::string &endpoint) const
    {
        if (!m_over && left().count() > 0)
            return failure(std::move(error));
        return failure(Error::TimedOut,
                       endpoint + " has not answered within " + std::to_string(m_limit.count()) + " ms.",
                       endpoint);
    }

    std::optional<Error> reasonToGiveUp(bool) override { return std::nullopt; }
    void attached(ClientConnection *connection) override
    {
        m_connection = connection;
        if (m_over && connection != nullptr)
            connection->cut();
    }

private:
    Timer m_timer;
    const std::chrono::milliseconds m_limit;
    ClientConnection *m_connection = nullptr;
    bool m_over = false;
};

std::string requestOf(const Call &call, const std::string &host)
{
    std::string text = call.method + " " + call.path + " HTTP/1.1\r\nHost: " + host + "\r\n";
    for (const auto &[name, value] : call.fields)
        text.append(name).append(": ").append(value).append("\r\n");
    return text.append("Content-Length: ").append(std::to_string(call.body.size())).append("\r\n\r\n");
}

net::Awaitable<Result<std::string>> readAnswerBody(ClientConnection &connection, std::size_t limit)
{
    constexpr std::size_t kPiece = std::size_t(16) * 1024;
    const Error tooLarge(Error::EntityTooLarge,
                         "The answer of " + connection.destination().endpoint + " has more than " +
                             std::to_string(limit) + " bytes.",
                         connection.destination().endpoint);
    const std::optional<std::uint64_t> length = connection.bodyLeft();
    if (length && *length > limit)
        co_return failure(tooLarge);
    std::string body;
    std::size_t size = 0;
    while (!connection.bodyFinished()) {
        // One byte beyond the limit tells a body that ends there from one that goes on.
        if (size == body.size())
            body.resize(length ? static_cast<std::size_t>(*length)
                               : std::min(std::max(2 * size, kPiece), limit + 1));
        CO_TRY_ASSIGN(const std::size_t got,
                      co_await connection.readBody(std::as_writable_bytes(std::span(body)).subspan(size)));
        size += got;
        if (size > limit)
            co_return failure(tooLarge);
    }
    body.resize(size);
    co_return body;
}

net::Awaitable<Result<Answer>> exchangeOnce(ClientConnection &connection, const Call &call,
                                            const std::string &request)
{
    connection.start(call.method == "HEAD");
    const std::array<ByteView, 2> pieces{asBytes(request), asBytes(call.body)};
    const Status sent = co_await connection.send(pieces);
    if (sent)
        connection.requestSent();
    do {
        // Who refuses a request may close before all of it has come: the refusal is still to be read.
        const Status received = co_await connection.receiveHead();
        if (!received)
            co_return failure(sent ? received.error() : sent.error());
    } while (connection.head().isInterim());
    Answer answer;
    answer.head = connection.head();
    answer.seenCertificate = connection.seenCertificate();
    CO_TRY_ASSIGN(answer.body, co_await readAnswerBody(connection, call.maxAnswer));
    co_return answer;
}

}  // namespace

net::Awaitable<Result<Answer>> makeSingleCall(ClientThread &thread, Call call)
{
    CO_TRY_ASSIGN(const Endpoint endpoint, Endpoint::parse(call.to.endpoint));
    const std::string request = requestOf(call, endpoint.text());
    const auto limit = std::make_shared<CallLimit>(thread.executor(), call.limit);
    limit->start();
    for (bool mayReuse = true;; mayReuse = false) {
        Result<ClientLease> lease = co_await thread.connect(call.to, mayReuse, limit.get(), limit->left());
        if (!lease)
            co_return limit->failed(std::move(lease).error(), call.to.endpoint);
        Result<Answer> answer = co_await exchangeOnce(**lease, call, request);
        if (answer)
            co_return answer;
        const bool isStale = (*lease)->isReused() && !(*lease)->answerBegan();
        if (!isStale || limit->left().count() == 0)
            co_return limit->failed(std::move(answer).error(), call.to.endpoint);
    }
}

}  // namespace maxiofs::http
