// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "api/console/context.h"
#include "api/console/event_streams.h"

#include <condition_variable>
#include <thread>

namespace maxiofs::api::console {

// Fetches the other members' events when their beats tell of new ones. One thread of its own.
class EventFollower {
public:
    static constexpr std::chrono::milliseconds kLook{250};
    static constexpr std::chrono::milliseconds kAskLimit{2000};

    /// Both must outlive it.
    EventFollower(const Context &context, EventStreams &streams);
    ~EventFollower();  // stops
    EventFollower(const EventFollower &) = delete;
    EventFollower &operator=(const EventFollower &) = delete;

    void start();
    void stop();
    /// What the thread does again and again: asks those members that have something new.
    void look();

private:
    void run(const std::stop_token &stop);
    void follow(const NodeId &member, std::uint64_t newest);

    const Context &m_context;
    EventStreams &m_streams;
    base::Mutex m_mutex;
    std::condition_variable m_wake;
    std::jthread m_thread;
};

}  // namespace maxiofs::api::console
