// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "protocol/json.h"

namespace maxiofs::protocol {

struct AuditEntry {
    static constexpr const char *kPlural = "audit_logs";

    std::string id;  // for `after`
    Time time;
    std::string userId;
    std::string username;
    std::string address;
    std::string action;    // "user.create", "bucket.delete", "auth.login", ...
    std::string resource;  // what was changed
    QJsonValue before;     // null where there was nothing
    QJsonValue after;
    std::int64_t answer = 0;  // the HTTP status
    std::string nodeId;
};

// One event of GET /events. The stream's `event:` is the type, `id:` the id, `data:` {"time", "payload"}.
struct Event {
    std::string id;
    std::string type;  // node, bucket, alert, audit, replication, migration, reset
    Time time;
    QJsonObject payload;
};

/// What follows `data:` in the stream, one line.
[[nodiscard]] QByteArray eventData(const Event &event);
/// The event as text of the stream, ending with an empty line.
[[nodiscard]] QByteArray toEventText(const Event &event);
/// From the three lines' values; fails where `data` is not what toEventText writes.
[[nodiscard]] Result<Event> fromEventText(const QByteArray &id, const QByteArray &type,
                                          const QByteArray &data);

// GET and PUT /settings: the settings that the whole cluster shares. PUT takes any part of it.
struct Setting {
    static constexpr const char *kPlural = "settings";

    std::string name;
    QJsonValue value;
    QJsonValue standard;  // the default
    std::string kind;     // "integer", "text", "boolean"
    std::string unit;     // "bytes", "seconds"; empty for none
    std::string about;    // one sentence
};

}  // namespace maxiofs::protocol
