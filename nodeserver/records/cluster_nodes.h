// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "records/records.h"

namespace maxiofs::records {

// The row of cluster_config.
struct ClusterConfig {
    NodeId nodeId;
    std::string nodeName;
    std::string region;
    bool isClusterEnabled = false;
    std::int64_t createdMs = 0;
};

// A member as its Node record says.
struct ClusterNode {
    NodeId id;
    std::string name;
    std::string endpoint;
    std::string region;
    std::int64_t priority = 100;
    QJsonObject metadata;
    std::int64_t createdMs = 0;
    std::int64_t updatedMs = 0;
    std::string certificate;        // SHA-256 of its pinned certificate, 64 hex; empty for a lone node
    std::int64_t memberNumber = 0;  // 1 to 1023; 0 for a lone node
};
[[nodiscard]] QJsonObject bodyOf(const ClusterNode &node);
/// Corrupt when the record is no node's.
[[nodiscard]] Result<ClusterNode> clusterNodeOf(const Record &record);

struct NodeEdit {
    std::optional<std::string> name;
    std::optional<std::string> region;
    std::optional<std::int64_t> priority;
    std::optional<QJsonObject> metadata;
    std::optional<std::string> endpoint;
    std::optional<std::string> certificate;
};

// What this node has seen of a member: the columns of cluster_nodes that are never synced.
struct NodeObservation {
    NodeId id;
    std::string healthStatus;  // "healthy", "degraded", "unavailable", "unknown"
    std::optional<std::int64_t> lastCheckMs;
    std::optional<std::int64_t> lastSeenMs;
    std::int64_t latencyMs = 0;
    std::int64_t capacityTotal = 0;  // bytes
    std::int64_t capacityUsed = 0;
    std::int64_t bucketCount = 0;
};

// cluster_config and cluster_nodes, with the specification's columns. A lone node is a cluster of one: its
// own record is made at the first start. This node is always found, also when its cluster has removed it. Any
// thread; changes are on the disk when they return.
class ClusterNodes {
public:
    struct Options {
        std::string defaultName;  // for the first start: the computer's name
        std::string endpoint;     // what others reach this node by; written at every start when not empty
        std::string certificate;  // what it proves itself by to others, as `endpoint`
    };
    [[nodiscard]] static Result<std::unique_ptr<ClusterNodes>> load(Records &records, const Options &options);

    [[nodiscard]] ClusterConfig config() const;
    /// In order of id.
    [[nodiscard]] std::vector<ClusterNode> nodes() const;
    [[nodiscard]] Result<ClusterNode> find(const NodeId &id) const;
    [[nodiscard]] ClusterNode self() const;
    [[nodiscard]] Result<ClusterNode> edit(const NodeId &id, const NodeEdit &edit);
    /// Those of nodes that are not there are left out.
    [[nodiscard]] Status writeObservations(const std::vector<NodeObservation> &observations);

private:
    explicit ClusterNodes(Records &records) : m_records(records) {}
    [[nodiscard]] Status makeSelf(const Options &options);
    [[nodiscard]] Status readAll();
    [[nodiscard]] Result<ClusterNode> readConfig(ClusterConfig &config);
    [[nodiscard]] Status writeConfig(const ClusterNode &self);
    void refresh(const std::vector<RecordKey> &keys);

    Records &m_records;
    base::Mutex m_changeMutex;  // one change at a time; taken before m_mutex
    mutable base::Mutex m_mutex;
    ClusterConfig m_config GUARDED_BY(m_mutex);
    std::vector<ClusterNode> m_nodes GUARDED_BY(m_mutex);
    Records::Listening m_listening;  // last: ends first
};

}  // namespace maxiofs::records
