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
    std::uint64_t number = 0;
    std::string type;
    protocol::Time time;
    QJsonObject payload;
    std::string bucket;   // who sees this bucket; empty: nobody else
    std::string userId;   // this user
    bool isHere = false;  // not for other members, which find the same out by themselves
};

// Events of one node from one number on, as another member takes them over.
struct EventBatch {
    std::uint64_t first = 0;   // nothing is missing between this and `newest`
    std::uint64_t newest = 0;  // the number up to which this tells everything
    std::vector<HubEvent> events;
};

// The last events of this node, numbered, for any number of readers that each keep their own place. Numbers
// grow over restarts, so one from before a restart is recognised as unknown. Any thread.
class EventHub {
public:
    static constexpr std::size_t kKept = 1000;

    explicit EventHub(const Clock &clock);

    /// Seen by those who read everything, and by whom `bucket` or `userId` names.
    void publish(std::string type, QJsonObject payload, std::string bucket = {}, std::string userId = {});
    /// The same, for the readers of this node alone.
    void publishHere(std::string type, QJsonObject payload, std::string bucket = {});

    /// The number of the newest event: where a new reader begins.
    [[nodiscard]] std::uint64_t newest() const;
    /// Of the newest one that other members are told of: the beats say it.
    [[nodiscard]] std::uint64_t newestForOthers() const;
    /// Whether everything after the number is still here.
    [[nodiscard]] bool knows(std::uint64_t number) const;
    /// Events after `number`, oldest first; empty optional when some of them are gone.
    [[nodiscard]] std::optional<std::vector<HubEvent>> after(std::uint64_t number) const;
    /// Those that other members are told of, from `number` on or, when some are gone, from the oldest on; at
    /// most about `limitBytes` of them.
    [[nodiscard]] EventBatch forOthers(std::uint64_t number, std::size_t limitBytes) const;

    /// `wake` is called on the publishing thread after each event, and by wake() and stop().
    [[nodiscard]] std::uint64_t subscribe(std::function<void()> wake);
    void unsubscribe(std::uint64_t subscription);
    [[nodiscard]] std::size_t subscribers() const;
    void wake();

    /// Ends all readers.
    void stop();
    [[nodiscard]] bool stopped() const;

private:
    void add(HubEvent event) REQUIRES(m_mutex);
    void wakeAll() REQUIRES(m_mutex);

    const Clock &m_clock;

    mutable base::Mutex m_mutex;
    std::uint64_t m_newest GUARDED_BY(m_mutex);
    std::uint64_t m_newestForOthers GUARDED_BY(m_mutex);
    std::uint64_t m_first GUARDED_BY(m_mutex);  // the number before the oldest kept event
    std::deque<HubEvent> m_events GUARDED_BY(m_mutex);
    std::map<std::uint64_t, std::function<void()>> m_wakes GUARDED_BY(m_mutex);
    std::uint64_t m_nextSubscription GUARDED_BY(m_mutex) = 1;
    bool m_stopped GUARDED_BY(m_mutex) = false;
};

}  // namespace maxiofs::api::console
