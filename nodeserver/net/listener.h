// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/histogram.h"
#include "net/address.h"
#include "net/connection_counter.h"
#include "net/io_threads.h"

#include <functional>
#include <memory>

namespace maxiofs::net {

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
