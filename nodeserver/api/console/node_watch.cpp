// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/console/node_watch.h"

#include "base/log_line.h"

using namespace Qt::StringLiterals;

namespace maxiofs::api::console {

NodeWatch::NodeWatch(store::ObjectStore &store, const records::ClusterNodes &nodes, EventHub &events)
    : m_store(store),
      m_nodes(nodes),
      m_events(events)
{
    m_last.word = "healthy";
}

void NodeWatch::look()
{
    NodeState state = stateOf(m_store);
    if (state.word == m_last.word && state.reason == m_last.reason)
        return;
    m_last = std::move(state);
    const records::ClusterConfig config = m_nodes.config();
    const QJsonObject payload{
        {"id"_L1, QString::fromStdString(config.nodeId.uuid())},
        {"name"_L1, QString::fromStdString(config.nodeName)},
        {"state"_L1, QString::fromStdString(m_last.word)},
        {"health_status"_L1, QString::fromUtf8(QByteArrayView(protocol::nameOf(m_last.status)))},
        {"reason"_L1, QString::fromStdString(m_last.reason)}};
    m_events.publish("node", payload);
    if (m_last.status == protocol::HealthStatus::Healthy) {
        base::infoLine("Node: healthy again");
        return;
    }
    m_events.publish("alert", payload);
    base::warningLine("Node: " + m_last.word).with("reason", m_last.reason);
}

}  // namespace maxiofs::api::console
