// SPDX-License-Identifier: GPL-3.0-or-later
#include "records/cluster_nodes.h"

#include "base/log_line.h"
#include "records/record_body.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace maxiofs::records {

template <typename V, typename S>
    requires std::is_same_v<std::remove_const_t<S>, ClusterNode>
void listFields(V &visit, S &s)
{
    visit.required("name"_L1, s.name);
    visit.required("endpoint"_L1, s.endpoint);
    visit.field("region"_L1, s.region);
    visit.field("priority"_L1, s.priority);
    visit.field("metadata"_L1, s.metadata);
    visit.field("certificate"_L1, s.certificate);
    visit.field("member_number"_L1, s.memberNumber);
    visit.field("created_ms"_L1, s.createdMs);
    visit.field("updated_ms"_L1, s.updatedMs);
}

namespace {

constexpr std::int64_t kMsPerSecond = 1000;
constexpr std::size_t kLongestName = 100;
constexpr std::int64_t kGreatestPriority = 1'000'000;

Status check(const ClusterNode &node)
{
    if (node.name.empty() || node.name.size() > kLongestName)
        return failure(Error::InvalidArgument, "A node's name has 1 to 100 bytes.", "name");
    if (node.priority < 0 || node.priority > kGreatestPriority)
        return failure(Error::InvalidArgument, "A node's priority is 0 to 1000000 (lower is first).",
                       "priority");
    return {};
}

std::optional<std::int64_t> secondsOf(const std::optional<std::int64_t> &unixMs)
{
    return unixMs ? std::optional(*unixMs / kMsPerSecond) : std::nullopt;
}

}  // namespace

QJsonObject bodyOf(const ClusterNode &node)
{
    return protocol::toJson(node);
}

Result<ClusterNode> clusterNodeOf(const Record &record)
{
    TRY_ASSIGN(ClusterNode node, readBody<ClusterNode>(Kind::Node, record));
    const auto id = NodeId::fromUuid(record.id);
    if (!id)
        return failure(Error::Corrupt, "a node's id in cluster_nodes is not a UUID: " + record.id, record.id);
    node.id = *id;
    return node;
}

Result<std::unique_ptr<ClusterNodes>> ClusterNodes::load(Records &records, const Options &options)
{
    std::unique_ptr<ClusterNodes> nodes(new ClusterNodes(records));
    const base::MutexLock change(nodes->m_changeMutex);
    TRY_STATUS(nodes->makeSelf(options));
    TRY_STATUS(nodes->readAll());
    nodes->m_listening =
        records.whenChanged([raw = nodes.get()](const std::vector<RecordKey> &keys, Origin origin) {
            if (origin == Origin::Merged)
                raw->refresh(keys);
        });
    return nodes;
}

Status ClusterNodes::makeSelf(const Options &options)
{
    const NodeId self = m_records.nodeId();
    TRY_ASSIGN(const auto stored, m_records.find(Kind::Node, self.uuid()));
    ClusterNode node;
    if (stored && !stored->deleted) {
        TRY_ASSIGN(node, clusterNodeOf(*stored));
    } else {
        ClusterConfig config;
        TRY_ASSIGN(node, readConfig(config));
        if (node.name.empty())
            node.name = options.defaultName;
    }
    const ClusterNode before = node;
    if (!options.endpoint.empty())
        node.endpoint = options.endpoint;
    if (!options.certificate.empty())
        node.certificate = options.certificate;
    TRY_STATUS(check(node));
    const bool removed = stored && stored->deleted;
    const bool same = node.endpoint == before.endpoint && node.certificate == before.certificate;
    if (removed)
        return writeConfig(node);  // its tombstone stays
    if (stored && same)
        return {};
    if (stored)
        node.updatedMs = m_records.clock().unixMs();
    std::vector<Change> changes;
    changes.push_back(Change::put(Kind::Node, self.uuid(), bodyOf(node)));
    return m_records.apply(changes);
}

