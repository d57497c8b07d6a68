// SPDX-License-Identifier: GPL-3.0-or-later
#include "net/connection_counter.h"

#include <algorithm>
#include <utility>

namespace maxiofs::net {

namespace {

// One customer's IPv6 network is a /64 at least: counting single addresses would cap nobody.
IpAddress keyOf(const IpAddress &address)
{
    const IpAddress plain = unmapped(address);
    if (plain.is_v4())
        return plain;
    auto bytes = plain.to_v6().to_bytes();
    std::fill(bytes.begin() + 8, bytes.end(), 0);
    return boost::asio::ip::address_v6(bytes);
}

}  // namespace

ConnectionCounter::Slot::Slot(Slot &&other) noexcept
    : m_counter(std::exchange(other.m_counter, nullptr)),
      m_key(other.m_key),
      m_countsForAddress(other.m_countsForAddress)
{
}

ConnectionCounter::Slot &ConnectionCounter::Slot::operator=(Slot &&other) noexcept
{
    std::swap(m_counter, other.m_counter);
    std::swap(m_key, other.m_key);
    std::swap(m_countsForAddress, other.m_countsForAddress);
    return *this;
}

ConnectionCounter::Slot::~Slot()
{
    if (m_counter != nullptr)
        m_counter->leave(m_key, m_countsForAddress);
}

void ConnectionCounter::Slot::leaveAddress()
{
    if (m_counter != nullptr && std::exchange(m_countsForAddress, false))
        m_counter->exempt(m_key);
}

ConnectionCounter::Slot ConnectionCounter::enter(const IpAddress &address)
{
    const IpAddress key = keyOf(address);
    const bool exempt = containsAny(m_caps.exempt, address);
    const base::MutexLock lock(m_mutex);
    if (m_open >= m_caps.total)
        return {};
    std::size_t &here = m_perAddress[key];
    if (here >= m_caps.perAddress && !exempt)
        return {};
    ++here;
    ++m_open;
    return {this, key};
}

std::size_t ConnectionCounter::open() const
{
    const base::MutexLock lock(m_mutex);
    return m_open;
}

void ConnectionCounter::leave(const IpAddress &key, bool countsForAddress)
{
    const base::MutexLock lock(m_mutex);
    --m_open;
    if (countsForAddress)
        leaveAddress(key);
}

void ConnectionCounter::exempt(const IpAddress &key)
{
    const base::MutexLock lock(m_mutex);
    leaveAddress(key);
}

void ConnectionCounter::leaveAddress(const IpAddress &key)
{
    const auto found = m_perAddress.find(key);
    if (--found->second == 0)
        m_perAddress.erase(found);
}

}  // namespace maxiofs::net
