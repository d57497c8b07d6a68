// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/console/cluster_bucket_endpoints.h"

#include "api/console/counted_page.h"
#include "api/console/replication_views.h"
#include "api/console/views.h"

#include <algorithm>

namespace maxiofs::api::console {

namespace {

Result<protocol::ClusterBucket> clusterViewOf(const Context &context, const records::BucketRecord &bucket)
{
    protocol::ClusterBucket view;
    view.name = bucket.name;
    view.tenantId = bucket.tenantId;
    view.primaryNode = primaryNodeOf(context, bucket);
    view.epoch = static_cast<std::int64_t>(bucket.location.epoch.number);
    const auto rules = context.rules.ofBucket(bucket.id);
    view.hasReplication = !rules.empty();
    view.replicaCount = std::ranges::count_if(
        rules, [](const records::ReplicationRulePtr &rule) { return rule->isReplica(); });
    view.counted = isOwnedHere(context, bucket);
    if (view.counted) {
        TRY_ASSIGN(const index::BucketCounters counters, context.store.counters(bucket.id));
        view.objectCount = static_cast<std::int64_t>(counters.currentObjects);
        view.totalSize = static_cast<std::int64_t>(counters.currentBytes);
    }
    return view;
}

}  // namespace

Result<Answer> listClusterBuckets(Call &call)
{
    TRY_ASSIGN(const std::size_t limit, call.limit());
    records::BucketListing listing;
    listing.prefix = call.parameter("prefix");
    listing.after = call.parameter("after");
    listing.limit = limit;
    listing.visible = [&](const records::BucketRecord &bucket) {
        return !call.isPassedOn || isOwnedHere(call.context, bucket);
    };
    const records::BucketPage found = call.context.buckets.list(listing);
    protocol::Page<protocol::ClusterBucket> page;
    for (const records::BucketPtr &bucket : found.buckets) {
        TRY_ASSIGN(auto view, clusterViewOf(call.context, *bucket));
        page.items.push_back(std::move(view));
    }
    if (found.more)
        page.next = page.items.back().name;
    fillCounters(page, call, [](protocol::ClusterBucket &to, const protocol::ClusterBucket &from) {
        to.objectCount = from.objectCount;
        to.totalSize = from.totalSize;
    });
    return Answer::ok(protocol::pageToJson(page));
}

Result<Answer> getBucketNodes(Call &call)
{
    TRY_ASSIGN(const records::BucketPtr bucket, call.context.buckets.find(call.parameters[0]));
    protocol::BucketNodes nodes;
    nodes.primary.id = primaryNodeOf(call.context, *bucket);
    const auto id = NodeId::fromUuid(nodes.primary.id);
    const auto node = id ? call.context.nodes.find(*id) : failure(Error::NotFound, "no id");
    // A node that was removed by force is not among the nodes any more.
    nodes.primary.healthStatus = protocol::HealthStatus::Unavailable;
    if (node) {
        const protocol::Node view = viewOf(call.context, *node);
        nodes.primary = {view.id, view.name, view.endpoint, view.healthStatus};
    }
    nodes.replicas = replicasOf(call, *bucket);
    return Answer::ok(protocol::toJson(nodes));
}

}  // namespace maxiofs::api::console
