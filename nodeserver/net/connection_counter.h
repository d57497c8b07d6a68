// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/mutex.h"
#include "net/address.h"

#include <cstddef>
#include <map>
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
        /// Counts no longer against its address's cap.
        void leaveAddress();
        explicit operator bool() const { return m_counter != nullptr; }

    private:
        friend class ConnectionCounter;
        Slot(ConnectionCounter *counter, const IpAddress &key) : m_counter(counter), m_key(key) {}

        ConnectionCounter *m_counter = nullptr;
        IpAddress m_key;
        bool m_countsForAddress = true;
    };

    /// An empty slot when a cap is reached.
    [[nodiscard]] Slot enter(const IpAddress &address) EXCLUDES(m_mutex);
    [[nodiscard]] std::size_t open() const EXCLUDES(m_mutex);

private:
    void leave(const IpAddress &key, bool countsForAddress) EXCLUDES(m_mutex);
    void leaveAddress(const IpAddress &key) REQUIRES(m_mutex);
    void exempt(const IpAddress &key) EXCLUDES(m_mutex);

    const ConnectionCaps m_caps;
    mutable base::Mutex m_mutex;
    std::size_t m_open GUARDED_BY(m_mutex) = 0;
    std::map<IpAddress, std::size_t> m_perAddress GUARDED_BY(m_mutex);
};

}  // namespace maxiofs::net
