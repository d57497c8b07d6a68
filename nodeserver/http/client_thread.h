// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/histogram.h"
#include "base/mutex.h"
#include "http/client_connection.h"
#include "http/client_lease.h"
#include "net/io_threads.h"
#include "net/tls_context.h"

#include <boost/asio/basic_waitable_timer.hpp>

#include <atomic>
#include <condition_variable>
#include <map>
#include <memory>
#include <vector>

namespace maxiofs::http {

// What all threads of a client share. Any thread.
class ClientShared {
public:
    explicit ClientShared(ClientOptions clientOptions) : options(clientOptions) {}

    const ClientOptions options;
    net::TlsSource tls;
    std::atomic<unsigned> generation{0};  // of what tls holds
    std::atomic<bool> stopped{false};

    void callBegins() EXCLUDES(m_mutex);
    void callEnds() EXCLUDES(m_mutex);
    void waitUntilNoneLeft() EXCLUDES(m_mutex);

private:
    base::Mutex m_mutex;
    std::condition_variable m_noneLeft;
    std::size_t m_calls GUARDED_BY(m_mutex) = 0;
};

// The connections of a client that belong to one I/O thread, idle and in use. Used on that thread, but for
// the counters. Shared with its leases, so that the last of them may go after the client.
class ClientThread : public std::enable_shared_from_this<ClientThread> {
public:
    ClientThread(net::IoThread &thread, std::shared_ptr<ClientShared> shared);

    net::Awaitable<Result<ClientLease>> connect(Destination to, bool mayReuse, ClientWatch *watch,
                                                std::chrono::milliseconds limit);
    void giveBack(std::unique_ptr<ClientConnection> connection);
    void cutIdle(const Destination &destination);
    void cutAllIdle();
    /// Ends all, also those that are still being made.
    void stop();

    [[nodiscard]] net::Executor executor() { return m_thread.executor(); }

    net::Traffic traffic;
    base::Counter opened;
    base::Counter reused;
    base::Counter failures;

private:
    using Timer =
        boost::asio::basic_waitable_timer<std::chrono::steady_clock,
                                          boost::asio::wait_traits<std::chrono::steady_clock>, net::Executor>;
    // Oldest first; the newest is taken first, so that those that are not needed grow old.
    using Idle = std::vector<std::unique_ptr<ClientConnection>>;

    [[nodiscard]] std::unique_ptr<ClientConnection> takeIdle(const Destination &to);
    [[nodiscard]] ClientLease lend(std::unique_ptr<ClientConnection> connection, ClientWatch *watch);
    void sweep();
    void scheduleSweep();

    net::IoThread &m_thread;
    const std::shared_ptr<ClientShared> m_shared;
    std::map<Destination, Idle> m_idle;
    std::size_t m_idleCount = 0;
    std::vector<ClientConnection *> m_busy;
    Timer m_timer;
    bool m_sweeping = false;
};

}  // namespace maxiofs::http
