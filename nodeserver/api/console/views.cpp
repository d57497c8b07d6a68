// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/console/views.h"

#include <algorithm>
#include <cmath>

namespace maxiofs::api::console {

namespace {

std::int64_t signedOf(std::uint64_t value)
{
    return static_cast<std::int64_t>(value);
}

std::optional<std::int64_t> signedOf(const std::optional<std::uint64_t> &value)
{
    return value ? std::optional(signedOf(*value)) : std::nullopt;
}

std::optional<protocol::Time> timeFrom(const std::optional<std::int64_t> &unixMs)
{
    return unixMs ? std::optional(protocol::Time{*unixMs}) : std::nullopt;
}

void describeSelf(const Context &context, protocol::Node &view)
{
    const protocol::Time now{context.clock.unixMs()};
    const NodeState state = stateOf(context.store);
    const store::ObjectStore::Figures figures = context.store.figures();
    view.healthStatus = state.status;
    view.reason = state.reason;
    view.lastHealthCheck = now;
    view.lastSeen = now;
    view.latencyMs = latencyOf(context);
    view.capacityTotal = signedOf(figures.diskTotal);
    view.capacityUsed = signedOf(figures.diskTotal - std::min(figures.diskAvailable, figures.diskTotal));
    view.bucketCount = ownedBuckets(context);
    view.version = MAXIOFS_VERSION;
}

void describeMember(const std::optional<cluster::rules::Observation> &seen, protocol::Node &view)
{
    const MemberState state = stateOf(seen.value_or(cluster::rules::Observation()));
    view.healthStatus = state.status;
    view.reason = state.reason;
    if (!seen)
        return;
    view.lastHealthCheck = timeFrom(seen->lastCheckWallMs);
    view.lastSeen = timeFrom(seen->lastSeenWallMs);
    view.latencyMs = seen->latencyMs;
    view.clockSkewMs = seen->clockSkewMs;
    if (!seen->probe)
        return;
    view.capacityTotal = seen->probe->capacityTotal;
    view.capacityUsed = seen->probe->capacityUsed;
    view.bucketCount = seen->probe->bucketCount;
    view.version = seen->probe->version;
}

}  // namespace

protocol::User viewOf(const identity::User &user)
{
    return {user.id,       user.username,        user.displayName, user.email,      user.roles,
            user.tenantId, user.status,          user.theme,       user.language,   user.canonicalId,
            user.metadata, user.initialPassword, {user.createdMs}, {user.updatedMs}};
}

protocol::AccessKey viewOf(const identity::AccessKey &key)
{
    protocol::AccessKey view;
    view.id = key.id;
    view.userId = key.userId;
    view.description = key.description;
    view.enabled = key.enabled;
    view.readOnly = key.readOnly;
    view.buckets = key.buckets;
    view.prefix = key.prefix;
    if (key.expiresMs != 0)
        view.expiresAt = protocol::Time{key.expiresMs};
    view.createdAt = {key.createdMs};
    return view;
}

protocol::Grant viewOf(const identity::Grant &grant)
{
    return {grant.id, grant.userId, grant.tenantId, grant.bucket, grant.access, {grant.createdMs}};
}

protocol::Session viewOf(const identity::Tokens &tokens)
{
    return {tokens.access, tokens.refresh, tokens.expiresInSeconds, viewOf(*tokens.user)};
}

Result<protocol::Bucket> viewOf(const Context &context, const records::BucketRecord &bucket)
{
    const identity::UserPtr owner = context.identities.users().findByCanonicalId(bucket.ownerId);
    protocol::Bucket view;
    view.name = bucket.name;
    view.id = bucket.id.hex();
    view.owner = owner != nullptr ? owner->username : std::string();
    view.ownerId = bucket.ownerId;
    view.tenantId = bucket.tenantId;
    view.region = bucket.region;
    view.versioning = bucket.versioning;
    view.quota = {signedOf(bucket.quota.bytes), signedOf(bucket.quota.objects)};
    view.createdAt = {bucket.createdMs};
    view.primaryNode = primaryNodeOf(context, bucket);
    view.counted = isOwnedHere(context, bucket);
    if (!view.counted)
        return view;
    TRY_ASSIGN(const index::BucketCounters counters, context.store.counters(bucket.id));
    view.objectCount = signedOf(counters.currentObjects);
    view.totalSize = signedOf(counters.currentBytes);
    view.noncurrentCount = signedOf(counters.noncurrentObjects);
    view.noncurrentSize = signedOf(counters.noncurrentBytes);
    view.uploadCount = signedOf(counters.uploads);
    view.uploadSize = signedOf(counters.uploadBytes);
    view.conflictCount = signedOf(counters.conflicts);
    view.conflictSize = signedOf(counters.conflictBytes);
    return view;
}

bool isOwnedHere(const Context &context, const records::BucketRecord &bucket)
{
    return !context.cluster.isMember() || bucket.location.owner == context.records.nodeId();
}

std::string primaryNodeOf(const Context &context, const records::BucketRecord &bucket)
{
    return (isOwnedHere(context, bucket) ? context.records.nodeId() : bucket.location.owner).uuid();
}

protocol::Node viewOf(const Context &context, const records::ClusterNode &node)
{
    protocol::Node view;
    view.id = node.id.uuid();
    view.name = node.name;
    view.endpoint = node.endpoint;
    view.region = node.region;
    view.priority = node.priority;
    view.metadata = node.metadata;
    view.createdAt = {node.createdMs};
    view.updatedAt = {node.updatedMs};
    view.isLocal = node.id == context.records.nodeId();
    if (view.isLocal)
        describeSelf(context, view);
    else
        describeMember(context.cluster.observation(node.id), view);
    return view;
}

NodeState stateOf(store::ObjectStore &store)
{
    const store::ObjectStore::Health health = store.health();
    if (health.readOnly)
        return {protocol::HealthStatus::Degraded, "read-only", health.reason};
    if (health.full || !health.damage.empty() || !health.reason.empty()) {
        const std::string reason = !health.reason.empty()   ? health.reason
                                   : !health.damage.empty() ? health.damage.front()
                                                            : std::string("The disk's reserve is reached.");
        return {protocol::HealthStatus::Degraded, "degraded", reason};
    }
    return {protocol::HealthStatus::Healthy, "healthy", {}};
}

MemberState stateOf(const cluster::rules::Observation &seen)
{
    using protocol::HealthStatus;
    const bool saysSo = seen.beat && !seen.beat->state.empty() && seen.beat->state != "healthy";
    const bool isFirst = seen.status == HealthStatus::Unknown && seen.reason.empty();
    return {seen.status, isFirst ? "it has not answered yet" : seen.reason,
            saysSo && seen.status == HealthStatus::Degraded};
}

std::int64_t ownedBuckets(const Context &context)
{
    return std::ranges::count_if(context.buckets.all(), [&](const records::BucketPtr &bucket) {
        return isOwnedHere(context, *bucket);
    });
}

std::int64_t latencyOf(const Context &context)
{
    return std::llround(context.monitor.figures().last.medianMs.value_or(0));
}

}  // namespace maxiofs::api::console
