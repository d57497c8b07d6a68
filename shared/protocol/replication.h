// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "protocol/json.h"

#include <array>
#include <utility>

namespace maxiofs::protocol {

// How a rule fares. Waiting: it has not begun, or its next round is not due; CatchingUp: its backlog is under
// way; Behind: more is unsent than its interval allows; Degraded: a synchronous rule that acknowledges
// asynchronously until it has caught up; Failing: the destination cannot be reached or refuses; Unknown: the
// owner of the source bucket did not say.
enum class ReplicationStatus { Unknown, Waiting, InSync, CatchingUp, Behind, Degraded, Failing, Paused };
template <>
struct Names<ReplicationStatus> {
    static constexpr auto kAll = std::to_array<std::pair<ReplicationStatus, std::string_view>>(
        {{ReplicationStatus::Unknown, "unknown"},
         {ReplicationStatus::Waiting, "waiting"},
         {ReplicationStatus::InSync, "in_sync"},
         {ReplicationStatus::CatchingUp, "catching_up"},
         {ReplicationStatus::Behind, "behind"},
         {ReplicationStatus::Degraded, "degraded"},
         {ReplicationStatus::Failing, "failing"},
         {ReplicationStatus::Paused, "paused"}});
};

// What a synchronous rule does with a write that its destination does not acknowledge in time.
enum class ReplicationPolicy { Fail, Continue };
template <>
struct Names<ReplicationPolicy> {
    static constexpr auto kAll = std::to_array<std::pair<ReplicationPolicy, std::string_view>>(
        {{ReplicationPolicy::Fail, "fail"}, {ReplicationPolicy::Continue, "continue"}});
};

// A rule as it was made: what all members know of it.
struct ReplicationRuleOptions {
    std::int64_t syncIntervalSeconds = 10;  // 0: synchronous
    bool enabled = true;
    bool replicateDeletes = true;
    bool replicateMetadata = true;
    std::string prefix;         // of keys; empty: all
    std::int64_t priority = 0;  // higher first
    ReplicationPolicy policy = ReplicationPolicy::Fail;
    std::int64_t bandwidthLimitBytesPerSecond = 0;  // 0: none

    bool operator==(const ReplicationRuleOptions &) const = default;
};

// What the owner of the source bucket observes of a rule.
struct ReplicationState {
    ReplicationStatus status = ReplicationStatus::Unknown;
    std::string reason;  // of a status that is not in_sync, in words
    std::optional<Time> lastSyncAt;
    std::optional<std::string> lastError;  // null after a success
    std::int64_t objectsReplicated = 0;
    std::int64_t bytesReplicated = 0;
    std::int64_t errors = 0;      // failed sendings
    std::int64_t lagObjects = 0;  // changes not yet acknowledged, with what is tried again and the backlog
    std::int64_t lagBytes = 0;
    std::int64_t lagSeconds = 0;  // the age of the oldest of them
    std::optional<Time> oldestUnsentAt;
    std::int64_t objectsInFlight = 0;
    std::int64_t objectsRetrying = 0;  // rows of cluster_replication_queue
    double objectsInPerSecond = 0;     // what clients change, over the last minute
    double objectsOutPerSecond = 0;    // what the destination acknowledges
    double bytesInPerSecond = 0;
    double bytesOutPerSecond = 0;
    // Versions to compare, and to send where they differ; null: no backlog is under way, or, for a moment,
    // it is not counted yet.
    std::optional<std::int64_t> backlogTotal;
    std::optional<std::int64_t> backlogDone;

    bool operator==(const ReplicationState &) const = default;
};

// GET /cluster/replication
struct ReplicationRule {
    static constexpr const char *kPlural = "rules";

