// SPDX-License-Identifier: GPL-3.0-or-later
#include "records/replication_rule.h"

#include "records/record_body.h"

using namespace Qt::StringLiterals;

namespace maxiofs::protocol {

// Made in protocol/replication.cpp.
extern template QJsonObject toJson<ReplicationRuleOptions>(const ReplicationRuleOptions &);
extern template Result<ReplicationRuleOptions> fromJson<ReplicationRuleOptions>(const QJsonValue &,
                                                                                const std::string &);

}  // namespace maxiofs::protocol

namespace maxiofs::records {

namespace {

// Beside the options, which lie flat in the same body.
struct RuleBody {
    std::string tenantId;
    std::string sourceBucket;
    std::string sourceBucketId;
    std::string destinationNodeId;
    std::string destinationBucket;
    std::string pausedBy;
    std::int64_t pausedMs = 0;
    std::int64_t createdMs = 0;
    std::int64_t updatedMs = 0;
};

template <typename V, typename S>
    requires std::is_same_v<std::remove_const_t<S>, RuleBody>
void listFields(V &visit, S &s)
{
    visit.field("tenant_id"_L1, s.tenantId);
    visit.required("source_bucket"_L1, s.sourceBucket);
    visit.required("source_bucket_id"_L1, s.sourceBucketId);
    visit.required("destination_node_id"_L1, s.destinationNodeId);
    visit.required("destination_bucket"_L1, s.destinationBucket);
    visit.field("paused_by"_L1, s.pausedBy);
    visit.field("paused_ms"_L1, s.pausedMs);
    visit.field("created_ms"_L1, s.createdMs);
    visit.field("updated_ms"_L1, s.updatedMs);
}

std::unexpected<Error> wrong(std::string_view field, std::string message)
{
    return failure(Error::InvalidArgument, std::move(message), std::string(field));
}

}  // namespace

QJsonObject bodyOf(const ReplicationRule &rule)
{
    QJsonObject body = protocol::toJson(rule.options);
    const QJsonObject rest = protocol::toJson(
        RuleBody{rule.tenantId, rule.sourceBucket, rule.sourceBucketId.hex(), rule.destinationNode.uuid(),
                 rule.destinationBucket, rule.pausedBy, rule.pausedMs, rule.createdMs, rule.updatedMs});
    for (auto field = rest.begin(); field != rest.end(); ++field)
        body.insert(field.key(), field.value());
    return body;
}

Result<ReplicationRule> replicationRuleOf(const Record &record)
{
    TRY_ASSIGN(const auto body, readBody<RuleBody>(Kind::ReplicationRule, record));
    const auto bucket = BucketId::fromHex(body.sourceBucketId);
    const auto node = NodeId::fromUuid(body.destinationNodeId);
    if (!bucket || !node)
        return failure(Error::Corrupt,
                       "the record cluster_bucket_replication/" + record.id +
                           " in auth.db names no bucket or no node",
                       record.id);
    ReplicationRule rule;
    rule.id = record.id;
    rule.tenantId = body.tenantId;
    rule.sourceBucket = body.sourceBucket;
    rule.sourceBucketId = *bucket;
    rule.destinationNode = *node;
    rule.destinationBucket = body.destinationBucket;
    TRY_ASSIGN(rule.options, readBody<protocol::ReplicationRuleOptions>(Kind::ReplicationRule, record));
    rule.pausedBy = body.pausedBy;
    rule.pausedMs = body.pausedMs;
    rule.createdMs = body.createdMs;
    rule.updatedMs = body.updatedMs;
    return rule;
}

Status checkOptions(const protocol::ReplicationRuleOptions &options)
{
    const std::int64_t interval = options.syncIntervalSeconds;
    if (interval != 0 && (interval < kShortestSyncIntervalSeconds || interval > kLongestSyncIntervalSeconds))
        return wrong("sync_interval_seconds",
                     "The interval of a rule is 0 (synchronous) or 10 to 2592000 seconds (30 days), not " +
                         std::to_string(interval) + ".");
    if (options.priority < -kGreatestRulePriority || options.priority > kGreatestRulePriority)
        return wrong("priority", "A rule's priority is -1000000 to 1000000 (higher is first).");
    if (options.bandwidthLimitBytesPerSecond < 0)
        return wrong("bandwidth_limit_bytes_per_second",
                     "A rule's limit is 0 (none) or a number of bytes per second, not less than 0.");
    if (options.prefix.size() > kLongestRulePrefix)
        return wrong("prefix", "A rule's prefix has at most 1024 bytes, as a key has.");
    return {};
}

}  // namespace maxiofs::records
