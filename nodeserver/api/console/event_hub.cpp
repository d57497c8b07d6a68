// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/console/event_hub.h"

namespace maxiofs::api::console {

namespace {

// Leaves room for this many events in each millisecond before a restart could meet its own past.
constexpr std::uint64_t kNumbersPerMs = 1000;

}  // namespace

EventHub::EventHub(const Clock &clock)
    : m_clock(clock),
      m_newest(static_cast<std::uint64_t>(clock.unixMs()) * kNumbersPerMs),
      m_newestForOthers(m_newest),
      m_first(m_newest)
{
}

void EventHub::publish(std::string type, QJsonObject payload, std::string bucket, std::string userId)
{
    const base::MutexLock lock(m_mutex);
    add({0, std::move(type), {}, std::move(payload), std::move(bucket), std::move(userId), false});
    m_newestForOthers = m_newest;
    wakeAll();
}

void EventHub::publishHere(std::string type, QJsonObject payload, std::string bucket)
{
    const base::MutexLock lock(m_mutex);
    add({0, std::move(type), {}, std::move(payload), std::move(bucket), {}, true});
    wakeAll();
}

void EventHub::add(HubEvent event)
{
    event.number = ++m_newest;
    event.time = {m_clock.unixMs()};
    m_events.push_back(std::move(event));
    if (m_events.size() > kKept) {
        m_events.pop_front();
        ++m_first;
    }
}

std::uint64_t EventHub::newest() const
{
    const base::MutexLock lock(m_mutex);
    return m_newest;
}

std::uint64_t EventHub::newestForOthers() const
{
    const base::MutexLock lock(m_mutex);
    return m_newestForOthers;
}

bool EventHub::knows(std::uint64_t number) const
{
    const base::MutexLock lock(m_mutex);
    return number >= m_first && number <= m_newest;
}

std::optional<std::vector<HubEvent>> EventHub::after(std::uint64_t number) const
{
    const base::MutexLock lock(m_mutex);
    if (number < m_first || number > m_newest)
        return std::nullopt;
    const auto skip = static_cast<std::ptrdiff_t>(number - m_first);
    return std::vector<HubEvent>(m_events.begin() + skip, m_events.end());
}

EventBatch EventHub::forOthers(std::uint64_t number, std::size_t limitBytes) const
{
    const base::MutexLock lock(m_mutex);
    EventBatch batch;
    batch.first = number < m_first || number > m_newest ? m_first : number;
    batch.newest = std::max(batch.first, m_newestForOthers);
    std::size_t bytes = 0;
    for (auto event = m_events.begin() + static_cast<std::ptrdiff_t>(batch.first - m_first);
         event != m_events.end(); ++event) {
        if (event->isHere)
            continue;
        if (bytes >= limitBytes) {
            batch.newest = batch.events.back().number;
            break;
        }
        bytes += static_cast<std::size_t>(protocol::toText(event->payload).size());
        batch.events.push_back(*event);
    }
    return batch;
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

void EventHub::wake()
{
    const base::MutexLock lock(m_mutex);
    wakeAll();
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
