// SPDX-License-Identifier: GPL-3.0-or-later
#include "http/server.h"

#include "base/log_line.h"
#include "http/connection.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

namespace maxiofs::http {

namespace {

// How long stop() waits for handlers after their connections were cut before it says whom it waits for.
constexpr std::chrono::seconds kReportInterval{10};

// Tells the server of the end of a connection when nothing of it is left.
class Running {
public:
    explicit Running(ServerShared &shared) : m_shared(shared) { m_shared.connectionBegins(); }
    ~Running() { m_shared.connectionEnds(); }
    Running(const Running &) = delete;
    Running &operator=(const Running &) = delete;

private:
    ServerShared &m_shared;
};

net::Awaitable<void> runConnection(std::unique_ptr<Running> running, std::unique_ptr<Connection> connection)
{
    co_await connection->run();
    connection.reset();
    running.reset();
}

}  // namespace

Server::Server(net::IoThreads &threads, ServerOptions options, Handler handler)
    : m_threads(threads),
      m_shared(std::move(options), std::move(handler)),
      m_counter(m_shared.options.caps)
{
    for (std::size_t i = 0; i < threads.size(); ++i)
        m_states.push_back(std::make_unique<ServerThread>());
}

Server::~Server()
{
    stop(std::chrono::milliseconds(0));
}

Result<std::uint16_t> Server::listen(const net::ListenAddress &address)
{
    auto listener = std::make_unique<net::Listener>(
        m_threads, m_counter,
        [this](net::IoThread &thread, net::TcpSocket socket, net::ConnectionCounter::Slot slot) {
            accepted(thread, std::move(socket), std::move(slot));
        });
    TRY_STATUS(listener->open(address));
    m_listeners.push_back(std::move(listener));
    return m_listeners.back()->port();
}

void Server::accepted(net::IoThread &thread, net::TcpSocket socket, net::ConnectionCounter::Slot slot)
{
    auto connection = std::make_unique<Connection>(m_shared, *m_states[thread.index()], thread,
                                                   std::move(socket), std::move(slot));
    boost::asio::co_spawn(thread.executor(),
                          runConnection(std::make_unique<Running>(m_shared), std::move(connection)),
                          boost::asio::detached);
}

void Server::forEachConnection(void (Connection::*act)())
{
    m_threads.onEach([&](net::IoThread &thread) {
        for (Connection *connection : m_states[thread.index()]->connections)
            (connection->*act)();
    });
}

void Server::stop(std::chrono::milliseconds patience)
{
    if (m_stopped)
        return;
    m_stopped = true;
    for (const auto &listener : m_listeners)
        listener->close();
    if (!m_threads.isRunning())
        return;
    forEachConnection(&Connection::stop);
    if (m_shared.waitUntilNoneLeft(patience))
        return;
    forEachConnection(&Connection::cut);
    while (!m_shared.waitUntilNoneLeft(kReportInterval))
        base::warningLine("still waiting for requests to end").with("connections", m_counter.open());
}

Server::Counters Server::counters() const
{
    Counters sum;
    sum.openConnections = m_counter.open();
    for (const auto &listener : m_listeners)
        sum.refusedConnections += listener->refused();
    for (const auto &state : m_states) {
        sum.connections += state->accepted.value();
        sum.requests += state->requests.value();
        sum.malformedRequests += state->malformed.value();
        sum.lateConnections += state->late.value();
        sum.bytesIn += state->traffic.in.value();
        sum.bytesOut += state->traffic.out.value();
    }
    return sum;
}

}  // namespace maxiofs::http
