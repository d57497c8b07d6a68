// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "protocol/replication.h"
#include "records/change.h"

namespace maxiofs::records {

// A rule as its record says: that a bucket is sent to another node.
struct ReplicationRule {
    std::string id;  // a UUID
    std::string tenantId;
    std::string sourceBucket;  // its name when the rule was made
    BucketId sourceBucketId;
    NodeId destinationNode;
    std::string destinationBucket;  // the source's name: a replica, the same bucket at another node
    protocol::ReplicationRuleOptions options;
    std::string pausedBy;       // a user's name; empty while it is enabled
    std::int64_t pausedMs = 0;  // 0: likewise
    std::int64_t createdMs = 0;
    std::int64_t updatedMs = 0;

    [[nodiscard]] bool isReplica() const { return destinationBucket == sourceBucket; }
    /// A replica of everything that the bucket has: it serves reads and takes over.
    [[nodiscard]] bool isFull() const
    {
        return isReplica() && options.prefix.empty() && options.replicateDeletes && options.replicateMetadata;
    }
    bool operator==(const ReplicationRule &) const = default;
};

[[nodiscard]] QJsonObject bodyOf(const ReplicationRule &rule);
/// Corrupt when the record is no rule's.
[[nodiscard]] Result<ReplicationRule> replicationRuleOf(const Record &record);

inline constexpr std::int64_t kShortestSyncIntervalSeconds = 10;
inline constexpr std::int64_t kLongestSyncIntervalSeconds = std::int64_t{30} * 24 * 3600;
inline constexpr std::int64_t kGreatestRulePriority = 1'000'000;
inline constexpr std::size_t kLongestRulePrefix = 1024;  // bytes, as of a key

/// InvalidArgument, with the field's name as subject, for what no rule may say.
[[nodiscard]] Status checkOptions(const protocol::ReplicationRuleOptions &options);

}  // namespace maxiofs::records