// The node itself too, as cluster_config remembers it.
Result<ClusterNode> ClusterNodes::readConfig(ClusterConfig &config)
{
    ClusterNode self;
    TRY_STATUS(m_records.database().read([&](db::Connection &connection) -> Status {
        TRY_ASSIGN(auto row, connection.prepare("SELECT node_id, node_name, region, is_cluster_enabled,"
                                                " created_at, endpoint, certificate FROM cluster_config"));
        TRY_STATUS(row.step());
        config = {NodeId::fromUuid(row.text(0)).value_or(NodeId()), row.text(1), row.text(2),
                  row.integer(3) != 0, row.integer(4) * kMsPerSecond};
        self.id = config.nodeId;
        self.name = config.nodeName;
        self.region = config.region;
        self.createdMs = config.createdMs;
        self.updatedMs = config.createdMs;
        self.endpoint = row.text(5);
        self.certificate = row.text(6);
        return {};
    }));
    return self;
}

Status ClusterNodes::writeConfig(const ClusterNode &self)
{
    return m_records.database().write([&](db::Connection &connection) -> Status {
        TRY_ASSIGN(auto config, connection.prepare("UPDATE cluster_config SET node_name = ?, region = ?,"
                                                   " endpoint = ?, certificate = ?"));
        config.bind(self.name, self.region, self.endpoint, self.certificate);
        return config.run();
    });
}

Status ClusterNodes::readAll()
{
    ClusterConfig config;
    TRY_ASSIGN(const ClusterNode remembered, readConfig(config));
    TRY_ASSIGN(const auto stored, m_records.load(Kind::Node));
    std::vector<ClusterNode> nodes;
    for (const Record &record : stored) {
        TRY_ASSIGN(ClusterNode node, clusterNodeOf(record));
        nodes.push_back(std::move(node));
    }
    const auto self = std::ranges::find(nodes, config.nodeId, &ClusterNode::id);
    if (self == nodes.end()) {
        nodes.insert(std::ranges::upper_bound(nodes, remembered.id, {}, &ClusterNode::id), remembered);
    } else if (self->name != remembered.name || self->region != remembered.region ||
               self->endpoint != remembered.endpoint || self->certificate != remembered.certificate) {
        TRY_STATUS(writeConfig(*self));
        config.nodeName = self->name;
        config.region = self->region;
    }
    const base::MutexLock lock(m_mutex);
    m_config = std::move(config);
    m_nodes = std::move(nodes);
    return {};
}

void ClusterNodes::refresh(const std::vector<RecordKey> &keys)
{
    if (std::ranges::find(keys, Kind::Node, &RecordKey::kind) == keys.end())
        return;
    const base::MutexLock change(m_changeMutex);
    if (const Status read = readAll(); !read)
        base::errorLine("the cluster's nodes cannot be read").with("error", read.error().message);
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

ClusterNode ClusterNodes::self() const
{
    const base::MutexLock lock(m_mutex);
    return *std::ranges::find(m_nodes, m_config.nodeId, &ClusterNode::id);
}

Result<ClusterNode> ClusterNodes::edit(const NodeId &id, const NodeEdit &edit)
{
    const base::MutexLock change(m_changeMutex);
    TRY_ASSIGN(ClusterNode node, find(id));
    node.name = edit.name.value_or(node.name);
    node.region = edit.region.value_or(node.region);
    node.priority = edit.priority.value_or(node.priority);
    node.endpoint = edit.endpoint.value_or(node.endpoint);
    node.certificate = edit.certificate.value_or(node.certificate);
    if (edit.metadata)
        node.metadata = *edit.metadata;
    TRY_STATUS(check(node));
    node.updatedMs = m_records.clock().unixMs();
    std::vector<Change> changes;
    changes.push_back(Change::put(Kind::Node, id.uuid(), bodyOf(node)));
    TRY_STATUS(m_records.apply(changes));
    TRY_STATUS(readAll());
    return find(id);
}

Status ClusterNodes::writeObservations(const std::vector<NodeObservation> &observations)
{
    return m_records.database().write([&](db::Connection &connection) -> Status {
        TRY_ASSIGN(auto update,
                   connection.prepare("UPDATE cluster_nodes SET health_status = ?, last_health_check = ?,"
                                      " last_seen = ?, latency_ms = ?, capacity_total = ?,"
                                      " capacity_used = ?, bucket_count = ? WHERE id = ?"));
        for (const NodeObservation &seen : observations) {
            update.bind(seen.healthStatus, secondsOf(seen.lastCheckMs), secondsOf(seen.lastSeenMs),
                        seen.latencyMs, seen.capacityTotal, seen.capacityUsed, seen.bucketCount,
                        seen.id.uuid());
            TRY_STATUS(update.run());
        }
        return {};
    });
}

}  // namespace maxiofs::records
