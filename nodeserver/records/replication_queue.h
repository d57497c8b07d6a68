// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "records/records.h"
#include "records/replication_rule.h"

namespace maxiofs::records {

// A row of cluster_replication_queue: a version that failed by itself and is tried again for ever.
struct QueuedVersion {
    std::string id;  // a UUID that grows with the time it was made; empty: put() makes one
    std::string ruleId;
    std::string tenantId;
    std::string sourceBucket;
    std::string objectKey;
    std::string versionId;  // empty: the null version
    NodeId destinationNode;
    std::string destinationBucket;
    protocol::ReplicationOperation operation = protocol::ReplicationOperation::Put;
    protocol::ReplicationQueueStatus status = protocol::ReplicationQueueStatus::Failed;
    std::int64_t size = 0;
    std::int64_t attempts = 0;
    std::int64_t maxAttempts = 3;
    std::optional<std::string> lastError;
    std::optional<std::int64_t> nextAttemptMs;
    std::int64_t priority = 0;
    std::int64_t createdMs = 0;
    std::int64_t updatedMs = 0;

    bool operator==(const QueuedVersion &) const = default;
};

// cluster_replication_queue of this node, with the specification's columns: times are whole seconds there.
// Any thread; changes are on the disk when they return. A rule's rows end with its record.
class ReplicationQueue {
public:
    explicit ReplicationQueue(Records &records) : m_records(records) {}

    /// Adds a version, or replaces the row of the same rule, key and version, which keeps its id and
    /// creation. In one transaction. The rule must be there.
    [[nodiscard]] Status put(const std::vector<QueuedVersion> &versions);
    /// Rule, key and version of each count; those that are not there are left out. In one transaction.
    [[nodiscard]] Status remove(const std::vector<QueuedVersion> &versions);
    [[nodiscard]] Status removeAll(const std::string &ruleId);

    /// The oldest first, with an id greater than `after`.
    [[nodiscard]] Result<std::vector<QueuedVersion>> page(const std::string &ruleId, const std::string &after,
                                                          std::size_t limit);
    [[nodiscard]] Result<std::int64_t> count(const std::string &ruleId);

private:
    Records &m_records;
};

}  // namespace maxiofs::records
