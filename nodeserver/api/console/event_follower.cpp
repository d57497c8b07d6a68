// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/console/event_follower.h"

#include "api/console/event_wire.h"
#include "net/thread_name.h"

namespace maxiofs::api::console {

EventFollower::EventFollower(const Context &context, EventStreams &streams)
    : m_context(context),
      m_streams(streams)
{
}

EventFollower::~EventFollower()
{
    stop();
}

void EventFollower::start()
{
    m_thread = std::jthread([this](const std::stop_token &stop) { run(stop); });
}

void EventFollower::stop()
{
    m_thread.request_stop();
    m_wake.notify_all();
    if (m_thread.joinable())
        m_thread.join();
}

void EventFollower::run(const std::stop_token &stop)
{
    net::nameThisThread("events");
    while (!stop.stop_requested()) {
        look();
        base::MutexLock lock(m_mutex);
        if (!stop.stop_requested())
            lock.waitFor(m_wake, kLook);
    }
}

void EventFollower::look()
{
    std::set<NodeId> members;
    for (const cluster::rules::Observation &seen : m_context.cluster.observations()) {
        members.insert(seen.id);
        if (seen.beat && seen.status != protocol::HealthStatus::Unavailable)
            follow(seen.id, seen.beat->newestEvent);
    }
    m_streams.keepOnly(members);
}

void EventFollower::follow(const NodeId &member, std::uint64_t newest)
{
    auto known = m_streams.knownOf(member);
    // An answer may hold only a part, or more than the beat told.
    while (known.value_or(0) != newest) {
        const auto answer =
            m_context.peers.callAndWait(member, kEventsRoute, eventsQuestion(known.value_or(0)), kAskLimit);
        if (!answer)
            return;
        auto batch = batchOf(*answer);
        if (!batch || (known && batch->newest == *known))
            return;
        m_streams.take(member, *std::move(batch));
        known = m_streams.knownOf(member);
        if (known.value_or(0) > newest)
            return;
    }
}

}  // namespace maxiofs::api::console
