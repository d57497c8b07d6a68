// SPDX-License-Identifier: GPL-3.0-or-later
#include "protocol/event.h"

#include "protocol/field_codec.h"

using namespace Qt::StringLiterals;

namespace maxiofs::protocol {

template <typename V, typename S>
    requires std::is_same_v<std::remove_const_t<S>, AuditEntry>
void listFields(V &visit, S &s)
{
    visit.required("id"_L1, s.id);
    visit.required("time"_L1, s.time);
    visit.field("user_id"_L1, s.userId);
    visit.field("username"_L1, s.username);
    visit.field("address"_L1, s.address);
    visit.required("action"_L1, s.action);
    visit.field("resource"_L1, s.resource);
    visit.field("before"_L1, s.before);
    visit.field("after"_L1, s.after);
    visit.field("answer"_L1, s.answer);
    visit.field("node_id"_L1, s.nodeId);
}
MAXIOFS_PROTOCOL_LISTED(AuditEntry)

template <typename V, typename S>
    requires std::is_same_v<std::remove_const_t<S>, Setting>
void listFields(V &visit, S &s)
{
    visit.required("name"_L1, s.name);
    visit.field("value"_L1, s.value);
    visit.field("default"_L1, s.standard);
    visit.word("kind"_L1, s.kind, {"integer", "text", "boolean"});
    visit.field("unit"_L1, s.unit);
    visit.field("about"_L1, s.about);
}
MAXIOFS_PROTOCOL_LISTED(Setting)

// What `data:` holds; type and id have lines of their own.
template <typename V, typename S>
    requires std::is_same_v<std::remove_const_t<S>, Event>
void listFields(V &visit, S &s)
{
    visit.required("time"_L1, s.time);
    visit.field("payload"_L1, s.payload);
}
MAXIOFS_PROTOCOL_STRUCT(Event)

QByteArray eventData(const Event &event)
{
    return toText(toJson(event));
}

QByteArray toEventText(const Event &event)
{
    return "event: " + QByteArray::fromStdString(event.type) +
           "\nid: " + QByteArray::fromStdString(event.id) + "\ndata: " + eventData(event) + "\n\n";
}

Result<Event> fromEventText(const QByteArray &id, const QByteArray &type, const QByteArray &data)
{
    TRY_ASSIGN(const QJsonObject object, parseObject(data));
    TRY_ASSIGN(Event event, fromJson<Event>(object));
    event.id = id.toStdString();
    event.type = type.toStdString();
    return event;
}

}  // namespace maxiofs::protocol
