// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/console/cluster_endpoints.h"

#include "api/console/views.h"

using namespace Qt::StringLiterals;

namespace maxiofs::api::console {

namespace {

constexpr std::int64_t kCacheTtlSeconds = 300;  // specification: Bucket Location Cache

Result<records::ClusterNode> nodeOf(const Call &call)
{
    const std::string &text = call.parameters[0];
    const auto id = NodeId::fromUuid(text);
    if (!id)
        return failure(Error::NotFound, "There is no node " + text + ".", text);
    return call.context.nodes.find(*id);
}

protocol::ClusterHealth healthOf(const Context &context)
{
    const protocol::Time now{context.clock.unixMs()};
    protocol::ClusterHealth health;
    for (const records::ClusterNode &node : context.nodes.nodes()) {
        const protocol::Node view = viewOf(context, node);
        health.nodes.push_back(
            {view.id, view.name, view.healthStatus, view.latencyMs, view.lastHealthCheck, view.reason});
        ++health.totalNodes;
        health.healthyNodes += view.healthStatus == protocol::HealthStatus::Healthy ? 1 : 0;
        health.degradedNodes += view.healthStatus == protocol::HealthStatus::Degraded ? 1 : 0;
    }
    health.totalBuckets = static_cast<std::int64_t>(context.buckets.count());
    health.localBuckets = health.totalBuckets;
    health.lastUpdated = now;
    return health;
}

}  // namespace

Result<Answer> getClusterConfig(Call &call)
{
    const records::ClusterConfig config = call.context.nodes.config();
    return Answer::ok(protocol::toJson(protocol::ClusterConfig{config.nodeId.uuid(),
                                                               config.nodeName,
                                                               config.region,
                                                               config.isClusterEnabled,
                                                               {},
                                                               protocol::Time{config.createdMs}}));
}

Result<Answer> listNodes(Call &call)
{
    protocol::Page<protocol::Node> page;
    for (const records::ClusterNode &node : call.context.nodes.nodes())
        page.items.push_back(viewOf(call.context, node));
    return Answer::ok(protocol::pageToJson(page));
}

Result<Answer> getNode(Call &call)
{
    TRY_ASSIGN(const records::ClusterNode node, nodeOf(call));
    return Answer::ok(protocol::toJson(viewOf(call.context, node)));
}

Result<Answer> changeNode(Call &call)
{
    TRY_ASSIGN(const auto change, protocol::fromJson<protocol::NodeChange>(call.body));
    TRY_ASSIGN(const records::ClusterNode before, nodeOf(call));
    call.note.resource = before.name;
    call.note.before = protocol::toJson(viewOf(call.context, before));
    if (change.scrubBytesPerSecond) {
        const QString name = QString::fromUtf8(QByteArrayView(records::kScrubSetting));
        TRY_STATUS(call.context.settings.change({{name, static_cast<qint64>(*change.scrubBytesPerSecond)}}));
    }
    TRY_ASSIGN(const records::ClusterNode node,
               call.context.nodes.edit(
                   before.id, {change.name, change.region, change.priority, change.metadata, {}, {}}));
    const QJsonObject view = protocol::toJson(viewOf(call.context, node));
    call.note.after = view;
    call.context.events.publish("node", view);
    return Answer::ok(view);
}

Result<Answer> getNodeHealth(Call &call)
{
    TRY_ASSIGN(const records::ClusterNode node, nodeOf(call));
    const std::string resolution = call.parameter("resolution");
    if (!resolution.empty() && resolution != "1" && resolution != "10")
        return failure(Error::InvalidArgument, "The parameter resolution must be 1 or 10 (seconds).",
                       "resolution");
    std::int64_t sinceMs = 0;
    const std::string since = call.parameter("since");
    if (!since.empty()) {
        const auto time = protocol::fromIso(since);
        if (!time)
            return failure(Error::InvalidArgument,
                           "The parameter since must be a time like 2025-12-13T10:30:00Z.", "since");
        sinceMs = time->unixMs;
    }
    protocol::HealthHistory history = call.context.monitor.history(resolution == "10" ? 10 : 1, sinceMs);
    history.nodeId = node.id.uuid();
    return Answer::ok(protocol::toJson(history));
}

Result<Answer> getClusterHealth(Call &call)
{
    return Answer::ok(protocol::toJson(healthOf(call.context)));
}

Result<Answer> refreshHealth(Call &call)
{
    call.context.monitor.measure();
    return Answer::ok(protocol::toJson(healthOf(call.context)));
}

// A lone node owns every bucket, so it looks no location up.
Result<Answer> getCacheStats(Call &)
{
    protocol::CacheStats stats;
    stats.ttlSeconds = kCacheTtlSeconds;
    return Answer::ok(protocol::toJson(stats));
}

Result<Answer> listClusterBuckets(Call &call)
{
    TRY_ASSIGN(const std::size_t limit, call.limit());
    const records::BucketPage found =
        call.context.buckets.list({call.parameter("prefix"), call.parameter("after"), limit, {}});
    protocol::Page<protocol::ClusterBucket> page;
    for (const records::BucketPtr &bucket : found.buckets) {
        TRY_ASSIGN(const index::BucketCounters counters, call.context.store.counters(bucket->id));
        protocol::ClusterBucket view;
        view.name = bucket->name;
        view.tenantId = bucket->tenantId;
        view.primaryNode = call.context.records.nodeId().uuid();
        view.objectCount = static_cast<std::int64_t>(counters.currentObjects);
        view.totalSize = static_cast<std::int64_t>(counters.currentBytes);
        page.items.push_back(std::move(view));
    }
    if (found.more)
        page.next = page.items.back().name;
    return Answer::ok(protocol::pageToJson(page));
}

Result<Answer> getBucketNodes(Call &call)
{
    TRY_ASSIGN(const records::BucketPtr bucket, call.context.buckets.find(call.parameters[0]));
    TRY_ASSIGN(const records::ClusterNode node, call.context.nodes.find(call.context.records.nodeId()));
    const protocol::Node view = viewOf(call.context, node);
    return Answer::ok(
        protocol::toJson(protocol::BucketNodes{{view.id, view.name, view.endpoint, view.healthStatus}, {}}));
}

}  // namespace maxiofs::api::console
