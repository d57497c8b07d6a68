// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/console/replication_views.h"

#include "api/console/views.h"

#include <algorithm>
#include <set>

namespace maxiofs::api::console {

namespace {

using protocol::ReplicationStatus;

std::optional<protocol::Time> timeOf(std::int64_t unixMs)
{
    return unixMs != 0 ? std::optional(protocol::Time{unixMs}) : std::nullopt;
}

// What is known of a rule whose bucket's owner did not tell.
protocol::ReplicationState untold(const Context &context, const Result<records::BucketPtr> &source)
{
    protocol::ReplicationState state;
    if (!source) {
        state.reason = "Its bucket is not known here.";
    } else if (isOwnedHere(context, **source)) {
        state.status = ReplicationStatus::Waiting;
        state.reason = "It begins in a moment.";
    } else {
        state.reason =
            "The node " + nameOfNode(context, (*source)->location.owner) + " did not say how it fares.";
    }
    return state;
}

// Every node knows that a rule is paused, and by whom.
void showPause(protocol::ReplicationRule &view)
{
    if (view.options.enabled)
        return;
    view.state.status = ReplicationStatus::Paused;
    view.state.reason = view.pausedBy.empty() ? "It is paused." : "Paused by " + view.pausedBy + ".";
}

std::map<std::string, std::int64_t> lagsToldBy(const Call &call, const NodeId &owner)
{
    std::map<std::string, std::int64_t> lags;
    const auto other = std::ranges::find(call.others, owner, &MemberAnswer::id);
    if (other == call.others.end())
        return lags;
    const auto told = other->value<protocol::BucketNodes>();
    if (!told)
        return lags;
    for (const protocol::BucketReplica &replica : told->replicas) {
        if (replica.lagSeconds)
            lags.emplace(replica.id, *replica.lagSeconds);
    }
    return lags;
}

}  // namespace

std::string nameOfNode(const Context &context, const NodeId &node)
{
    const auto known = context.nodes.find(node);
    return known ? known->name : node.uuid();
}

bool isSentFromHere(const Context &context, const records::ReplicationRule &rule)
{
    const auto source = context.buckets.findById(rule.sourceBucketId);
    return source && isOwnedHere(context, **source);
}

protocol::ReplicationRule viewOf(const Context &context, const records::ReplicationRule &rule, StatePtr state)
{
    const auto source = context.buckets.findById(rule.sourceBucketId);
    protocol::ReplicationRule view;
    view.id = rule.id;
    view.tenantId = rule.tenantId;
    view.sourceBucket = source ? (*source)->name : rule.sourceBucket;
    view.sourceNodeId = source ? primaryNodeOf(context, **source) : std::string();
    view.destinationNodeId = rule.destinationNode.uuid();
    view.destinationBucket = rule.isReplica() ? view.sourceBucket : rule.destinationBucket;
    view.options = rule.options;
    view.replica = rule.isReplica();
    view.full = rule.isFull();
    view.pausedBy = rule.pausedBy;
    view.pausedAt = timeOf(rule.pausedMs);
    view.createdAt = {rule.createdMs};
    view.updatedAt = {rule.updatedMs};
    view.state = state != nullptr ? *state : untold(context, source);
    showPause(view);
    return view;
}

protocol::ReplicationRule viewOf(const Context &context, const records::ReplicationRule &rule)
{
    const auto state = isSentFromHere(context, rule) ? context.replication.state(rule.id) : std::nullopt;
    return viewOf(context, rule, state ? &*state : nullptr);
}

std::vector<protocol::BucketReplica> replicasOf(const Call &call, const records::BucketRecord &bucket)
{
    const Context &context = call.context;
    const bool isHere = isOwnedHere(context, bucket);
    const auto told = lagsToldBy(call, bucket.location.owner);
    std::vector<protocol::BucketReplica> replicas;
    for (const records::ReplicationRulePtr &rule : context.rules.ofBucket(bucket.id)) {
        if (!rule->isReplica())
            continue;
        protocol::BucketReplica replica;
        replica.id = rule->destinationNode.uuid();
        replica.full = rule->isFull();
        replica.healthStatus = protocol::HealthStatus::Unavailable;
        if (const auto node = context.nodes.find(rule->destinationNode)) {
            const protocol::Node view = viewOf(context, *node);
            replica.name = view.name;
            replica.endpoint = view.endpoint;
            replica.healthStatus = view.healthStatus;
        }
        if (isHere) {
            if (const auto state = context.replication.state(rule->id))
                replica.lagSeconds = state->lagSeconds;
        } else if (const auto lag = told.find(replica.id); lag != told.end()) {
            replica.lagSeconds = lag->second;
        }
        replicas.push_back(std::move(replica));
    }
    return replicas;
}

std::int64_t replicatedBuckets(const Context &context)
{
    std::set<BucketId> replicated;
    for (const records::ReplicationRulePtr &rule : context.rules.all()) {
        if (rule->isReplica() && context.buckets.findById(rule->sourceBucketId))
            replicated.insert(rule->sourceBucketId);
    }
    return static_cast<std::int64_t>(replicated.size());
}

}  // namespace maxiofs::api::console
