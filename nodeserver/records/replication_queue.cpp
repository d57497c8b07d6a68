// SPDX-License-Identifier: GPL-3.0-or-later
#include "records/replication_queue.h"

namespace maxiofs::records {

namespace {

constexpr std::int64_t kMsPerSecond = 1000;
constexpr std::size_t kTimeBytes = 6;
constexpr unsigned kByteBits = 8;

// Milliseconds, the greatest byte first, then chance: ids sort by time.
std::string idAt(std::int64_t unixMs)
{
    Id128 id = Id128::random();
    for (std::size_t i = 0; i < kTimeBytes; ++i)
        id.bytes[i] = static_cast<std::byte>(unixMs >> (kByteBits * (kTimeBytes - 1 - i)));
    return id.uuid();
}

std::optional<std::int64_t> secondsOf(const std::optional<std::int64_t> &unixMs)
{
    return unixMs ? std::optional(*unixMs / kMsPerSecond) : std::nullopt;
}

QueuedVersion versionIn(const db::Statement &row)
{
    QueuedVersion version;
    version.id = row.text(0);
    version.ruleId = row.text(1);
    version.tenantId = row.text(2);
    version.sourceBucket = row.text(3);
    version.objectKey = row.text(4);
    version.versionId = row.text(5);
    version.destinationNode = NodeId::fromUuid(row.text(6)).value_or(NodeId());
    version.destinationBucket = row.text(7);
    version.operation = protocol::fromName<protocol::ReplicationOperation>(row.text(8))
                            .value_or(protocol::ReplicationOperation::Put);
    version.status = protocol::fromName<protocol::ReplicationQueueStatus>(row.text(9))
                         .value_or(protocol::ReplicationQueueStatus::Failed);
    version.size = row.integer(10);
    version.attempts = row.integer(11);
    version.maxAttempts = row.integer(12);
    if (!row.isNull(13))
        version.lastError = row.text(13);
    if (!row.isNull(14))
        version.nextAttemptMs = row.integer(14) * kMsPerSecond;
    version.priority = row.integer(15);
    version.createdMs = row.integer(16) * kMsPerSecond;
    version.updatedMs = row.integer(17) * kMsPerSecond;
    return version;
}

}  // namespace

Status ReplicationQueue::put(const std::vector<QueuedVersion> &versions)
{
    const std::int64_t now = m_records.clock().unixMs();
    return m_records.database().write([&](db::Connection &connection) -> Status {
        TRY_ASSIGN(
            auto upsert,
            connection.prepare(
                "INSERT INTO cluster_replication_queue (id, replication_rule_id, tenant_id, source_bucket,"
                " object_key, version_id, destination_node_id, destination_bucket, operation, status, size,"
                " attempts, max_attempts, last_error, next_attempt_at, priority, created_at, updated_at)"
                " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18)"
                " ON CONFLICT (replication_rule_id, object_key, version_id) DO UPDATE SET"
                " destination_node_id = ?7, destination_bucket = ?8, operation = ?9, status = ?10,"
                " size = ?11, attempts = ?12, max_attempts = ?13, last_error = ?14, next_attempt_at = ?15,"
                " priority = ?16, updated_at = ?18"));
        for (const QueuedVersion &version : versions) {
            upsert.bind(
                version.id.empty() ? idAt(now) : version.id, version.ruleId, version.tenantId,
                version.sourceBucket, version.objectKey, version.versionId, version.destinationNode.uuid(),
                version.destinationBucket, protocol::nameOf(version.operation),
                protocol::nameOf(version.status), version.size, version.attempts, version.maxAttempts,
                version.lastError, secondsOf(version.nextAttemptMs), version.priority,
                (version.createdMs != 0 ? version.createdMs : now) / kMsPerSecond, now / kMsPerSecond);
            TRY_STATUS(upsert.run());
        }
        return {};
    });
}

Status ReplicationQueue::remove(const std::vector<QueuedVersion> &versions)
{
    return m_records.database().write([&](db::Connection &connection) -> Status {
        TRY_ASSIGN(auto drop, connection.prepare("DELETE FROM cluster_replication_queue WHERE"
                                                 " replication_rule_id = ? AND object_key = ?"
                                                 " AND version_id = ?"));
        for (const QueuedVersion &version : versions) {
            drop.bind(version.ruleId, version.objectKey, version.versionId);
            TRY_STATUS(drop.run());
        }
        return {};
    });
}

Status ReplicationQueue::removeAll(const std::string &ruleId)
{
    return m_records.database().write([&](db::Connection &connection) -> Status {
        TRY_ASSIGN(auto drop,
                   connection.prepare("DELETE FROM cluster_replication_queue WHERE replication_rule_id = ?"));
        drop.bind(ruleId);
        return drop.run();
    });
}

Result<std::vector<QueuedVersion>> ReplicationQueue::page(const std::string &ruleId, const std::string &after,
                                                          std::size_t limit)
{
    std::vector<QueuedVersion> versions;
    TRY_STATUS(m_records.database().read([&](db::Connection &connection) -> Status {
        TRY_ASSIGN(auto rows,
                   connection.prepare("SELECT id, replication_rule_id, tenant_id, source_bucket, object_key,"
                                      " version_id, destination_node_id, destination_bucket, operation,"
                                      " status, size, attempts, max_attempts, last_error, next_attempt_at,"
                                      " priority, created_at, updated_at FROM cluster_replication_queue"
                                      " WHERE replication_rule_id = ? AND id > ? ORDER BY id LIMIT ?"));
        rows.bind(ruleId, after, static_cast<std::int64_t>(limit));
        while (true) {
            TRY_ASSIGN(const bool there, rows.step());
            if (!there)
                return {};
            versions.push_back(versionIn(rows));
        }
    }));
    return versions;
}

Result<std::int64_t> ReplicationQueue::count(const std::string &ruleId)
{
    std::int64_t count = 0;
    TRY_STATUS(m_records.database().read([&](db::Connection &connection) -> Status {
        TRY_ASSIGN(auto row, connection.prepare("SELECT count(*) FROM cluster_replication_queue"
                                                " WHERE replication_rule_id = ?"));
        row.bind(ruleId);
        TRY_STATUS(row.step());
        count = row.integer(0);
        return {};
    }));
    return count;
}

}  // namespace maxiofs::records
