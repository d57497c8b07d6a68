// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/console/views.h"

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

Result<protocol::Bucket> viewOf(const Context &context, const records::BucketRecord &bucket)
{
    TRY_ASSIGN(const index::BucketCounters counters, context.store.counters(bucket.id));
    const identity::UserPtr owner = context.identities.users().findByCanonicalId(bucket.ownerId);
    protocol::Bucket view;
    view.name = bucket.name;
    view.id = bucket.id.hex();
    view.owner = owner != nullptr ? owner->username : std::string();
    view.ownerId = bucket.ownerId;
    view.tenantId = bucket.tenantId;
    view.region = bucket.region;
    view.versioning = bucket.versioning;
    view.objectCount = signedOf(counters.currentObjects);
    view.totalSize = signedOf(counters.currentBytes);
    view.noncurrentCount = signedOf(counters.noncurrentObjects);
    view.noncurrentSize = signedOf(counters.noncurrentBytes);
    view.uploadCount = signedOf(counters.uploads);
    view.uploadSize = signedOf(counters.uploadBytes);
    view.conflictCount = signedOf(counters.conflicts);
    view.conflictSize = signedOf(counters.conflictBytes);
    view.quota = {signedOf(bucket.quota.bytes), signedOf(bucket.quota.objects)};
    view.createdAt = {bucket.createdMs};
    return view;
}

protocol::Node viewOf(const Context &context, const records::ClusterNode &node)
{
    const std::int64_t now = context.clock.unixMs();
    const NodeState state = stateOf(context.store);
    const store::ObjectStore::Figures figures = context.store.figures();
    protocol::Node view;
    view.id = node.id.uuid();
    view.name = node.name;
    view.endpoint = node.endpoint;
    view.region = node.region;
    view.priority = node.priority;
    view.healthStatus = state.status;
    view.lastHealthCheck = protocol::Time{now};
    view.lastSeen = protocol::Time{now};
    view.latencyMs = latencyOf(context);
    view.capacityTotal = signedOf(figures.diskTotal);
    view.capacityUsed = signedOf(figures.diskTotal - std::min(figures.diskAvailable, figures.diskTotal));
    view.bucketCount = signedOf(context.buckets.count());
    view.metadata = node.metadata;
    view.createdAt = {node.createdMs};
    view.updatedAt = {node.updatedMs};
    view.isLocal = node.id == context.records.nodeId();
    view.version = MAXIOFS_VERSION;
    view.reason = state.reason;
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

std::int64_t latencyOf(const Context &context)
{
    return std::llround(context.monitor.figures().last.medianMs.value_or(0));
}

}  // namespace maxiofs::api::console
