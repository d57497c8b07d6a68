// SPDX-License-Identifier: GPL-3.0-or-later
#include "http/client_thread.h"

#include "net/connect.h"

#include <algorithm>
#include <utility>

namespace maxiofs::http {

namespace {

std::unexpected<Error> clientStopped()
{
    return failure(Error::Stopping, "The node is stopping.");
}

}  // namespace

void ClientShared::callBegins()
{
    const base::MutexLock lock(m_mutex);
    ++m_calls;
}

void ClientShared::callEnds()
{
    const base::MutexLock lock(m_mutex);
    if (--m_calls == 0)
        m_noneLeft.notify_all();
}

void ClientShared::waitUntilNoneLeft()
{
    base::MutexLock lock(m_mutex);
    while (m_calls > 0)
        lock.wait(m_noneLeft);
}

ClientThread::ClientThread(net::IoThread &thread, std::shared_ptr<ClientShared> shared)
    : m_thread(thread),
      m_shared(std::move(shared)),
      m_timer(thread.executor())
{
}

net::Awaitable<Result<ClientLease>> ClientThread::connect(Destination to, bool mayReuse, ClientWatch *watch,
                                                          std::chrono::milliseconds limit)
{
    if (m_shared->stopped)
        co_return clientStopped();
    if (mayReuse) {
        if (std::unique_ptr<ClientConnection> kept = takeIdle(to)) {
            reused.add();
            co_return lend(std::move(kept), watch);
        }
    }
    CO_TRY_ASSIGN(Endpoint endpoint, Endpoint::parse(to.endpoint));
    const unsigned generation = m_shared->generation;
    std::shared_ptr<const net::TlsContext> context = m_shared->tls.get();
    if (!context && to.security == Destination::Security::Nodes)
        co_return failure(Error::Internal, "A node was called before this one had its certificate.");
    auto socket = co_await net::connectTo(std::move(endpoint.host), endpoint.port,
                                          std::min(limit, m_shared->options.connectLimit));
    if (!socket) {
        failures.add();
        co_return failure(std::move(socket).error());
    }
    if (m_shared->stopped)
        co_return clientStopped();
    auto connection = std::make_unique<ClientConnection>(m_thread, std::move(*socket), std::move(to),
                                                         m_shared->options, traffic);
    connection->m_generation = generation;
    ClientLease lease = lend(std::move(connection), watch);
    if (Status shaken = co_await lease->open(std::move(context)); !shaken) {
        failures.add();
        co_return failure(std::move(shaken).error());
    }
    opened.add();
    co_return std::move(lease);
}

ClientLease ClientThread::lend(std::unique_ptr<ClientConnection> connection, ClientWatch *watch)
{
    connection->m_busyPlace = m_busy.size();
    m_busy.push_back(connection.get());
    connection->attach(watch);
    if (!m_sweeping)
        scheduleSweep();
    return {shared_from_this(), std::move(connection)};
}

std::unique_ptr<ClientConnection> ClientThread::takeIdle(const Destination &to)
{
    const auto found = m_idle.find(to);
    if (found == m_idle.end())
        return nullptr;
    std::unique_ptr<ClientConnection> kept;
    const auto unsure = std::chrono::steady_clock::now() - m_shared->options.sureFor;
    while (!found->second.empty() && !kept) {
        kept = std::move(found->second.back());
        found->second.pop_back();
        --m_idleCount;
        // Nothing is expected: what came is the connection's end. Who finds it closed only after sending
        // calls again.
        if (kept->m_idleSince < unsure && kept->hasInput())
            kept.reset();
    }
    if (found->second.empty() && !kept)
        m_idle.erase(found);
    return kept;
}

void ClientThread::giveBack(std::unique_ptr<ClientConnection> connection)
{
    connection->attach(nullptr);
    m_busy.back()->m_busyPlace = connection->m_busyPlace;
    m_busy[connection->m_busyPlace] = m_busy.back();
    m_busy.pop_back();

    const ClientOptions &options = m_shared->options;
    const Destination &destination = connection->destination();
    const bool isPinned =
        !destination.certificate.empty() || destination.security == Destination::Security::Plain;
    if (!isPinned || !connection->isReusable() || connection->m_generation != m_shared->generation ||
        m_shared->stopped || m_idleCount >= options.idle)
        return;
    Idle &idle = m_idle[destination];
    if (idle.size() >= options.idlePerDestination)
        return;
    connection->m_idleSince = std::chrono::steady_clock::now();
    connection->m_input.shrink();
    idle.push_back(std::move(connection));
    ++m_idleCount;
}

void ClientThread::cutIdle(const Destination &destination)
{
    const auto found = m_idle.find(destination);
    if (found == m_idle.end())
        return;
    m_idleCount -= found->second.size();
    m_idle.erase(found);
}

void ClientThread::cutAllIdle()
{
    m_idle.clear();
    m_idleCount = 0;
}

void ClientThread::stop()
{
    m_timer.cancel();
    cutAllIdle();
    for (ClientConnection *const connection : m_busy)
        connection->cut(clientStopped().error());
}

void ClientThread::scheduleSweep()
{
    m_sweeping = true;
    m_timer.expires_after(m_shared->options.sweepInterval);
    m_timer.async_wait([self = shared_from_this()](boost::system::error_code error) {
        self->m_sweeping = false;
        if (!error && !self->m_shared->stopped)
            self->sweep();
    });
}

void ClientThread::sweep()
{
    const auto tooOld = std::chrono::steady_clock::now() - m_shared->options.idleAge;
    for (auto each = m_idle.begin(); each != m_idle.end();) {
        Idle &idle = each->second;
        const auto young = std::ranges::find_if(
            idle, [&](const auto &connection) { return connection->m_idleSince > tooOld; });
        m_idleCount -= static_cast<std::size_t>(young - idle.begin());
        idle.erase(idle.begin(), young);
        each = idle.empty() ? m_idle.erase(each) : std::next(each);
    }
    for (ClientConnection *const connection : m_busy)
        connection->look();
    if (!m_busy.empty() || m_idleCount > 0)
        scheduleSweep();
}

}  // namespace maxiofs::http
