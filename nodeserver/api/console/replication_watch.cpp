// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/console/replication_watch.h"

#include "api/console/replication_views.h"
#include "base/log_line.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace maxiofs::api::console {

namespace {

using protocol::ReplicationState;
using protocol::ReplicationStatus;

constexpr std::string_view kWorker = "replication worker: ";  // what people look for in the log

QString text(std::string_view bytes)
{
    return QString::fromUtf8(bytes.data(), static_cast<qsizetype>(bytes.size()));
}

// Of those that somebody has to know of, the worse is the greater.
int badnessOf(ReplicationStatus status)
{
    switch (status) {
    case ReplicationStatus::Behind: return 1;
    case ReplicationStatus::Degraded: return 2;
    case ReplicationStatus::Failing: return 3;
    default: return 0;
    }
}

std::string sentenceOf(const Context &context, const records::ReplicationRule &rule, std::string_view change,
                       const std::string &reason)
{
    std::string words(change);
    std::ranges::replace(words, '_', ' ');
    return "Replication of " + rule.sourceBucket + " to " + nameOfNode(context, rule.destinationNode) + ": " +
           words + (reason.empty() ? "." : ". " + reason);
}

}  // namespace

QJsonObject replicationEvent(const Context &context, const records::ReplicationRule &rule,
                             std::string_view change)
{
    const auto source = context.buckets.findById(rule.sourceBucketId);
    return {{"id"_L1, text(rule.id)},
            {"name"_L1, text(source ? (*source)->name : rule.sourceBucket)},
            {"destination_node_id"_L1, text(rule.destinationNode.uuid())},
            {"destination_node"_L1, text(nameOfNode(context, rule.destinationNode))},
            {"destination_bucket"_L1, text(rule.destinationBucket)},
            {"change"_L1, text(change)}};
}

void ReplicationWatch::tell(const records::ReplicationRule &rule, const ReplicationState &state,
                            std::string_view change, bool isAlert) const
{
    QJsonObject payload = replicationEvent(m_context, rule, change);
    payload.insert("status"_L1, text(protocol::nameOf(state.status)));
    payload.insert("reason"_L1, text(state.reason));
    payload.insert("lag_objects"_L1, static_cast<qint64>(state.lagObjects));
    payload.insert("lag_seconds"_L1, static_cast<qint64>(state.lagSeconds));
    m_context.events.publish("replication", payload);
    const std::string sentence = sentenceOf(m_context, rule, change, state.reason);
    if (!isAlert) {
        base::infoLine(std::string(kWorker) + sentence).with("rule", rule.id);
        return;
    }
    payload.insert("message"_L1, text(sentence));
    payload.insert("severity"_L1, "warning"_L1);
    m_context.events.publish("alert", payload);
    base::warningLine(std::string(kWorker) + sentence).with("rule", rule.id);
}

void ReplicationWatch::look()
{
    std::map<std::string, Seen> now;
    for (const auto &[id, state] : m_context.replication.states()) {
        const auto rule = m_context.rules.find(id);
        if (!rule)
            continue;
        const auto known = m_rules.find(id);
        const Seen before = known != m_rules.end() ? known->second : Seen();
        const Seen seen{state.status, state.objectsRetrying > 0};
        if (seen.status != before.status)
            tell(**rule, state, protocol::nameOf(state.status),
                 badnessOf(seen.status) > badnessOf(before.status));
        if (seen.hasFailing != before.hasFailing)
            tell(**rule, state, seen.hasFailing ? "objects_fail" : "objects_recovered", seen.hasFailing);
        now.emplace(id, seen);
    }
    m_rules = std::move(now);
}

}  // namespace maxiofs::api::console
