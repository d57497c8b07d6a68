// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/console/endpoint.h"

#include "api/console/access_key_endpoints.h"
#include "api/console/audit_endpoints.h"
#include "api/console/auth_endpoints.h"
#include "api/console/bucket_endpoints.h"
#include "api/console/cluster_bucket_endpoints.h"
#include "api/console/cluster_endpoints.h"
#include "api/console/conflict_endpoints.h"
#include "api/console/conflict_id.h"
#include "api/console/failover_endpoints.h"
#include "api/console/membership_endpoints.h"
#include "api/console/membership_refusals.h"
#include "api/console/replication_endpoints.h"
#include "api/console/replication_request.h"
#include "api/console/system_endpoints.h"
#include "api/console/tenant_endpoints.h"
#include "api/console/user_endpoints.h"
#include "protocol/auth.h"
#include "protocol/bucket.h"
#include "protocol/cluster.h"
#include "protocol/event.h"
#include "protocol/failover.h"
#include "protocol/health_history.h"
#include "protocol/replication.h"
#include "protocol/system.h"
#include "protocol/tenant.h"

namespace maxiofs::api::console {

namespace {

using namespace protocol;

constexpr std::string_view kRulePath = "/cluster/replication/{";
constexpr std::string_view kConflictPath = "/cluster/conflicts/{";

constexpr std::array kEndpoints{
    // clang-format off
    Endpoint{"POST",   "/auth/login", Right::Anyone, Scope::Record, login,
             {kTakes<LoginRequest>, kGives<Session>}, "Signs in with name and password.", "auth.login"},
    Endpoint{"POST",   "/auth/refresh", Right::Anyone, Scope::Record, refresh,
             {kTakes<RefreshRequest>, kGives<Session>}, "Gives new tokens for a refresh token, which is good for one use."},
    Endpoint{"POST",   "/auth/logout", Right::SignedIn, Scope::Record, logout,
             {kNothing, kMessage}, "Ends the session.", "auth.logout"},
    Endpoint{"GET",    "/auth/me", Right::SignedIn, Scope::Record, me,
             {kNothing, kGives<User>}, "The user who is signed in."},
    Endpoint{"POST",   "/auth/s3-credentials", Right::SignedIn, Scope::Record, s3Credentials,
             {kNothing, kMakes<S3Credentials>}, "An access key for the S3 API that ends after an hour or with the session.", "auth.s3-credentials"},

    Endpoint{"GET",    "/users", Right::SignedIn, Scope::Record, listUsers,
             {kNothing, kLists<User>, "limit after"}, "The users whom the caller may see."},
    Endpoint{"POST",   "/users", Right::ManageUsers, Scope::Record, createUser,
             {newUserSchema, kMakes<User>}, "Makes a user.", "user.create"},
    Endpoint{"GET",    "/users/{id}", Right::ReadUser, Scope::Record, getUser,
             {kNothing, kGives<User>}, "One user.", {}, "NoSuchUser"},
    Endpoint{"PUT",    "/users/{id}", Right::EditUser, Scope::Record, changeUser,
             {kTakes<UserChange>, kGives<User>}, "Changes what the body names.", "user.update", "NoSuchUser"},
    Endpoint{"DELETE", "/users/{id}", Right::ManageUser, Scope::Record, deleteUser,
             {kNothing, kMessage}, "Deletes a user with keys, grants and sessions.", "user.delete", "NoSuchUser"},
    Endpoint{"GET",    "/users/{id}/access-keys", Right::ReadUser, Scope::Record, listAccessKeys,
             {kNothing, kLists<AccessKey>, "limit after"}, "A user's access keys, without secrets.", {}, "NoSuchUser"},
    Endpoint{"POST",   "/users/{id}/access-keys", Right::EditUser, Scope::Record, createAccessKey,
             {kTakes<AccessKeyChange>, kMakes<AccessKey>}, "Makes an access key; its secret is in this answer only.", "access-key.create", "NoSuchUser"},
    Endpoint{"PUT",    "/users/{id}/access-keys/{key}", Right::EditUser, Scope::Record, changeAccessKey,
             {kTakes<AccessKeyChange>, kGives<AccessKey>}, "Changes what an access key is limited to.", "access-key.update", "NoSuchAccessKey"},
    Endpoint{"DELETE", "/users/{id}/access-keys/{key}", Right::EditUser, Scope::Record, deleteAccessKey,
             {kNothing, kMessage}, "Deletes an access key.", "access-key.delete", "NoSuchAccessKey"},

    Endpoint{"GET",    "/tenants", Right::ListTenants, Scope::Record, listTenants,
             {kNothing, kLists<Tenant>, "limit after"}, "The tenants that the caller may see, with what belongs to them."},
    Endpoint{"POST",   "/tenants", Right::Admin, Scope::Record, createTenant,
             {newTenantSchema, kMakes<Tenant>}, "Makes a tenant.", "tenant.create"},
    Endpoint{"GET",    "/tenants/{id}", Right::ReadTenant, Scope::Record, getTenant,
             {kNothing, kGives<Tenant>}, "One tenant with what belongs to it.", {}, "NoSuchTenant"},
    Endpoint{"PUT",    "/tenants/{id}", Right::EditTenant, Scope::Record, changeTenant,
             {kTakes<TenantChange>, kGives<Tenant>}, "Changes what the body names; quota and status are for the role admin.", "tenant.update", "NoSuchTenant"},
    Endpoint{"DELETE", "/tenants/{id}", Right::Admin, Scope::Record, deleteTenant,
             {kNothing, kMessage}, "Deletes a tenant without users and buckets, with the grants to it.", "tenant.delete", "NoSuchTenant"},

    Endpoint{"GET",    "/buckets", Right::SignedIn, Scope::All, listBuckets,
             {kNothing, kLists<Bucket>, "limit after prefix"}, "The buckets that the caller may see, with their counters."},
    Endpoint{"POST",   "/buckets", Right::CreateBucket, Scope::Local, createBucket,
             {kTakes<BucketRequest>, kMakes<Bucket>}, "Makes a bucket.", "bucket.create"},
    Endpoint{"GET",    "/buckets/{bucket}", Right::ReadBucket, Scope::Owner, getBucket,
             {kNothing, kGives<Bucket>}, "One bucket with its counters."},
    Endpoint{"DELETE", "/buckets/{bucket}", Right::AdminBucket, Scope::Owner, deleteBucket,
             {kNothing, kMessage}, "Deletes an empty bucket.", "bucket.delete"},
    Endpoint{"GET",    "/buckets/{bucket}/versioning", Right::ReadBucket, Scope::Record, getVersioning,
             {kNothing, kGives<VersioningState>}, "Whether the bucket keeps versions."},
    Endpoint{"PUT",    "/buckets/{bucket}/versioning", Right::AdminBucket, Scope::Owner, setVersioning,
             {kTakes<VersioningState>, kGives<VersioningState>}, "Enables or suspends versions.", "bucket.versioning"},
    Endpoint{"GET",    "/buckets/{bucket}/quota", Right::ReadBucket, Scope::Record, getQuota,
             {kNothing, kGives<Quota>}, "The bucket's limits."},
    Endpoint{"PUT",    "/buckets/{bucket}/quota", Right::QuotaOfBucket, Scope::Owner, setQuota,
             {kTakes<Quota>, kGives<Quota>}, "Sets the bucket's limits.", "bucket.quota"},
    Endpoint{"GET",    "/buckets/{bucket}/failover", Right::ReadBucket, Scope::Record, getFailover,
             {kNothing, kGives<BucketFailover>}, "Who takes the bucket over when its owner is gone."},
    Endpoint{"PUT",    "/buckets/{bucket}/failover", Right::AdminBucket, Scope::Record, setFailover,
             {kTakes<BucketFailover>, kGives<BucketFailover>}, "Sets who takes the bucket over; null is as the cluster's setting says.", "bucket.failover", "NoSuchBucket", failoverRefusal},
    Endpoint{"GET",    "/buckets/{bucket}/grants", Right::AdminBucket, Scope::Record, listGrants,
             {kNothing, kLists<Grant>, "limit after"}, "Who else may use the bucket."},
    Endpoint{"POST",   "/buckets/{bucket}/grants", Right::AdminBucket, Scope::Record, giveGrant,
             {kTakes<GrantRequest>, kMakes<Grant>}, "Lets a user or tenant use the bucket.", "grant.create"},
    Endpoint{"DELETE", "/buckets/{bucket}/grants/{id}", Right::AdminBucket, Scope::Record, takeGrant,
             {kNothing, kMessage}, "Takes a grant away.", "grant.delete", "NoSuchGrant"},

    Endpoint{"GET",    "/system", Right::ReadAll, Scope::All, getSystem,
             {kNothing, kLists<System>}, "Version, load, disk and background work of each node."},
    Endpoint{"GET",    "/system/log", Right::ReadAll, Scope::Local, getLog,
             {kNothing, kLists<LogEntry>, "limit after contains level"}, "The last lines of the node's log, newest first."},
    Endpoint{"POST",   "/system/keys/export", Right::Admin, Scope::Local, exportKeys,
             {kTakes<KeyExportRequest>, kGives<KeyExport>}, "The node's keys under a passphrase, to be kept elsewhere.", "keys.export"},
    Endpoint{"GET",    "/audit-logs", Right::ReadAll, Scope::All, listAudit,
             {kNothing, kLists<AuditEntry>, "limit after user_id action resource since until"}, "Who changed what, newest first."},
    Endpoint{"GET",    "/settings", Right::ReadAll, Scope::Record, listSettings,
             {kNothing, kLists<Setting>}, "The settings that the cluster shares."},
    Endpoint{"PUT",    "/settings", Right::Admin, Scope::Record, changeSettings,
             {settingsSchema, kLists<Setting>}, "Changes the settings that the body names; null sets the standard value.", "settings.update"},
    Endpoint{"GET",    "/events", Right::SignedIn, Scope::All, nullptr,
             {kNothing, kGives<Event>}, "What happens, as server-sent events."},

    Endpoint{"POST",   "/cluster/initialize", Right::Admin, Scope::Local, initializeCluster,
             {kTakes<InitializeRequest>, kMakes<InitializedCluster>}, "Makes a cluster of this node alone; its token is in this answer only.", "cluster.initialize", {}, joinRefusal},
    Endpoint{"POST",   "/cluster/leave", Right::Admin, Scope::Local, leaveCluster,
             {kNothing, kGives<LeftCluster>, "force"}, "Takes this node out of its cluster.", "cluster.leave", {}, removalRefusal},
    Endpoint{"POST",   "/cluster/token/rotate", Right::Admin, Scope::Local, rotateToken,
             {kNothing, kGives<RotatedToken>}, "Replaces the cluster's token; the new one is in this answer only.", "cluster.token.rotate", {}, joinRefusal},
    Endpoint{"GET",    "/cluster/config", Right::ReadAll, Scope::Local, getClusterConfig,
             {kNothing, kGives<ClusterConfig>}, "This node's place in the cluster."},
    Endpoint{"GET",    "/cluster/nodes", Right::ReadAll, Scope::Record, listNodes,
             {kNothing, kLists<Node>}, "The nodes of the cluster."},
    Endpoint{"POST",   "/cluster/nodes", Right::Admin, Scope::Local, addNode,
             {kTakes<NodeRequest>, kMakes<AddedNode>}, "On a member: lets the node at the endpoint join. On a lone node: joins the cluster of the member there.", "node.add", {}, joinRefusal},
    Endpoint{"GET",    "/cluster/nodes/{id}", Right::ReadAll, Scope::Record, getNode,
             {kNothing, kGives<Node>}, "One node.", {}, "NoSuchNode"},
    Endpoint{"PUT",    "/cluster/nodes/{id}", Right::Admin, Scope::Record, changeNode,
             {kTakes<NodeChange>, kGives<Node>}, "Changes name, region, priority, metadata or the scrub's rate.", "node.update", "NoSuchNode"},
    Endpoint{"DELETE", "/cluster/nodes/{id}", Right::Admin, Scope::Record, removeNode,
             {kNothing, kMessage, "force"}, "Removes a node from the cluster, for ever under its id.", "node.remove", "NoSuchNode", removalRefusal},
    Endpoint{"GET",    "/cluster/nodes/{id}/health", Right::ReadAll, Scope::Node, getNodeHealth,
             {kNothing, kGives<HealthHistory>, "resolution since"}, "A node's last hour by seconds, or its last day by ten seconds.", {}, "NoSuchNode"},
    Endpoint{"GET",    "/cluster/health", Right::ReadAll, Scope::Local, getClusterHealth,
             {kNothing, kGives<ClusterHealth>}, "How the nodes are."},
    Endpoint{"POST",   "/cluster/health/refresh", Right::Admin, Scope::Local, refreshHealth,
             {kNothing, kGives<ClusterHealth>}, "Measures and asks all members now."},
    Endpoint{"GET",    "/cluster/cache/stats", Right::ReadAll, Scope::Local, getCacheStats,
             {kNothing, kGives<CacheStats>}, "Figures of the bucket location cache."},
    Endpoint{"DELETE", "/cluster/cache", Right::Admin, Scope::Local, clearCache,
             {kNothing, kMessage}, "Empties the bucket location cache.", "cache.clear"},
    Endpoint{"GET",    "/cluster/buckets", Right::ReadAll, Scope::All, listClusterBuckets,
             {kNothing, kLists<ClusterBucket>, "limit after prefix"}, "All buckets with the node that owns them."},
    Endpoint{"GET",    "/cluster/buckets/{bucket}/nodes", Right::ReadAll, Scope::All, getBucketNodes,
             {kNothing, kGives<BucketNodes>}, "The nodes that hold a bucket."},
    Endpoint{"POST",   "/cluster/buckets/{bucket}/promote", Right::Admin, Scope::Local, promoteBucket,
             {kTakes<PromoteRequest>, kGives<PromotedBucket>}, "Makes a full replica the owner of a bucket, also while the owner is away.", "bucket.promote", "NoSuchBucket", failoverRefusal},
    Endpoint{"GET",    "/cluster/conflicts", Right::ReadAll, Scope::All, listConflicts,
             {kNothing, kLists<Conflict>, "limit after bucket"}, "Of objects that were changed on nodes which did not see each other, the versions that lost.", {}, "NoSuchConflict", conflictRefusal},
    Endpoint{"POST",   "/cluster/conflicts/{id}/restore", Right::Admin, Scope::Owner, restoreConflict,
             {kNothing, kGives<RestoredConflict>}, "Makes such a version the object's current one.", "conflict.restore", "NoSuchConflict", conflictRefusal},
    Endpoint{"POST",   "/cluster/conflicts/{id}/discard", Right::Admin, Scope::Owner, discardConflict,
             {kNothing, kMessage}, "Removes such a version for good.", "conflict.discard", "NoSuchConflict", conflictRefusal},

    Endpoint{"GET",    "/cluster/replication", Right::ReadAll, Scope::All, listReplicationRules,
             {kNothing, kLists<ReplicationRule>, "limit after tenant_id bucket"}, "The replication rules with how they fare.", {}, "NoSuchRule", replicationRefusal},
    Endpoint{"POST",   "/cluster/replication", Right::Admin, Scope::Record, createReplicationRule,
             {kTakes<ReplicationRuleRequest>, kMakes<ReplicationRule>}, "Makes a replication rule.", "replication.create", "NoSuchRule", replicationRefusal},
    Endpoint{"POST",   "/cluster/replication/bulk", Right::Admin, Scope::Record, replicateAll,
             {kTakes<ReplicationBulkRequest>, kGives<ReplicationBulkResult>}, "Makes a rule for each bucket that a node owns.", "replication.bulk", "NoSuchRule", replicationRefusal},
    Endpoint{"GET",    "/cluster/replication/{id}", Right::ReadAll, Scope::Owner, getReplicationRule,
             {kNothing, kGives<ReplicationRule>}, "One rule with how it fares.", {}, "NoSuchRule", replicationRefusal},
    Endpoint{"PUT",    "/cluster/replication/{id}", Right::Admin, Scope::Record, changeReplicationRule,
             {kTakes<ReplicationRuleChange>, kGives<ReplicationRule>}, "Changes what the body names; the buckets and the destination stay.", "replication.update", "NoSuchRule", replicationRefusal},
    Endpoint{"DELETE", "/cluster/replication/{id}", Right::Admin, Scope::Record, deleteReplicationRule,
             {kNothing, kMessage}, "Ends a rule; what was sent stays at its destination.", "replication.delete", "NoSuchRule", replicationRefusal},
    Endpoint{"POST",   "/cluster/replication/{id}/sync", Right::Admin, Scope::Owner, syncReplicationRule,
             {kNothing, kGives<ReplicationRule>}, "Sends now what is unsent, and tries again what failed.", "replication.sync", "NoSuchRule", replicationRefusal},
    Endpoint{"POST",   "/cluster/replication/{id}/pause", Right::Admin, Scope::Record, pauseReplicationRule,
             {kNothing, kGives<ReplicationRule>}, "Stops sending until the rule is resumed.", "replication.pause", "NoSuchRule", replicationRefusal},
    Endpoint{"POST",   "/cluster/replication/{id}/resume", Right::Admin, Scope::Record, resumeReplicationRule,
             {kNothing, kGives<ReplicationRule>}, "Goes on sending where a paused rule stopped.", "replication.resume", "NoSuchRule", replicationRefusal},
    Endpoint{"GET",    "/cluster/replication/{id}/verify", Right::ReadAll, Scope::Owner, getVerification,
             {kNothing, kGives<ReplicationVerification>}, "How the last comparison of both sides went, or how far it is.", {}, "NoSuchRule", replicationRefusal},
    Endpoint{"POST",   "/cluster/replication/{id}/verify", Right::Admin, Scope::Owner, verifyReplicationRule,
             {kNothing, kBegins<ReplicationVerification>}, "Compares every version of both sides and repairs what differs.", "replication.verify", "NoSuchRule", replicationRefusal},
    Endpoint{"GET",    "/cluster/replication/{id}/queue", Right::ReadAll, Scope::Owner, listReplicationQueue,
             {kNothing, kLists<ReplicationQueueEntry>, "limit after status"}, "What is in flight, is tried again and waits, in that order.", {}, "NoSuchRule", replicationRefusal},
    // clang-format on
};

std::string_view takeSegment(std::string_view &path)
{
    path.remove_prefix(1);
    const std::string_view segment = path.substr(0, path.find('/'));
    path.remove_prefix(segment.size());
    return segment;
}

// The parameters, if the path has the pattern's form.
std::optional<std::vector<std::string>> parametersOf(std::string_view pattern, std::string_view path)
{
    std::vector<std::string> parameters;
    while (pattern.starts_with('/') && path.starts_with('/')) {
        const std::string_view expected = takeSegment(pattern);
        const std::string_view segment = takeSegment(path);
        if (!expected.starts_with('{')) {
            if (segment != expected)
                return std::nullopt;
            continue;
        }
        auto decoded = text::percentDecode(segment);
        if (!decoded || decoded->empty())
            return std::nullopt;
        parameters.push_back(*std::move(decoded));
    }
    if (!pattern.empty() || !path.empty())
        return std::nullopt;
    return parameters;
}

}  // namespace

std::string_view nameOf(Scope scope)
{
    switch (scope) {
    case Scope::Record: return "record";
    case Scope::Owner: return "owner";
    case Scope::Node: return "node";
    case Scope::Local: return "local";
    case Scope::All: return "all";
    }
    return {};
}

std::span<const Endpoint> endpoints()
{
    return kEndpoints;
}

Result<records::BucketPtr> bucketOf(const Endpoint &endpoint, const Call &call)
{
    const std::string &name = call.parameters.at(0);
    if (endpoint.path.starts_with(kConflictPath)) {
        const auto place = conflictPlaceOf(name);
        if (!place)
            return failure(Error::NotFound, "There is no conflict " + name + ".", name);
        return call.context.buckets.findById(place->bucket);
    }
    if (!endpoint.path.starts_with(kRulePath))
        return call.context.buckets.find(name);
    TRY_ASSIGN(const records::ReplicationRulePtr rule, call.context.rules.find(name));
    return call.context.buckets.findById(rule->sourceBucketId);
}

Match findEndpoint(std::string_view method, std::string_view path)
{
    Match match;
    for (const Endpoint &endpoint : kEndpoints) {
        auto parameters = parametersOf(endpoint.path, path);
        if (!parameters)
            continue;
        if (endpoint.method == method)
            return {&endpoint, *std::move(parameters), {}};
        match.allowed += (match.allowed.empty() ? "" : ", ") + std::string(endpoint.method);
    }
    return match;
}

}  // namespace maxiofs::api::console
