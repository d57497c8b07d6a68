// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/console/cluster_endpoints.h"

#include "api/console/node_history.h"
#include "api/console/replication_views.h"
#include "api/console/views.h"

using namespace Qt::StringLiterals;

namespace maxiofs::api::console {

namespace {

protocol::ClusterHealth healthOf(const Context &context)
{
    using protocol::HealthStatus;
    protocol::ClusterHealth health;
    for (const records::ClusterNode &node : context.nodes.nodes()) {
        const protocol::Node view = viewOf(context, node);
        health.nodes.push_back(
            {view.id, view.name, view.healthStatus, view.latencyMs, view.lastHealthCheck, view.reason});
        ++health.totalNodes;
        switch (view.healthStatus) {
        case HealthStatus::Healthy: ++health.healthyNodes; break;
        case HealthStatus::Degraded: ++health.degradedNodes; break;
        case HealthStatus::Unavailable: ++health.unavailableNodes; break;
        case HealthStatus::Unknown: ++health.unknownNodes; break;
        }
    }
    health.totalBuckets = static_cast<std::int64_t>(context.buckets.count());
    health.localBuckets = ownedBuckets(context);
    health.replicatedBuckets = replicatedBuckets(context);
    health.lastUpdated = {context.clock.unixMs()};
    return health;
}

}  // namespace

Result<records::ClusterNode> findNode(const Call &call)
{
    const std::string &text = call.parameters.at(0);
    const auto id = NodeId::fromUuid(text);
    if (!id)
        return failure(Error::NotFound, "There is no node " + text + ".", text);
    return call.context.nodes.find(*id);
}

Result<Answer> getClusterConfig(Call &call)
{
    const records::ClusterConfig config = call.context.nodes.config();
    return Answer::ok(protocol::toJson(protocol::ClusterConfig{
        config.nodeId.uuid(), config.nodeName, config.region, call.context.cluster.isMember(),
        call.context.cluster.tokenFingerprint(), protocol::Time{config.createdMs}}));
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
    TRY_ASSIGN(const records::ClusterNode node, findNode(call));
    return Answer::ok(protocol::toJson(viewOf(call.context, node)));
}

Result<Answer> changeNode(Call &call)
{
    TRY_ASSIGN(const auto change, protocol::fromJson<protocol::NodeChange>(call.body));
    TRY_ASSIGN(const records::ClusterNode before, findNode(call));
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
    TRY_ASSIGN(const records::ClusterNode node, findNode(call));
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
    return Answer::ok(protocol::toJson(historyOf(call, node.id, resolution == "10" ? 10 : 1, sinceMs)));
}

Result<Answer> getClusterHealth(Call &call)
{
    return Answer::ok(protocol::toJson(healthOf(call.context)));
}

Result<Answer> refreshHealth(Call &call)
{
    call.context.monitor.measure();
    call.context.cluster.probeNow();
    return Answer::ok(protocol::toJson(healthOf(call.context)));
}

Result<Answer> getCacheStats(Call &call)
{
    const cluster::Router::Stats stats = call.context.router.stats();
    return Answer::ok(protocol::toJson(
        protocol::CacheStats{static_cast<std::int64_t>(stats.entries), static_cast<std::int64_t>(stats.hits),
                             static_cast<std::int64_t>(stats.misses), stats.hitRatio(), stats.ttl.count()}));
}

Result<Answer> clearCache(Call &call)
{
    call.note.resource = call.context.nodes.config().nodeName;
    call.context.router.clear();
    return Answer::done("The bucket location cache of this node was cleared.");
}

}  // namespace maxiofs::api::console
