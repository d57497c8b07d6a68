// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/replication_words.h"

#include "core/format.h"

#include <QLocale>

namespace maxiofs::models {

using core::Format;
using protocol::ReplicationStatus;
using theme::Status;

namespace {

// Up to this a rule sends as soon as something changes (specification: real-time).
constexpr std::int64_t kLongestContinuous = 60;

QString perSecond(double value)
{
    return QLocale().toString(value, 'f', value < 9.95 ? 1 : 0);
}

}  // namespace

Status ReplicationWords::statusOf(ReplicationStatus status)
{
    switch (status) {
    case ReplicationStatus::InSync: return Status::Ok;
    case ReplicationStatus::CatchingUp: return Status::Running;
    case ReplicationStatus::Waiting: return Status::Pending;
    case ReplicationStatus::Behind:
    case ReplicationStatus::Degraded: return Status::Warn;
    case ReplicationStatus::Failing: return Status::Bad;
    case ReplicationStatus::Paused:
    case ReplicationStatus::Unknown: break;
    }
    return Status::Unknown;
}

QString ReplicationWords::wordOf(ReplicationStatus status)
{
    switch (status) {
    case ReplicationStatus::InSync: return tr("In sync");
    case ReplicationStatus::CatchingUp: return tr("Catching up");
    case ReplicationStatus::Waiting: return tr("Waiting");
    case ReplicationStatus::Behind: return tr("Behind");
    case ReplicationStatus::Degraded: return tr("Degraded");
    case ReplicationStatus::Failing: return tr("Failing");
    case ReplicationStatus::Paused: return tr("Paused");
    case ReplicationStatus::Unknown: break;
    }
    return tr("Unknown");
}

QString ReplicationWords::modeOf(std::int64_t intervalSeconds)
{
    if (intervalSeconds == 0)
        return tr("Synchronous");
    const QString span = Format::span(intervalSeconds * 1000);
    return intervalSeconds <= kLongestContinuous ? tr("Continuous, %1", "a duration").arg(span)
                                                 : tr("Every %1", "a duration").arg(span);
}

QString ReplicationWords::meaningOf(std::int64_t intervalSeconds)
{
    if (intervalSeconds == 0)
        return tr("A write is answered once it is durable on both nodes.");
    const QString span = Format::span(intervalSeconds * 1000);
    return intervalSeconds <= kLongestContinuous
               ? tr("A change is sent at once; after %1 the rule counts as behind.").arg(span)
               : tr("Changes are sent in rounds, one every %1.").arg(span);
}

bool ReplicationWords::isUnknown(const protocol::ReplicationRule &rule)
{
    return rule.state.status == ReplicationStatus::Unknown;
}

QString ReplicationWords::chipOf(const protocol::ReplicationRule &rule)
{
    const QString word = wordOf(rule.state.status);
    const bool late = rule.state.status == ReplicationStatus::Behind ||
                      rule.state.status == ReplicationStatus::Failing ||
                      rule.state.status == ReplicationStatus::Degraded;
    return late && rule.state.lagSeconds > 0
               ? tr("%1 by %2", "a state, a duration").arg(word, Format::span(rule.state.lagSeconds * 1000))
               : word;
}

QString ReplicationWords::reasonOf(const protocol::ReplicationRule &rule, std::int64_t nowMs)
{
    if (rule.state.status == ReplicationStatus::Paused && rule.pausedAt && !rule.pausedBy.empty())
        return tr("Paused by %1, %2")
            .arg(QString::fromStdString(rule.pausedBy), Format::time(rule.pausedAt->unixMs, nowMs));
    if (rule.state.lastError && !rule.state.lastError->empty())
        return QString::fromStdString(*rule.state.lastError);
    return QString::fromStdString(rule.state.reason);
}

QString ReplicationWords::pace(const protocol::ReplicationState &state)
{
    const double in = state.objectsInPerSecond;
    const double out = state.objectsOutPerSecond;
    if (in <= 0 && out <= 0)
        return {};
    const QString figures = tr("%1 objects/s in, %2 out").arg(perSecond(in), perSecond(out));
    if (state.lagObjects == 0)
        return figures;
    if (in > out)
        return tr("%1: the lag grows", "a rule's pace").arg(figures);
    if (out > in)
        return tr("%1: caught up in %2", "a rule's pace, a duration")
            .arg(figures, Format::span(static_cast<std::int64_t>(static_cast<double>(state.lagObjects) *
                                                                 1000 / (out - in))));
    return figures;
}

}  // namespace maxiofs::models
