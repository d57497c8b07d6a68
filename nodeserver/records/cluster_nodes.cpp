// SPDX-License-Identifier: GPL-3.0-or-later
#include "records/cluster_nodes.h"

#include <QJsonDocument>

#include <algorithm>

namespace maxiofs::records {

namespace {

constexpr std::int64_t kMsPerSecond = 1000;
constexpr std::size_t kLongestName = 100;
constexpr std::int64_t kGreatestPriority = 1'000'000;

QJsonObject metadataOf(const std::string &text)
{
    return QJsonDocument::fromJson(QByteArray::fromStdString(text)).object();
}

std::string metadataText(const QJsonObject &metadata)
{
    return QJsonDocument(metadata).toJson(QJsonDocument::Compact).toStdString();
}

Status check(const ClusterNode &node)
{
    if (node.name.empty() || node.name.size() > kLongestName)
        return failure(Error::InvalidArgument, "A node's name has 1 to 100 bytes.", "name");
    if (node.priority < 0 || node.priority > kGreatestPriority)
        return failure(Error::InvalidArgument, "A node's priority is 0 to 1000000 (lower is first).",
                       "priority");
    return {};
}

}  // namespace

Result<std::unique_ptr<ClusterNodes>> ClusterNodes::load(Records &records, const Options &options)
{
    std::unique_ptr<ClusterNodes> nodes(new ClusterNodes(records));
    TRY_STATUS(nodes->readAll());
    const auto own = nodes->find(records.nodeId());
    if (!own) {
        ClusterNode node;
        node.id = records.nodeId();
        node.name = options.defaultName;
        node.endpoint = options.endpoint;
        node.createdMs = nodes->config().createdMs;
        node.updatedMs = node.createdMs;
        TRY_STATUS(check(node));
        TRY_STATUS(nodes->write(node));
    } else if (!options.endpoint.empty() && own->endpoint != options.endpoint) {
        NodeEdit edit;
        edit.endpoint = options.endpoint;
        TRY_STATUS(nodes->edit(records.nodeId(), edit));
    }
    return nodes;
}

Status ClusterNodes::readAll()
{
    ClusterConfig config;
    std::vector<ClusterNode> nodes;
    TRY_STATUS(m_records.database().read([&](db::Connection &connection) -> Status {
        TRY_ASSIGN(auto row, connection.prepare("SELECT node_id, node_name, region, is_cluster_enabled,"
                                                " created_at FROM cluster_config"));
        TRY_ASSIGN(const bool there, row.step());
        if (there) {
            config = {NodeId::fromUuid(row.text(0)).value_or(NodeId()), row.text(1), row.text(2),
                      row.integer(3) != 0, row.integer(4) * kMsPerSecond};
        }
        TRY_ASSIGN(auto rows, connection.prepare("SELECT id, name, endpoint, region, priority, metadata,"
                                                 " created_at, updated_at FROM cluster_nodes"
                                                 " WHERE deleted = 0 ORDER BY id"));
        while (true) {
            TRY_ASSIGN(const bool more, rows.step());
            if (!more)
                return {};
            const auto id = NodeId::fromUuid(rows.text(0));
            if (!id)
                return failure(Error::Corrupt, "a node's id in cluster_nodes is not a UUID: " + rows.text(0));
            nodes.push_back({*id, rows.text(1), rows.text(2), rows.text(3), rows.integer(4),
                             metadataOf(rows.text(5)), rows.integer(6) * kMsPerSecond,
                             rows.integer(7) * kMsPerSecond});
        }
    }));
    const base::MutexLock lock(m_mutex);
    m_config = std::move(config);
    m_nodes = std::move(nodes);
    return {};
}

Status ClusterNodes::write(const ClusterNode &node)
{
    TRY_STATUS(m_records.database().write([&](db::Connection &connection) -> Status {
        TRY_ASSIGN(auto stored,
                   connection.prepare("SELECT stamp_time, stamp_node FROM cluster_nodes WHERE id = ?"));
        stored.bind(node.id.uuid());
        TRY_ASSIGN(const bool there, stored.step());
        Stamp replaced;
        if (there)
            replaced = {static_cast<std::uint64_t>(stored.integer(0)),
                        NodeId::fromUuid(stored.text(1)).value_or(NodeId())};
        stored.reset();
        const Stamp stamp = Stamp::after(replaced, m_records.clock().unixMs(), m_records.nodeId());
        TRY_ASSIGN(auto row,
                   connection.prepare("INSERT INTO cluster_nodes (id, name, endpoint, node_token, region,"
                                      " priority, metadata, created_at, updated_at, stamp_time, stamp_node)"
                                      " VALUES (?1, ?2, ?3, '', ?4, ?5, ?6, ?7, ?8, ?9, ?10)"
                                      " ON CONFLICT (id) DO UPDATE SET name = ?2, endpoint = ?3, region = ?4,"
                                      " priority = ?5, metadata = ?6, updated_at = ?8, stamp_time = ?9,"
                                      " stamp_node = ?10, deleted = 0"));
        row.bind(node.id.uuid(), node.name, node.endpoint, node.region, node.priority,
                 metadataText(node.metadata), node.createdMs / kMsPerSecond, node.updatedMs / kMsPerSecond,
                 static_cast<std::int64_t>(stamp.time), stamp.node.uuid());
        TRY_STATUS(row.run());
        if (node.id != m_records.nodeId())
            return {};
        TRY_ASSIGN(auto config, connection.prepare("UPDATE cluster_config SET node_name = ?, region = ?"));
        config.bind(node.name, node.region);
        return config.run();
    }));
    return readAll();
}

ClusterConfig ClusterNodes::config() const
{
    const base::MutexLock lock(m_mutex);
    return m_config;
}

std::vector<ClusterNode> ClusterNodes::nodes() const
{
    const base::MutexLock lock(m_mutex);
    return m_nodes;
}

Result<ClusterNode> ClusterNodes::find(const NodeId &id) const
{
    const base::MutexLock lock(m_mutex);
    const auto found = std::ranges::find(m_nodes, id, &ClusterNode::id);
    if (found == m_nodes.end())
        return failure(Error::NotFound, "There is no node " + id.uuid() + ".", id.uuid());
    return *found;
}

Result<ClusterNode> ClusterNodes::edit(const NodeId &id, const NodeEdit &edit)
{
    const base::MutexLock change(m_changeMutex);
    TRY_ASSIGN(ClusterNode node, find(id));
    node.name = edit.name.value_or(node.name);
    node.region = edit.region.value_or(node.region);
    node.priority = edit.priority.value_or(node.priority);
    node.endpoint = edit.endpoint.value_or(node.endpoint);
    if (edit.metadata)
        node.metadata = *edit.metadata;
    TRY_STATUS(check(node));
    node.updatedMs = m_records.clock().unixMs();
    TRY_STATUS(write(node));
    return find(id);
}

}  // namespace maxiofs::records
