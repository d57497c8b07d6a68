// SPDX-License-Identifier: GPL-3.0-or-later
#include "protocol/replication.h"

#include "protocol/field_codec.h"

using namespace Qt::StringLiterals;

namespace maxiofs::protocol {

MAXIOFS_PROTOCOL_ENUM(ReplicationStatus)
MAXIOFS_PROTOCOL_ENUM(ReplicationPolicy)
MAXIOFS_PROTOCOL_ENUM(ReplicationOperation)
MAXIOFS_PROTOCOL_ENUM(ReplicationQueueStatus)
MAXIOFS_PROTOCOL_ENUM(ReplicationVerifyState)

// Options lie flat among the fields of what has them, and so does a rule's state.
template <typename V, typename S>
    requires std::is_same_v<std::remove_const_t<S>, ReplicationRuleOptions>
void listFields(V &visit, S &s)
{
    visit.field("sync_interval_seconds"_L1, s.syncIntervalSeconds, kSeconds);
    visit.field("enabled"_L1, s.enabled);
    visit.field("replicate_deletes"_L1, s.replicateDeletes);
    visit.field("replicate_metadata"_L1, s.replicateMetadata);
    visit.field("prefix"_L1, s.prefix);
    visit.field("priority"_L1, s.priority);
    visit.field("policy"_L1, s.policy);
    visit.field("bandwidth_limit_bytes_per_second"_L1, s.bandwidthLimitBytesPerSecond, kBytesPerSecond);
}
MAXIOFS_PROTOCOL_STRUCT(ReplicationRuleOptions)

template <typename V, typename S>
    requires std::is_same_v<std::remove_const_t<S>, ReplicationState>
void listFields(V &visit, S &s)
{
    visit.field("status"_L1, s.status);
    visit.field("reason"_L1, s.reason);
    visit.field("last_sync_at"_L1, s.lastSyncAt);
    visit.field("last_error"_L1, s.lastError);
    visit.field("objects_replicated"_L1, s.objectsReplicated);
    visit.field("bytes_replicated"_L1, s.bytesReplicated, kBytes);
    visit.field("errors"_L1, s.errors);
    visit.field("lag_objects"_L1, s.lagObjects);
    visit.field("lag_bytes"_L1, s.lagBytes, kBytes);
    visit.field("lag_seconds"_L1, s.lagSeconds, kSeconds);
    visit.field("oldest_unsent_at"_L1, s.oldestUnsentAt);
    visit.field("objects_in_flight"_L1, s.objectsInFlight);
    visit.field("objects_retrying"_L1, s.objectsRetrying);
    visit.field("objects_in_per_second"_L1, s.objectsInPerSecond, kPerSecond);
    visit.field("objects_out_per_second"_L1, s.objectsOutPerSecond, kPerSecond);
    visit.field("bytes_in_per_second"_L1, s.bytesInPerSecond, kBytesPerSecond);
    visit.field("bytes_out_per_second"_L1, s.bytesOutPerSecond, kBytesPerSecond);
    visit.field("backlog_total"_L1, s.backlogTotal);
    visit.field("backlog_done"_L1, s.backlogDone);
}
MAXIOFS_PROTOCOL_STRUCT(ReplicationState)

template <typename V, typename S>
    requires std::is_same_v<std::remove_const_t<S>, ReplicationRule>
void listFields(V &visit, S &s)
{
    visit.required("id"_L1, s.id);
    visit.field("tenant_id"_L1, s.tenantId);
    visit.required("source_bucket"_L1, s.sourceBucket);
    visit.field("source_node_id"_L1, s.sourceNodeId);
    visit.required("destination_node_id"_L1, s.destinationNodeId);
    visit.required("destination_bucket"_L1, s.destinationBucket);
    listFields(visit, s.options);
    visit.field("replica"_L1, s.replica);
    visit.field("full"_L1, s.full);
    visit.field("paused_by"_L1, s.pausedBy);
    visit.field("paused_at"_L1, s.pausedAt);
    visit.field("created_at"_L1, s.createdAt);
    visit.field("updated_at"_L1, s.updatedAt);
    listFields(visit, s.state);
}
MAXIOFS_PROTOCOL_LISTED(ReplicationRule)

template <typename V, typename S>
    requires std::is_same_v<std::remove_const_t<S>, ReplicationRuleRequest>
void listFields(V &visit, S &s)
{
    visit.required("source_bucket"_L1, s.sourceBucket);
    visit.required("destination_node_id"_L1, s.destinationNodeId);
    visit.unlessEmpty("destination_bucket"_L1, s.destinationBucket);
    listFields(visit, s.options);
}
MAXIOFS_PROTOCOL_STRUCT(ReplicationRuleRequest)

template <typename V, typename S>
    requires std::is_same_v<std::remove_const_t<S>, ReplicationRuleChange>
void listFields(V &visit, S &s)
{
    visit.unlessEmpty("source_bucket"_L1, s.sourceBucket);
    visit.unlessEmpty("destination_node_id"_L1, s.destinationNodeId);
    visit.unlessEmpty("destination_bucket"_L1, s.destinationBucket);
    visit.unlessEmpty("sync_interval_seconds"_L1, s.syncIntervalSeconds, kSeconds);
    visit.unlessEmpty("enabled"_L1, s.enabled);
    visit.unlessEmpty("replicate_deletes"_L1, s.replicateDeletes);
    visit.unlessEmpty("replicate_metadata"_L1, s.replicateMetadata);
    visit.unlessEmpty("prefix"_L1, s.prefix);
    visit.unlessEmpty("priority"_L1, s.priority);
    visit.unlessEmpty("policy"_L1, s.policy);
    visit.unlessEmpty("bandwidth_limit_bytes_per_second"_L1, s.bandwidthLimitBytesPerSecond, kBytesPerSecond);
}
MAXIOFS_PROTOCOL_STRUCT(ReplicationRuleChange)

template <typename V, typename S>
    requires std::is_same_v<std::remove_const_t<S>, ReplicationBulkRequest>
void listFields(V &visit, S &s)
{
    visit.required("source_node_id"_L1, s.sourceNodeId);
    visit.required("destination_node_id"_L1, s.destinationNodeId);
    listFields(visit, s.options);
}
MAXIOFS_PROTOCOL_STRUCT(ReplicationBulkRequest)

template <typename V, typename S>
    requires std::is_same_v<std::remove_const_t<S>, SkippedBucket>
void listFields(V &visit, S &s)
{
    visit.required("bucket"_L1, s.bucket);
    visit.required("reason"_L1, s.reason);
}
MAXIOFS_PROTOCOL_STRUCT(SkippedBucket)

template <typename V, typename S>
    requires std::is_same_v<std::remove_const_t<S>, ReplicationBulkResult>
void listFields(V &visit, S &s)
{
    visit.required("created"_L1, s.created);
    visit.required("skipped"_L1, s.skipped);
}
MAXIOFS_PROTOCOL_STRUCT(ReplicationBulkResult)

template <typename V, typename S>
    requires std::is_same_v<std::remove_const_t<S>, ReplicationQueueEntry>
void listFields(V &visit, S &s)
{
    visit.required("id"_L1, s.id);
    visit.required("replication_rule_id"_L1, s.replicationRuleId);
    visit.field("tenant_id"_L1, s.tenantId);
    visit.field("source_bucket"_L1, s.sourceBucket);
    visit.required("object_key"_L1, s.objectKey);
    visit.field("version_id"_L1, s.versionId);
    visit.field("destination_node_id"_L1, s.destinationNodeId);
    visit.field("destination_bucket"_L1, s.destinationBucket);
    visit.field("operation"_L1, s.operation);
    visit.field("status"_L1, s.status);
    visit.field("size"_L1, s.size, kBytes);
    visit.field("bytes_sent"_L1, s.bytesSent, kBytes);
    visit.field("attempts"_L1, s.attempts);
    visit.field("max_attempts"_L1, s.maxAttempts);
    visit.field("last_error"_L1, s.lastError);
    visit.field("next_attempt_at"_L1, s.nextAttemptAt);
    visit.field("priority"_L1, s.priority);
    visit.field("created_at"_L1, s.createdAt);
    visit.field("updated_at"_L1, s.updatedAt);
}
MAXIOFS_PROTOCOL_LISTED(ReplicationQueueEntry)

template <typename V, typename S>
    requires std::is_same_v<std::remove_const_t<S>, ReplicationVerification>
void listFields(V &visit, S &s)
{
    visit.field("state"_L1, s.state);
    visit.field("started_at"_L1, s.startedAt);
    visit.field("finished_at"_L1, s.finishedAt);
    visit.field("versions_compared"_L1, s.versionsCompared);
    visit.field("versions_missing"_L1, s.versionsMissing);
    visit.field("versions_differing"_L1, s.versionsDiffering);
    visit.field("versions_extra"_L1, s.versionsExtra);
    visit.field("versions_repaired"_L1, s.versionsRepaired);
    visit.field("error"_L1, s.error);
}
MAXIOFS_PROTOCOL_STRUCT(ReplicationVerification)

}  // namespace maxiofs::protocol
