// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/clock.h"
#include "base/mutex.h"
#include "protocol/event.h"

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>

namespace maxiofs::api::console {

// An event and who may see it, besides those who may read everything.
struct HubEvent {
    protocol::Event event;
    std::string bucket;  // who sees this bucket; empty: nobody else
    std::string userId;  // this user
};

// The last events of this node, numbered, for any number of readers that each keep their own place. An id is
// "<node>-<number>"; numbers grow over restarts, so an id from before one is recognised as unknown. Any
// thread.
class EventHub {
public:
    static constexpr std::size_t kKept = 1000;

    EventHub(std::string nodeId, const Clock &clock);

    void publish(std::string type, QJsonObject payload, std::string bucket = {}, std::string userId = {});

    /// The number of the newest event: where a new reader begins.
    [[nodiscard]] std::uint64_t newest() const;
    /// The number in an id, if everything after it is still here.
    [[nodiscard]] std::optional<std::uint64_t> placeOf(std::string_view id) const;
    [[nodiscard]] std::string idOf(std::uint64_t number) const;
    /// Events after `number`, oldest first; empty optional when some of them are gone.
    [[nodiscard]] std::optional<std::vector<HubEvent>> after(std::uint64_t number) const;

    /// `wake` is called on the publishing thread after each event, and by stop().
    [[nodiscard]] std::uint64_t subscribe(std::function<void()> wake);
    void unsubscribe(std::uint64_t subscription);
    [[nodiscard]] std::size_t subscribers() const;

    /// Ends all readers.
    void stop();
    [[nodiscard]] bool stopped() const;

private:
    void wakeAll() REQUIRES(m_mutex);

    const std::string m_nodeId;
    const Clock &m_clock;

    mutable base::Mutex m_mutex;
    std::uint64_t m_newest GUARDED_BY(m_mutex);
    std::uint64_t m_first GUARDED_BY(m_mutex);  // the number before the oldest kept event
    std::deque<HubEvent> m_events GUARDED_BY(m_mutex);
    std::map<std::uint64_t, std::function<void()>> m_wakes GUARDED_BY(m_mutex);
    std::uint64_t m_nextSubscription GUARDED_BY(m_mutex) = 1;
    bool m_stopped GUARDED_BY(m_mutex) = false;
};

}  // namespace maxiofs::api::console
