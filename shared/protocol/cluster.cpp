// SPDX-License-Identifier: GPL-3.0-or-later
#include "protocol/cluster.h"

#include "protocol/field_codec.h"

using namespace Qt::StringLiterals;

namespace maxiofs::protocol {

MAXIOFS_PROTOCOL_ENUM(HealthStatus)
MAXIOFS_PROTOCOL_ELSEWHERE(Session)

template <typename V, typename S>
    requires std::is_same_v<std::remove_const_t<S>, Node>
void listFields(V &visit, S &s)
{
    visit.required("id"_L1, s.id);
    visit.required("name"_L1, s.name);
    visit.field("endpoint"_L1, s.endpoint);
    visit.field("region"_L1, s.region);
    visit.field("priority"_L1, s.priority);
    visit.field("health_status"_L1, s.healthStatus);
    visit.field("last_health_check"_L1, s.lastHealthCheck);
    visit.field("last_seen"_L1, s.lastSeen);
    visit.field("latency_ms"_L1, s.latencyMs, kMilliseconds);
    visit.field("capacity_total"_L1, s.capacityTotal, kBytes);
    visit.field("capacity_used"_L1, s.capacityUsed, kBytes);
    visit.field("bucket_count"_L1, s.bucketCount);
    visit.field("metadata"_L1, s.metadata);
    visit.field("created_at"_L1, s.createdAt);
    visit.field("updated_at"_L1, s.updatedAt);
    visit.field("is_local"_L1, s.isLocal);
    visit.field("version"_L1, s.version);
    visit.field("clock_skew_ms"_L1, s.clockSkewMs, kMilliseconds);
    visit.field("reason"_L1, s.reason);
}
MAXIOFS_PROTOCOL_LISTED(Node)

template <typename V, typename S>
    requires std::is_same_v<std::remove_const_t<S>, InitializeRequest>
void listFields(V &visit, S &s)
{
    visit.required("node_name"_L1, s.nodeName);
    visit.field("region"_L1, s.region);
}
MAXIOFS_PROTOCOL_STRUCT(InitializeRequest)

template <typename V, typename S>
    requires std::is_same_v<std::remove_const_t<S>, InitializedCluster>
void listFields(V &visit, S &s)
{
    visit.required("node_id"_L1, s.nodeId);
    visit.required("cluster_token"_L1, s.clusterToken);
    visit.field("is_cluster_enabled"_L1, s.isClusterEnabled);
    visit.unlessEmpty("session"_L1, s.session);
}
MAXIOFS_PROTOCOL_STRUCT(InitializedCluster)

template <typename V, typename S>
    requires std::is_same_v<std::remove_const_t<S>, NodeRequest>
void listFields(V &visit, S &s)
{
    visit.required("name"_L1, s.name);
    visit.required("endpoint"_L1, s.endpoint);
    visit.required("node_token"_L1, s.nodeToken);
    visit.field("region"_L1, s.region);
    visit.unlessEmpty("priority"_L1, s.priority);
    visit.unlessEmpty("metadata"_L1, s.metadata);
    visit.unlessEmpty("remote_username"_L1, s.remoteUsername);
    visit.unlessEmpty("remote_password"_L1, s.remotePassword);
    visit.unlessEmpty("remote_fingerprint"_L1, s.remoteFingerprint);
    visit.field("accept_renames"_L1, s.acceptRenames);
}
MAXIOFS_PROTOCOL_STRUCT(NodeRequest)

template <typename V, typename S>
    requires std::is_same_v<std::remove_const_t<S>, AddedNode>
void listFields(V &visit, S &s)
{
    listFields(visit, s.node);
    visit.unlessEmpty("renamed_users"_L1, s.renamedUsers);
    visit.unlessEmpty("renamed_buckets"_L1, s.renamedBuckets);
    visit.unlessEmpty("renamed_tenants"_L1, s.renamedTenants);
    visit.unlessEmpty("session"_L1, s.session);
}
MAXIOFS_PROTOCOL_STRUCT(AddedNode)

template <typename V, typename S>
    requires std::is_same_v<std::remove_const_t<S>, LeftCluster>
void listFields(V &visit, S &s)
{
    visit.unlessEmpty("session"_L1, s.session);
}
MAXIOFS_PROTOCOL_STRUCT(LeftCluster)

template <typename V, typename S>
    requires std::is_same_v<std::remove_const_t<S>, RotatedToken>
void listFields(V &visit, S &s)
{
    visit.required("cluster_token"_L1, s.clusterToken);
    visit.required("token_fingerprint"_L1, s.tokenFingerprint);
}
MAXIOFS_PROTOCOL_STRUCT(RotatedToken)

template <typename V, typename S>
    requires std::is_same_v<std::remove_const_t<S>, NodeChange>
void listFields(V &visit, S &s)
{
    visit.unlessEmpty("name"_L1, s.name);
    visit.unlessEmpty("region"_L1, s.region);
    visit.unlessEmpty("priority"_L1, s.priority);
    visit.unlessEmpty("metadata"_L1, s.metadata);
    visit.unlessEmpty("scrub_bytes_per_second"_L1, s.scrubBytesPerSecond, kBytesPerSecond);
}
MAXIOFS_PROTOCOL_STRUCT(NodeChange)

template <typename V, typename S>
    requires std::is_same_v<std::remove_const_t<S>, ClusterConfig>
void listFields(V &visit, S &s)
{
    visit.required("node_id"_L1, s.nodeId);
    visit.field("node_name"_L1, s.nodeName);
    visit.field("region"_L1, s.region);
    visit.field("is_cluster_enabled"_L1, s.isClusterEnabled);
    visit.field("token_fingerprint"_L1, s.tokenFingerprint);
    visit.field("created_at"_L1, s.createdAt);
}
MAXIOFS_PROTOCOL_STRUCT(ClusterConfig)

template <typename V, typename S>
    requires std::is_same_v<std::remove_const_t<S>, NodeHealth>
void listFields(V &visit, S &s)
{
    visit.required("id"_L1, s.id);
    visit.field("name"_L1, s.name);
    visit.field("health_status"_L1, s.healthStatus);
    visit.field("latency_ms"_L1, s.latencyMs, kMilliseconds);
    visit.field("last_health_check"_L1, s.lastHealthCheck);
    visit.field("reason"_L1, s.reason);
}
MAXIOFS_PROTOCOL_STRUCT(NodeHealth)

template <typename V, typename S>
    requires std::is_same_v<std::remove_const_t<S>, ClusterHealth>
void listFields(V &visit, S &s)
{
    visit.required("total_nodes"_L1, s.totalNodes);
    visit.field("healthy_nodes"_L1, s.healthyNodes);
    visit.field("degraded_nodes"_L1, s.degradedNodes);
    visit.field("unavailable_nodes"_L1, s.unavailableNodes);
    visit.field("unknown_nodes"_L1, s.unknownNodes);
    visit.field("total_buckets"_L1, s.totalBuckets);
    visit.field("replicated_buckets"_L1, s.replicatedBuckets);
    visit.field("local_buckets"_L1, s.localBuckets);
    visit.field("last_updated"_L1, s.lastUpdated);
    visit.required("nodes"_L1, s.nodes);
}
MAXIOFS_PROTOCOL_STRUCT(ClusterHealth)

template <typename V, typename S>
    requires std::is_same_v<std::remove_const_t<S>, CacheStats>
void listFields(V &visit, S &s)
{
    visit.required("entries"_L1, s.entries);
    visit.required("hits"_L1, s.hits);
    visit.required("misses"_L1, s.misses);
    visit.field("hit_ratio"_L1, s.hitRatio, kShare);
    visit.field("ttl_seconds"_L1, s.ttlSeconds, kSeconds);
}
MAXIOFS_PROTOCOL_STRUCT(CacheStats)

template <typename V, typename S>
    requires std::is_same_v<std::remove_const_t<S>, ClusterBucket>
void listFields(V &visit, S &s)
{
    visit.required("name"_L1, s.name);
    visit.field("tenant_id"_L1, s.tenantId);
    visit.field("primary_node"_L1, s.primaryNode);
    visit.field("replica_count"_L1, s.replicaCount);
    visit.field("has_replication"_L1, s.hasReplication);
    visit.field("object_count"_L1, s.objectCount);
    visit.field("total_size"_L1, s.totalSize, kBytes);
    visit.field("epoch"_L1, s.epoch);
    visit.field("counted"_L1, s.counted);
}
MAXIOFS_PROTOCOL_LISTED(ClusterBucket)

template <typename V, typename S>
    requires std::is_same_v<std::remove_const_t<S>, BucketPrimary>
void listFields(V &visit, S &s)
{
    visit.required("id"_L1, s.id);
    visit.field("name"_L1, s.name);
    visit.field("endpoint"_L1, s.endpoint);
    visit.field("health_status"_L1, s.healthStatus);
}
MAXIOFS_PROTOCOL_STRUCT(BucketPrimary)

template <typename V, typename S>
    requires std::is_same_v<std::remove_const_t<S>, BucketReplica>
void listFields(V &visit, S &s)
{
    visit.required("id"_L1, s.id);
    visit.field("name"_L1, s.name);
    visit.field("endpoint"_L1, s.endpoint);
    visit.field("health_status"_L1, s.healthStatus);
    visit.field("lag_seconds"_L1, s.lagSeconds, kSeconds);
    visit.field("full"_L1, s.full);
}
MAXIOFS_PROTOCOL_STRUCT(BucketReplica)

template <typename V, typename S>
    requires std::is_same_v<std::remove_const_t<S>, FormerOwner>
void listFields(V &visit, S &s)
{
    visit.required("id"_L1, s.id);
    visit.field("name"_L1, s.name);
    visit.field("health_status"_L1, s.healthStatus);
}
MAXIOFS_PROTOCOL_STRUCT(FormerOwner)

template <typename V, typename S>
    requires std::is_same_v<std::remove_const_t<S>, BucketNodes>
void listFields(V &visit, S &s)
{
    visit.required("primary"_L1, s.primary);
    visit.field("replicas"_L1, s.replicas);
    visit.field("epoch"_L1, s.epoch);
    visit.field("failover"_L1, s.failover);
    visit.field("awaited"_L1, s.awaited);
}
MAXIOFS_PROTOCOL_STRUCT(BucketNodes)

}  // namespace maxiofs::protocol
