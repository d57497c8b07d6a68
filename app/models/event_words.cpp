// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/event_words.h"

#include "core/format.h"
#include "models/health_words.h"
#include "models/replication_words.h"

#include <QJsonObject>

namespace maxiofs::models {

using namespace Qt::StringLiterals;
using theme::Status;

namespace {

// The first of these fields that has a text.
QString firstOf(const QJsonObject &payload, std::initializer_list<QLatin1StringView> names)
{
    for (const QLatin1StringView name : names) {
        if (const QString text = payload.value(name).toString(); !text.isEmpty())
            return text;
    }
    return {};
}

Status statusOf(const QString &health)
{
    if (health == u"healthy"_s)
        return Status::Ok;
    if (health == u"degraded"_s)
        return Status::Warn;
    return health == u"unavailable"_s ? Status::Bad : Status::Unknown;
}

Status severityOf(const QString &severity)
{
    if (severity == u"critical"_s || severity == u"error"_s)
        return Status::Bad;
    return severity == u"info"_s ? Status::Ok : Status::Warn;
}

}  // namespace

// Empty where the change is none of a membership.
static QString membershipSentence(const QString &name, const QString &change)
{
    if (change == u"initialized"_s)
        return EventWords::tr("%1 is the first node of a cluster").arg(name);
    if (change == u"joined"_s)
        return EventWords::tr("%1 joined the cluster").arg(name);
    if (change == u"left"_s)
        return EventWords::tr("%1 left the cluster").arg(name);
    if (change == u"removed"_s)
        return EventWords::tr("%1 was removed from the cluster").arg(name);
    return {};
}

// "Replication of media to ams-2: behind", with the shape of the rule's state.
static EventWords::Words replicationWords(const QString &name, const QString &change,
                                          const QJsonObject &payload)
{
    const auto state = protocol::fromName<protocol::ReplicationStatus>(change.toStdString());
    const QString what =
        state ? ReplicationWords::wordOf(*state).toLower() : QString(change).replace(u'_', u' ');
    const QString to = payload.value("destination_node"_L1).toString();
    const auto status =
        protocol::fromName<protocol::ReplicationStatus>(payload.value("status"_L1).toString().toStdString());
    const QString sentence =
        to.isEmpty() ? EventWords::tr("Replication of %1: %2", "bucket, what happened").arg(name, what)
                     : EventWords::tr("Replication of %1 to %2: %3", "bucket, node, what happened")
                           .arg(name, to, what);
    return {sentence, status ? ReplicationWords::statusOf(*status) : Status::None, u"repeat-2"_s};
}

static QString auditSentence(const protocol::AuditEntry &entry)
{
    const QString who =
        entry.username.empty() ? EventWords::tr("Somebody") : QString::fromStdString(entry.username);
    const QString what = QString::fromStdString(entry.resource);
    const QString action = QString::fromStdString(entry.action);
    if (entry.answer >= 400 && action == u"auth.login"_s)
        return EventWords::tr("%1 could not sign in from %2").arg(who, QString::fromStdString(entry.address));
    if (entry.answer >= 400)
        return EventWords::tr("%1 was refused: %2 %3 (%4)")
            .arg(who, action, what)
            .arg(entry.answer)
            .simplified();
    if (action == u"auth.login"_s)
        return EventWords::tr("%1 signed in from %2").arg(who, QString::fromStdString(entry.address));
    if (action == u"auth.logout"_s)
        return EventWords::tr("%1 signed out").arg(who);
    if (action == u"bucket.create"_s)
        return EventWords::tr("%1 created bucket %2").arg(who, what);
    if (action == u"bucket.delete"_s)
        return EventWords::tr("%1 deleted bucket %2").arg(who, what);
    if (action == u"cluster.initialize"_s)
        return EventWords::tr("%1 made a cluster of %2").arg(who, what);
    if (action == u"cluster.leave"_s)
        return EventWords::tr("%1 took %2 out of the cluster").arg(who, what);
    if (action == u"cluster.token.rotate"_s)
        return EventWords::tr("%1 rotated the cluster’s token").arg(who);
    if (action == u"node.add"_s)
        return EventWords::tr("%1 added node %2").arg(who, what);
    if (action == u"node.update"_s)
        return EventWords::tr("%1 changed node %2").arg(who, what);
    if (action == u"node.remove"_s)
        return EventWords::tr("%1 removed node %2").arg(who, what);
    if (action == u"user.create"_s)
        return EventWords::tr("%1 created user %2").arg(who, what);
    if (action == u"user.delete"_s)
        return EventWords::tr("%1 deleted user %2").arg(who, what);
    if (action == u"user.update"_s)
        return EventWords::tr("%1 changed user %2").arg(who, what);
    return EventWords::tr("%1: %2 %3", "who, what was done, to what").arg(who, action, what).simplified();
}

EventWords::Words EventWords::of(const protocol::Event &event)
{
    const QJsonObject &payload = event.payload;
    const QString type = QString::fromStdString(event.type);
    if (type == u"audit"_s) {
        const auto entry = protocol::fromJson<protocol::AuditEntry>(payload);
        if (!entry)
            return {};
        return {auditSentence(*entry), Status::None, u"user"_s};
    }
    const QString said = firstOf(payload, {"message"_L1, "text"_L1});
    const QString name =
        firstOf(payload, {"name"_L1, "bucket"_L1, "bucket_name"_L1, "node_name"_L1, "id"_L1});
    if (type == u"node"_s) {
        const QString health = firstOf(payload, {"health_status"_L1, "state"_L1, "status"_L1});
        const QString reason = firstOf(payload, {"reason"_L1});
        if (!said.isEmpty())
            return {said, statusOf(health), {}};
        if (const QString changed = membershipSentence(name, firstOf(payload, {"change"_L1}));
            !changed.isEmpty())
            return {changed, Status::None, u"server"_s};
        const QString plain = tr("%1 is %2", "a node, its state").arg(name, health);
        return {reason.isEmpty() ? plain : tr("%1: %2").arg(plain, reason), statusOf(health), {}};
    }
    if (type == u"alert"_s)
        return {said.isEmpty() ? name : said, severityOf(payload.value("severity"_L1).toString()), {}};
    if (!said.isEmpty())
        return {said, Status::Ok, {}};
    const QString change = firstOf(payload, {"change"_L1, "action"_L1, "status"_L1, "phase"_L1});
    if (type == u"bucket"_s)
        return {tr("Bucket %1: %2", "its name, what happened").arg(name, change), Status::None,
                u"database"_s};
    if (name.isEmpty())
        return {};
    if (type == u"replication"_s)
        return replicationWords(name, change, payload);
    return {tr("%1 %2: %3", "replication or migration, its name, what happened").arg(type, name, change),
            Status::Running,
            {}};
}

}  // namespace maxiofs::models
