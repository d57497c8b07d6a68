// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/histogram.h"
#include "base/mutex.h"
#include "net/address.h"
#include "net/io_threads.h"

#include <functional>
#include <map>
#include <memory>
#include <vector>

namespace maxiofs::net {

struct ConnectionCaps {
    std::size_t total = 20'000;
    std::size_t perAddress = 2'000;  // an IPv6 peer counts by its /64
    std::vector<Network> exempt;     // not capped per address: proxies and members
};

// Counts connections in all and per address. A Slot is one counted connection; it gives its place back when
// it goes. Any thread.
class ConnectionCounter {
public:
    explicit ConnectionCounter(ConnectionCaps caps) : m_caps(std::move(caps)) {}

    class Slot {
    public:
        Slot() = default;
        Slot(Slot &&other) noexcept;
        Slot &operator=(Slot &&other) noexcept;
        ~Slot();
        explicit operator bool() const { return m_counter != nullptr; }

    private:
        friend class ConnectionCounter;
        Slot(ConnectionCounter *counter, IpAddress key) : m_counter(counter), m_key(key) {}

        ConnectionCounter *m_counter = nullptr;
        IpAddress m_key;
    };

    /// An empty slot when a cap is reached.
    [[nodiscard]] Slot enter(const IpAddress &address) EXCLUDES(m_mutex);
    [[nodiscard]] std::size_t open() const EXCLUDES(m_mutex);

private:
    void leave(const IpAddress &key) EXCLUDES(m_mutex);

    const ConnectionCaps m_caps;
    mutable base::Mutex m_mutex;
    std::size_t m_open GUARDED_BY(m_mutex) = 0;
    std::map<IpAddress, std::size_t> m_perAddress GUARDED_BY(m_mutex);
};

// Accepts connections at one address and hands them to the I/O threads in turn. `accepted` is called on the
// thread that the connection belongs to. A connection beyond a cap is closed at once.
class Listener {
public:
    using Accepted = std::function<void(IoThread &, TcpSocket, ConnectionCounter::Slot)>;

    Listener(IoThreads &threads, ConnectionCounter &counter, Accepted accepted);
    ~Listener();  // closes

    /// Binds and begins to accept. Io when the address is taken or not this machine's.
    [[nodiscard]] Status open(const ListenAddress &address);
    /// Accepts no more; returns when no further `accepted` can be called. Not on an I/O thread.
    void close();

    /// The port that is listened on, also when 0 was asked for.
    [[nodiscard]] std::uint16_t port() const { return m_port; }
    [[nodiscard]] std::uint64_t refused() const { return m_refused.value(); }

private:
    struct State;

    IoThreads &m_threads;
    ConnectionCounter &m_counter;
    Accepted m_accepted;
    std::shared_ptr<State> m_state;
    std::uint16_t m_port = 0;
    base::Counter m_refused;
};

}  // namespace maxiofs::net
