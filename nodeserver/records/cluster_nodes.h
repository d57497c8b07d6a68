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

// A row of cluster_nodes without its token and without what is only observed.
struct ClusterNode {
    NodeId id;
    std::string name;
    std::string endpoint;
    std::string region;
    std::int64_t priority = 100;
    QJsonObject metadata;
    std::int64_t createdMs = 0;
    std::int64_t updatedMs = 0;
};

struct NodeEdit {
    std::optional<std::string> name;
    std::optional<std::string> region;
    std::optional<std::int64_t> priority;
    std::optional<QJsonObject> metadata;
    std::optional<std::string> endpoint;
};

// cluster_config and cluster_nodes, with the specification's columns. A lone node is a cluster of one: its
// own row is made at the first start. Any thread; changes are on the disk when they return.
class ClusterNodes {
public:
    struct Options {
        std::string defaultName;  // for the first start: the computer's name
        std::string endpoint;     // what others reach this node by; written at every start when not empty
    };
    [[nodiscard]] static Result<std::unique_ptr<ClusterNodes>> load(Records &records, const Options &options);

    [[nodiscard]] ClusterConfig config() const;
    [[nodiscard]] std::vector<ClusterNode> nodes() const;
    [[nodiscard]] Result<ClusterNode> find(const NodeId &id) const;
    [[nodiscard]] Result<ClusterNode> edit(const NodeId &id, const NodeEdit &edit);

private:
    explicit ClusterNodes(Records &records) : m_records(records) {}
    [[nodiscard]] Status readAll();
    [[nodiscard]] Status write(const ClusterNode &node);

    Records &m_records;
    base::Mutex m_changeMutex;
    mutable base::Mutex m_mutex;
    ClusterConfig m_config GUARDED_BY(m_mutex);
    std::vector<ClusterNode> m_nodes GUARDED_BY(m_mutex);
};

}  // namespace maxiofs::records
