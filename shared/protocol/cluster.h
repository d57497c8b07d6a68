// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "protocol/auth.h"
#include "protocol/failover.h"
#include "protocol/json.h"

#include <array>
#include <utility>

namespace maxiofs::protocol {

enum class HealthStatus { Unknown, Healthy, Degraded, Unavailable };
template <>
struct Names<HealthStatus> {
    static constexpr auto kAll = std::to_array<std::pair<HealthStatus, std::string_view>>(
        {{HealthStatus::Unknown, "unknown"},
         {HealthStatus::Healthy, "healthy"},
         {HealthStatus::Degraded, "degraded"},
         {HealthStatus::Unavailable, "unavailable"}});
};

struct Node {
    static constexpr const char *kPlural = "nodes";

    std::string id;
    std::string name;
    std::string endpoint;
    std::string region;
    std::int64_t priority = 100;
    HealthStatus healthStatus = HealthStatus::Unknown;
    std::optional<Time> lastHealthCheck;
    std::optional<Time> lastSeen;
    std::int64_t latencyMs = 0;
    std::int64_t capacityTotal = 0;
    std::int64_t capacityUsed = 0;
    std::int64_t bucketCount = 0;
    QJsonObject metadata;
    Time createdAt;
    Time updatedAt;
    bool isLocal = false;
    std::string version;
    std::int64_t clockSkewMs = 0;
    std::string reason;  // why it is not healthy, in words; empty when it is
};

// PUT /cluster/nodes/{id}: what is there is changed.
struct NodeChange {
    std::optional<std::string> name;
    std::optional<std::string> region;
    std::optional<std::int64_t> priority;
    std::optional<QJsonObject> metadata;
    std::optional<std::int64_t> scrubBytesPerSecond;
};

// GET /cluster/config. The token itself is in no answer but that to its creation.
struct ClusterConfig {
    std::string nodeId;
    std::string nodeName;
    std::string region;
    bool isClusterEnabled = false;
    std::string tokenFingerprint;  // empty on a lone node
    Time createdAt;
};

// POST /cluster/initialize
struct InitializeRequest {
    std::string nodeName;
    std::string region;
};

// Its answer: this and RotatedToken are all that ever hold the token.
struct InitializedCluster {
    std::string nodeId;
    std::string clusterToken;
    bool isClusterEnabled = true;
    std::optional<Session> session;  // for the caller, whose old tokens ended with the change
};

// POST /cluster/nodes, on either side: on a member it names the node that is to join, on a lone node any
// member of the cluster that this node is to join. Name, region, priority and metadata are the joiner's.
struct NodeRequest {
    std::string name;
    std::string endpoint;
    std::string nodeToken;
    std::string region;
    std::optional<std::int64_t> priority;
    std::optional<QJsonObject> metadata;
    std::string remoteUsername;  // an administrator of the other node, where that one joins and was not
    std::string remotePassword;  // started with the token
    std::string
        remoteFingerprint;  // with these: SHA-256 of its certificate, as it shows it; 64 hex, colons or not
    bool acceptRenames = false;  // the joiner's users and buckets whose names are taken get others
};

// Its answer: the fields of the node that joined, and these.
struct AddedNode {
    Node node;
    std::vector<std::string> renamedUsers;    // their names before
    std::vector<std::string> renamedBuckets;  //
    std::vector<std::string> renamedTenants;  //
    std::optional<Session> session;  // where this node joined: valid in the cluster, the old tokens are not
};

// POST /cluster/leave
struct LeftCluster {
    std::optional<Session> session;  // valid on the node that is alone now
};

// POST /cluster/token/rotate
struct RotatedToken {
    std::string clusterToken;
    std::string tokenFingerprint;
};

struct NodeHealth {
    std::string id;
    std::string name;
    HealthStatus healthStatus = HealthStatus::Unknown;
    std::int64_t latencyMs = 0;
    std::optional<Time> lastHealthCheck;
    std::string reason;
};

// GET /cluster/health
struct ClusterHealth {
    std::int64_t totalNodes = 0;
    std::int64_t healthyNodes = 0;
    std::int64_t degradedNodes = 0;
    std::int64_t unavailableNodes = 0;
    std::int64_t unknownNodes = 0;
    std::int64_t totalBuckets = 0;
    std::int64_t replicatedBuckets = 0;
    std::int64_t localBuckets = 0;
    Time lastUpdated;
    std::vector<NodeHealth> nodes;
};

// GET /cluster/cache/stats
struct CacheStats {
    std::int64_t entries = 0;
    std::int64_t hits = 0;
    std::int64_t misses = 0;
    double hitRatio = 0;
    std::int64_t ttlSeconds = 0;
};

// GET /cluster/buckets
struct ClusterBucket {
    static constexpr const char *kPlural = "buckets";

    std::string name;
    std::string tenantId;
    std::string primaryNode;  // a node's id
    std::int64_t replicaCount = 0;
    bool hasReplication = false;
    std::int64_t objectCount = 0;
    std::int64_t totalSize = 0;
    std::int64_t epoch = 0;
    bool counted = true;  // false: the owner did not answer, so the counters are not known
};

// The node that owns a bucket.
struct BucketPrimary {
    std::string id;
    std::string name;
    std::string endpoint;
    HealthStatus healthStatus = HealthStatus::Unknown;
};

// A node that holds a copy of it.
struct BucketReplica {
    std::string id;
    std::string name;
    std::string endpoint;
    HealthStatus healthStatus = HealthStatus::Unknown;
    std::optional<std::int64_t> lagSeconds;  // null: the owner of the bucket did not say
    bool full = true;                        // of everything that the bucket has
};

// A node that owned a bucket before and has changes that the owner does not have yet. Until it has handed
// them over the bucket is not deleted.
struct FormerOwner {
    std::string id;
    std::string name;
    HealthStatus healthStatus = HealthStatus::Unknown;
};

// GET /cluster/buckets/{bucket}/nodes
struct BucketNodes {
    BucketPrimary primary;
    std::vector<BucketReplica> replicas;
    std::int64_t epoch = 0;
    FailoverPolicy failover = FailoverPolicy::Automatic;  // in effect
    std::vector<FormerOwner> awaited;
};

}  // namespace maxiofs::protocol
