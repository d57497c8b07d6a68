// SPDX-License-Identifier: GPL-3.0-or-later
#include "cluster/replication/queue_view.h"

#include <charconv>

namespace maxiofs::cluster::replication {

namespace {

constexpr std::string_view kRowPrefix = "retry-";
constexpr std::string_view kChangePrefix = "change-";
constexpr std::size_t kRowsAtOnce = 1000;

using protocol::ReplicationOperation;
using protocol::ReplicationQueueEntry;
using protocol::ReplicationQueueStatus;

ReplicationQueueEntry entryOf(const records::ReplicationRule &rule)
{
    ReplicationQueueEntry entry;
    entry.replicationRuleId = rule.id;
    entry.tenantId = rule.tenantId;
    entry.sourceBucket = rule.sourceBucket;
    entry.destinationNodeId = rule.destinationNode.uuid();
    entry.destinationBucket = rule.destinationBucket;
    entry.priority = rule.options.priority;
    return entry;
}

ReplicationQueueEntry entryOf(const records::ReplicationRule &rule, const records::QueuedVersion &row)
{
    ReplicationQueueEntry entry = entryOf(rule);
    entry.id = std::string(kRowPrefix) + row.id;
    entry.objectKey = row.objectKey;
    entry.versionId = row.versionId.empty() ? "null" : row.versionId;
    entry.operation = row.operation;
    entry.status = row.status;
    entry.size = row.size;
    entry.attempts = row.attempts;
    entry.maxAttempts = row.maxAttempts;
    entry.lastError = row.lastError;
    if (row.nextAttemptMs)
        entry.nextAttemptAt = protocol::Time{*row.nextAttemptMs};
    entry.createdAt = protocol::Time{row.createdMs};
    entry.updatedAt = protocol::Time{row.updatedMs};
    return entry;
}

ReplicationQueueEntry entryOf(const QueueQuestion &question, const store::FeedEntry &change)
{
    ReplicationQueueEntry entry = entryOf(question.rule);
    entry.id = std::string(kChangePrefix) + std::to_string(change.position);
    entry.objectKey = change.key;
    entry.versionId = change.version.text();
    entry.operation = change.kind == store::ChangeKind::Removal || change.kind == store::ChangeKind::Marker
                          ? ReplicationOperation::Delete
                          : ReplicationOperation::Put;
    entry.status = question.inFlight.contains({change.key, change.version.stamp})
                       ? ReplicationQueueStatus::Sending
                       : ReplicationQueueStatus::Pending;
    entry.size = static_cast<std::int64_t>(change.size);
    entry.createdAt = protocol::Time{change.stamp.unixMs()};
    entry.updatedAt = entry.createdAt;
    return entry;
}

}  // namespace

Result<protocol::Page<ReplicationQueueEntry>> queuePage(const QueueQuestion &question,
                                                        const std::string &after, std::size_t limit)
{
    protocol::Page<ReplicationQueueEntry> page;
    const auto add = [&](ReplicationQueueEntry entry) {
        if (question.status && entry.status != *question.status)
            return;
        if (page.items.size() == limit)
            page.next = page.items.back().id;
        else
            page.items.push_back(std::move(entry));
    };
    std::uint64_t position = 0;
    const bool isInChanges = after.starts_with(kChangePrefix);
    if (isInChanges) {
        const char *const end = after.data() + after.size();
        if (std::from_chars(after.data() + kChangePrefix.size(), end, position).ptr != end)
            return failure(Error::InvalidArgument, "No page ended there.", "after");
    } else if (!after.empty() && !after.starts_with(kRowPrefix)) {
        return failure(Error::InvalidArgument, "No page ended there.", "after");
    }
    if (!isInChanges) {
        std::string from = after.empty() ? after : after.substr(kRowPrefix.size());
        for (bool more = true; more && page.next.empty();) {
            TRY_ASSIGN(const auto rows, question.queue.page(question.rule.id, from, kRowsAtOnce));
            for (const records::QueuedVersion &row : rows)
                add(entryOf(question.rule, row));
            more = rows.size() == kRowsAtOnce;
            if (more)
                from = rows.back().id;
        }
    }
    const Id128 consumer = Id128::fromUuid(question.rule.id).value_or(Id128());
    const BucketId bucket = question.rule.sourceBucketId;
    const auto cursor = question.store.cursor(bucket, consumer);
    if (!cursor)
        return page;
    position = std::max(position, *cursor);
    while (page.next.empty()) {
        TRY_ASSIGN(const store::FeedPage changes,
                   question.store.changes(bucket, consumer, position, kRowsAtOnce));
        for (const store::FeedEntry &change : changes.entries) {
            if (change.key.starts_with(question.rule.options.prefix))
                add(entryOf(question, change));
        }
        if (changes.atEnd)
            break;
        position = changes.next;
    }
    return page;
}

}  // namespace maxiofs::cluster::replication
