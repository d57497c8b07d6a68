// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/console/event_feed.h"

#include "api/console/rights.h"
#include "http/event_stream.h"

#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

// An exchange outlives its handler, and what else is passed by reference lives in the coroutine that awaits
// at once. NOLINTBEGIN(cppcoreguidelines-avoid-reference-coroutine-parameters)

namespace maxiofs::api::console {

namespace {

constexpr std::chrono::seconds kHeartbeat(15);
// How long this node may take to hear what another one already told the reader.
constexpr std::chrono::seconds kCatchUp(5);

using Timer =
    boost::asio::basic_waitable_timer<std::chrono::steady_clock,
                                      boost::asio::wait_traits<std::chrono::steady_clock>, net::Executor>;

// A place in the hub that wakes its coroutine. The timer is touched on the connection's thread alone.
class Subscription {
public:
    Subscription(EventHub &hub, const net::Executor &executor)
        : m_hub(hub),
          m_timer(std::make_shared<Timer>(executor))
    {
        m_id = hub.subscribe([executor, timer = std::weak_ptr(m_timer)] {
            boost::asio::post(executor, [timer] {
                if (const auto alive = timer.lock())
                    alive->cancel();
            });
        });
    }
    ~Subscription() { m_hub.unsubscribe(m_id); }
    Subscription(const Subscription &) = delete;
    Subscription &operator=(const Subscription &) = delete;

    /// True when woken, false when the time is over.
    net::Awaitable<bool> wait(std::chrono::steady_clock::duration limit)
    {
        m_timer->expires_after(limit);
        const auto [error] = co_await m_timer->async_wait(net::asTuple);
        co_return error == boost::asio::error::operation_aborted;
    }

private:
    EventHub &m_hub;
    std::shared_ptr<Timer> m_timer;
    std::uint64_t m_id = 0;
};

bool isFor(const Context &context, const identity::Identity &identity, const HubEvent &event)
{
    if (readsAll(*identity.user) || (!event.userId.empty() && event.userId == identity.user->id))
        return true;
    if (event.bucket.empty())
        return false;
    const auto bucket = context.buckets.find(event.bucket);
    return bucket && context.identities.authorizer().isVisible(identity, **bucket);
}

http::EventStream::Event streamed(std::string id, const std::string &type, protocol::Time time,
                                  const QJsonObject &payload)
{
    const QByteArray data = protocol::eventData({id, type, time, payload});
    return {std::move(id), type, data.toStdString()};
}

}  // namespace

net::Awaitable<void> feedEvents(const Context &context, const EventStreams &streams, http::Exchange &exchange,
                                std::string accessToken)
{
    Subscription subscription(context.events, co_await boost::asio::this_coro::executor);
    http::EventStream stream(exchange);
    std::optional<EventStreams::Place> place = streams.newest();
    if (!stream.lastEventId().empty())
        place = streams.placeOf(stream.lastEventId());
    if (!co_await stream.begin())
        co_return;

    bool heartbeat = true;  // tells a client at once that the stream is open
    std::optional<std::chrono::steady_clock::time_point> aheadUntil;
    while (!context.events.stopped()) {
        const auto identity = context.identities.sessions().authenticate(accessToken);
        if (!identity)
            break;
        const auto now = std::chrono::steady_clock::now();
        if (!place || !streams.isAhead(*place))
            aheadUntil.reset();
        else if (!aheadUntil)
            aheadUntil = now + kCatchUp;
        const bool isLost = aheadUntil && now >= *aheadUntil;
        const auto events = place && !isLost ? streams.after(*place) : std::nullopt;
        if (!events) {
            // What happened meanwhile is lost to this reader: it is told to load everything anew.
            place = streams.newest();
            const auto reset =
                streamed(EventStreams::idOf(*place, streams.self()), "reset", {context.clock.unixMs()}, {});
            if (!co_await stream.send(reset))
                co_return;
            continue;
        }
        for (const auto &[node, event] : *events) {
            (*place)[node] = event.number;
            heartbeat = false;
            if (!isFor(context, *identity, event))
                continue;
            const auto next =
                streamed(EventStreams::idOf(*place, node), event.type, event.time, event.payload);
            if (!co_await stream.send(next))
                co_return;
        }
        if (heartbeat && !co_await stream.heartbeat())
            co_return;
        heartbeat = !co_await subscription.wait(aheadUntil ? kCatchUp : kHeartbeat);
    }
    [[maybe_unused]] const Status ended = co_await stream.end();
}

}  // namespace maxiofs::api::console

// NOLINTEND(cppcoreguidelines-avoid-reference-coroutine-parameters)
