// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/console/cluster_bucket_endpoints.h"

#include "api/console/counted_page.h"
#include "api/console/replication_views.h"
#include "api/console/views.h"
#include "records/failover.h"

#include <algorithm>

namespace maxiofs::api::console {

namespace {

// What the owner alone knows: from here, or from what it answered.
std::vector<protocol::FormerOwner> awaitedOf(const Call &call, const records::BucketRecord &bucket)
{
    const Context &context = call.context;
    if (!isOwnedHere(context, bucket)) {
        const auto owner = std::ranges::find(call.others, bucket.location.owner, &MemberAnswer::id);
        const auto told = owner != call.others.end() ? owner->value<protocol::BucketNodes>()
                                                     : failure(Error::NotFound, "not asked");
        return told ? told->awaited : std::vector<protocol::FormerOwner>();
    }
    std::vector<protocol::FormerOwner> awaited;
    for (const NodeId &id : context.ownership.awaited(bucket.id)) {
        protocol::FormerOwner former{id.uuid(), nameOfNode(context, id), protocol::HealthStatus::Unavailable};
        if (const auto node = context.nodes.find(id))
            former.healthStatus = viewOf(context, *node).healthStatus;
        awaited.push_back(std::move(former));
    }
    return awaited;
}

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
    nodes.epoch = static_cast<std::int64_t>(bucket->location.epoch.number);
    nodes.failover = records::failoverOf(*bucket, call.context.settings);
    nodes.awaited = awaitedOf(call, *bucket);
    return Answer::ok(protocol::toJson(nodes));
}

}  // namespace maxiofs::api::console
