// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/console/event_wire.h"

#include "protocol/field_codec.h"

using namespace Qt::StringLiterals;

namespace maxiofs::api::console {

namespace {

struct WireEvent {
    std::int64_t number = 0;
    std::string type;
    protocol::Time time;
    QJsonObject payload;
    std::string bucket;
    std::string userId;
};
struct WireBatch {
    std::int64_t first = 0;
    std::int64_t newest = 0;
    std::vector<WireEvent> events;
};
struct WireQuestion {
    std::int64_t after = 0;
};

template <typename V, typename S>
    requires std::is_same_v<std::remove_const_t<S>, WireEvent>
void listFields(V &visit, S &s)
{
    visit.required("number"_L1, s.number);
    visit.required("type"_L1, s.type);
    visit.required("time"_L1, s.time);
    visit.field("payload"_L1, s.payload);
    visit.unlessEmpty("bucket"_L1, s.bucket);
    visit.unlessEmpty("user_id"_L1, s.userId);
}

template <typename V, typename S>
    requires std::is_same_v<std::remove_const_t<S>, WireBatch>
void listFields(V &visit, S &s)
{
    visit.required("first"_L1, s.first);
    visit.required("newest"_L1, s.newest);
    visit.required("events"_L1, s.events);
}

template <typename V, typename S>
    requires std::is_same_v<std::remove_const_t<S>, WireQuestion>
void listFields(V &visit, S &s)
{
    visit.required("after"_L1, s.after);
}

std::int64_t signedOf(std::uint64_t number)
{
    return static_cast<std::int64_t>(number);
}

std::uint64_t numberOf(std::int64_t number)
{
    return static_cast<std::uint64_t>(number);
}

}  // namespace

QJsonObject eventsQuestion(std::uint64_t after)
{
    return protocol::toJson(WireQuestion{signedOf(after)});
}

Result<QJsonObject> answerEvents(const EventHub &events, const QJsonObject &question)
{
    TRY_ASSIGN(const auto wire, protocol::fromJson<WireQuestion>(question));
    return bodyOf(events.forOthers(numberOf(wire.after), kEventsBytes));
}

QJsonObject bodyOf(const EventBatch &batch)
{
    WireBatch wire{signedOf(batch.first), signedOf(batch.newest), {}};
    for (const HubEvent &event : batch.events)
        wire.events.push_back(
            {signedOf(event.number), event.type, event.time, event.payload, event.bucket, event.userId});
    return protocol::toJson(wire);
}

Result<EventBatch> batchOf(const QJsonObject &body)
{
    TRY_ASSIGN(const auto wire, protocol::fromJson<WireBatch>(body));
    EventBatch batch{numberOf(wire.first), numberOf(wire.newest), {}};
    bool inOrder = wire.first >= 0 && wire.first <= wire.newest;
    std::int64_t last = wire.first;
    for (const WireEvent &event : wire.events) {
        inOrder = inOrder && event.number > last && event.number <= wire.newest;
        last = event.number;
        batch.events.push_back({numberOf(event.number), event.type, event.time, event.payload, event.bucket,
                                event.userId, false});
    }
    if (!inOrder || batch.events.size() > EventHub::kKept)
        return failure(Error::InvalidArgument, "The member's events are not in order.", "events");
    return batch;
}

}  // namespace maxiofs::api::console