    std::string id;
    std::string tenantId;
    std::string sourceBucket;
    std::string sourceNodeId;  // the owner of the source bucket now; empty where the bucket has none
    std::string destinationNodeId;
    std::string destinationBucket;
    ReplicationRuleOptions options;
    bool replica = true;   // the same bucket at another node; false: a copy, a bucket of its own
    bool full = true;      // a replica with everything that the bucket has: it serves reads and takes over
    std::string pausedBy;  // who paused it; empty when it is not paused
    std::optional<Time> pausedAt;
    Time createdAt;
    Time updatedAt;
    ReplicationState state;
};

// POST /cluster/replication
struct ReplicationRuleRequest {
    std::string sourceBucket;
    std::string destinationNodeId;
    std::optional<std::string> destinationBucket;  // the source's name when left out
    ReplicationRuleOptions options;
};

// PUT /cluster/replication/{id}: what is there is changed. Buckets and destination may be given, but only as
// they are.
struct ReplicationRuleChange {
    std::optional<std::string> sourceBucket;
    std::optional<std::string> destinationNodeId;
    std::optional<std::string> destinationBucket;
    std::optional<std::int64_t> syncIntervalSeconds;
    std::optional<bool> enabled;
    std::optional<bool> replicateDeletes;
    std::optional<bool> replicateMetadata;
    std::optional<std::string> prefix;
    std::optional<std::int64_t> priority;
    std::optional<ReplicationPolicy> policy;
    std::optional<std::int64_t> bandwidthLimitBytesPerSecond;
};

// POST /cluster/replication/bulk: a replica of each bucket that a node owns.
struct ReplicationBulkRequest {
    std::string sourceNodeId;
    std::string destinationNodeId;
    ReplicationRuleOptions options;
};
struct SkippedBucket {
    std::string bucket;
    std::string reason;
};
struct ReplicationBulkResult {
    std::vector<std::string> created;  // ids of rules
    std::vector<SkippedBucket> skipped;
};

enum class ReplicationOperation { Put, Delete };
template <>
struct Names<ReplicationOperation> {
    static constexpr auto kAll = std::to_array<std::pair<ReplicationOperation, std::string_view>>(
        {{ReplicationOperation::Put, "PUT"}, {ReplicationOperation::Delete, "DELETE"}});
};

// Sending: in flight; Pending: waits in the bucket's changes; Failed: waits to be tried again.
enum class ReplicationQueueStatus { Pending, Sending, Failed };
template <>
struct Names<ReplicationQueueStatus> {
    static constexpr auto kAll = std::to_array<std::pair<ReplicationQueueStatus, std::string_view>>(
        {{ReplicationQueueStatus::Pending, "pending"},
         {ReplicationQueueStatus::Sending, "sending"},
         {ReplicationQueueStatus::Failed, "failed"}});
};

// GET /cluster/replication/{id}/queue: what is in flight, then what is tried again, then what waits, in the
// order in which it will be sent.
struct ReplicationQueueEntry {
    static constexpr const char *kPlural = "entries";

    std::string id;  // for `after`
    std::string replicationRuleId;
    std::string tenantId;
    std::string sourceBucket;
    std::string objectKey;
    std::string versionId;  // "null" where the bucket keeps no versions
    std::string destinationNodeId;
    std::string destinationBucket;
    ReplicationOperation operation = ReplicationOperation::Put;
    ReplicationQueueStatus status = ReplicationQueueStatus::Pending;
    std::int64_t size = 0;
    std::int64_t bytesSent = 0;
    std::int64_t attempts = 0;
    std::int64_t maxAttempts = 3;  // after these it is set aside and tried again with growing pauses
    std::optional<std::string> lastError;
    std::optional<Time> nextAttemptAt;
    std::int64_t priority = 0;
    Time createdAt;
    Time updatedAt;
};

enum class ReplicationVerifyState { Never, Running, Done, Failed };
template <>
struct Names<ReplicationVerifyState> {
    static constexpr auto kAll = std::to_array<std::pair<ReplicationVerifyState, std::string_view>>(
        {{ReplicationVerifyState::Never, "never"},
         {ReplicationVerifyState::Running, "running"},
         {ReplicationVerifyState::Done, "done"},
         {ReplicationVerifyState::Failed, "failed"}});
};

// POST and GET /cluster/replication/{id}/verify: the last comparison of the manifests of both sides.
struct ReplicationVerification {
    ReplicationVerifyState state = ReplicationVerifyState::Never;
    std::optional<Time> startedAt;
    std::optional<Time> finishedAt;
    std::int64_t versionsCompared = 0;
    std::int64_t versionsMissing = 0;    // at the destination
    std::int64_t versionsDiffering = 0;  // other size, content or headers
    std::int64_t versionsExtra = 0;      // at the destination alone
    std::int64_t versionsRepaired = 0;
    std::optional<std::string> error;
};

}  // namespace maxiofs::protocol
