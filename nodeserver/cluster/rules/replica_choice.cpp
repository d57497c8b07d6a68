// SPDX-License-Identifier: GPL-3.0-or-later
#include "cluster/rules/replica_choice.h"

#include <algorithm>

namespace maxiofs::cluster::rules {

namespace {

// All that lead to `from`.
Destinations pointed(const OwnedBucket &bucket, const NodeId &from, const NodeId &to)
{
    Destinations destinations;
    for (const ReplicaRule &rule : bucket.rules)
        if (rule.destination == from)
            destinations.emplace_back(rule.id, to);
    return destinations;
}

}  // namespace

bool leadsTo(const OwnedBucket &bucket, const NodeId &node)
{
    return std::ranges::find(bucket.rules, node, &ReplicaRule::destination) != bucket.rules.end();
}

const ReplicaRule *fullRuleTo(const OwnedBucket &bucket, const NodeId &destination)
{
    const auto rule = std::ranges::find_if(bucket.rules, [&](const ReplicaRule &candidate) {
        return candidate.destination == destination && candidate.isFull && candidate.isEnabled;
    });
    return rule == bucket.rules.end() ? nullptr : &*rule;
}

std::vector<NodeId> fullReplicasOf(const OwnedBucket &bucket)
{
    std::vector<NodeId> nodes;
    for (const ReplicaRule &rule : bucket.rules)
        if (fullRuleTo(bucket, rule.destination) == &rule && rule.destination != bucket.location.owner)
            nodes.push_back(rule.destination);
    return nodes;
}

bool goesBefore(const OwnedBucket &bucket, const Standing &a, const Standing &b)
{
    const auto hasAll = [&](const Standing &standing) {
        const ReplicaRule *const rule = fullRuleTo(bucket, standing.node);
        return rule != nullptr && rule->isSynchronous;
    };
    if (a.at.epoch != b.at.epoch)
        return a.at.epoch > b.at.epoch;
    if (hasAll(a) != hasAll(b))
        return hasAll(a);
    if (a.at != b.at)
        return a.at > b.at;
    return a.priority != b.priority ? a.priority < b.priority : a.node < b.node;
}

std::vector<Standing> inOrder(const OwnedBucket &bucket, std::vector<Standing> standings)
{
    std::erase_if(standings, [](const Standing &standing) { return !standing.isCandidate; });
    std::ranges::sort(standings,
                      [&](const Standing &a, const Standing &b) { return goesBefore(bucket, a, b); });
    return standings;
}

Destinations turnedRound(const OwnedBucket &bucket, const NodeId &self)
{
    return pointed(bucket, self, bucket.location.unavailable ? NodeId() : bucket.location.owner);
}

Destinations mended(const OwnedBucket &bucket, const NodeId &self, const CopyState &state)
{
    if (state.before != NodeId() && state.before != self)
        if (Destinations destinations = pointed(bucket, self, state.before); !destinations.empty())
            return destinations;
    if (Destinations destinations = givenBack(bucket, state.before, state.turned); !destinations.empty())
        return destinations;
    for (const auto &[claimant, turned] : state.gaveWay)
        if (Destinations destinations = givenBack(bucket, claimant, turned); !destinations.empty())
            return destinations;
    return {};
}

Destinations givenBack(const OwnedBucket &bucket, const NodeId &claimant, const Id128 &turned)
{
    const auto rule = std::ranges::find(bucket.rules, turned, &ReplicaRule::id);
    if (rule == bucket.rules.end() || claimant == NodeId() || leadsTo(bucket, claimant))
        return {};
    const bool isSpare = rule->destination == bucket.location.owner ||
                         std::ranges::count(bucket.rules, rule->destination, &ReplicaRule::destination) > 1;
    return isSpare ? Destinations{{turned, claimant}} : Destinations();
}

}  // namespace maxiofs::cluster::rules
