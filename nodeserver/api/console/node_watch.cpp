// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/console/node_watch.h"

#include "base/log_line.h"

using namespace Qt::StringLiterals;

namespace maxiofs::api::console {

namespace {

QJsonObject payloadOf(const NodeId &id, const std::string &name, const std::string &state,
                      protocol::HealthStatus status, const std::string &reason)
{
    return {{"id"_L1, QString::fromStdString(id.uuid())},
            {"name"_L1, QString::fromStdString(name)},
            {"state"_L1, QString::fromStdString(state)},
            {"health_status"_L1, QString::fromUtf8(QByteArrayView(protocol::nameOf(status)))},
            {"reason"_L1, QString::fromStdString(reason)}};
}

}  // namespace

NodeWatch::NodeWatch(const Context &context) : m_context(context)
{
    m_last.word = "healthy";
}

void NodeWatch::look()
{
    lookAtSelf();
    lookAtMembers();
}

void NodeWatch::lookAtSelf()
{
    NodeState state = stateOf(m_context.store);
    if (state.word == m_last.word && state.reason == m_last.reason)
        return;
    m_last = std::move(state);
    const records::ClusterConfig config = m_context.nodes.config();
    const QJsonObject payload =
        payloadOf(config.nodeId, config.nodeName, m_last.word, m_last.status, m_last.reason);
    m_context.events.publish("node", payload);
    if (m_last.status == protocol::HealthStatus::Healthy) {
        base::infoLine("Node: healthy again");
        return;
    }
    m_context.events.publish("alert", payload);
    base::warningLine("Node: " + m_last.word).with("reason", m_last.reason);
}

void NodeWatch::lookAtMembers()
{
    std::map<NodeId, MemberState> now;
    for (const cluster::rules::Observation &seen : m_context.cluster.observations()) {
        MemberState state = stateOf(seen);
        const auto before = m_members.find(seen.id);
        const auto node = m_context.nodes.find(seen.id);
        if (node && before != m_members.end() &&
            (before->second.status != state.status || before->second.reason != state.reason)) {
            const QJsonObject payload = payloadOf(
                seen.id, node->name, std::string(protocol::nameOf(state.status)), state.status, state.reason);
            m_context.events.publishHere("node", payload);
            if (state.status > before->second.status && !state.isToldByItself)
                m_context.events.publishHere("alert", payload);
        }
        now.emplace(seen.id, std::move(state));
    }
    m_members = std::move(now);
}

}  // namespace maxiofs::api::console
