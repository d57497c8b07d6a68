// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/console/event_hub.h"

#include <charconv>

namespace maxiofs::api::console {

namespace {

// Leaves room for this many events in each millisecond before a restart could meet its own past.
constexpr std::uint64_t kNumbersPerMs = 1000;

}  // namespace

EventHub::EventHub(std::string nodeId, const Clock &clock)
    : m_nodeId(std::move(nodeId)),
      m_clock(clock),
      m_newest(static_cast<std::uint64_t>(clock.unixMs()) * kNumbersPerMs),
      m_first(m_newest)
{
}

void EventHub::publish(std::string type, QJsonObject payload, std::string bucket, std::string userId)
{
    const base::MutexLock lock(m_mutex);
    ++m_newest;
    m_events.push_back(
        {{m_nodeId + '-' + std::to_string(m_newest), std::move(type), {m_clock.unixMs()}, std::move(payload)},
         std::move(bucket),
         std::move(userId)});
    if (m_events.size() > kKept) {
        m_events.pop_front();
        ++m_first;
    }
    wakeAll();
}

std::uint64_t EventHub::newest() const
{
    const base::MutexLock lock(m_mutex);
    return m_newest;
}

std::optional<std::uint64_t> EventHub::placeOf(std::string_view id) const
{
    const std::size_t dash = id.rfind('-');
    std::uint64_t number = 0;
    if (dash == id.npos || id.substr(0, dash) != m_nodeId)
        return std::nullopt;
    const std::string_view digits = id.substr(dash + 1);
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    if (error != std::errc() || end != digits.data() + digits.size())
        return std::nullopt;
    const base::MutexLock lock(m_mutex);
    return number >= m_first && number <= m_newest ? std::optional(number) : std::nullopt;
}

std::string EventHub::idOf(std::uint64_t number) const
{
    return m_nodeId + '-' + std::to_string(number);
}

std::optional<std::vector<HubEvent>> EventHub::after(std::uint64_t number) const
{
    const base::MutexLock lock(m_mutex);
    if (number < m_first || number > m_newest)
        return std::nullopt;
    const auto skip = static_cast<std::ptrdiff_t>(number - m_first);
    return std::vector<HubEvent>(m_events.begin() + skip, m_events.end());
}

std::uint64_t EventHub::subscribe(std::function<void()> wake)
{
    const base::MutexLock lock(m_mutex);
    const std::uint64_t subscription = m_nextSubscription++;
    m_wakes.emplace(subscription, std::move(wake));
    return subscription;
}

void EventHub::unsubscribe(std::uint64_t subscription)
{
    const base::MutexLock lock(m_mutex);
    m_wakes.erase(subscription);
}

std::size_t EventHub::subscribers() const
{
    const base::MutexLock lock(m_mutex);
    return m_wakes.size();
}

void EventHub::stop()
{
    const base::MutexLock lock(m_mutex);
    m_stopped = true;
    wakeAll();
}

bool EventHub::stopped() const
{
    const base::MutexLock lock(m_mutex);
    return m_stopped;
}

void EventHub::wakeAll()
{
    for (const auto &[subscription, wake] : m_wakes)
        wake();
}

}  // namespace maxiofs::api::console
