// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cluster/rules/takeover_world.h"

namespace maxiofs::cluster::rules {

/// New destinations of rules; null: the rule ends.
using Destinations = std::vector<std::pair<Id128, NodeId>>;

/// The rule that keeps a full replica at the node: it may serve the bucket's reads and take it over. Null
/// when there is none, or when it is paused.
[[nodiscard]] const ReplicaRule *fullRuleTo(const OwnedBucket &bucket, const NodeId &destination);
/// Whether a rule makes a replica at the node, full or not.
[[nodiscard]] bool leadsTo(const OwnedBucket &bucket, const NodeId &node);
/// The nodes with a full replica.
[[nodiscard]] std::vector<NodeId> fullReplicasOf(const OwnedBucket &bucket);

/// Whether `a` goes before `b`: the copy of the later epoch, then the one that has each acknowledged change
/// by its rule (what it knows of its position comes a little later), then the higher position, then the lower
/// priority, then the smaller id. A total order for different nodes.
[[nodiscard]] bool goesBefore(const OwnedBucket &bucket, const Standing &a, const Standing &b);
/// Candidates only, the best first.
[[nodiscard]] std::vector<Standing> inOrder(const OwnedBucket &bucket, std::vector<Standing> standings);

/// When `self` takes the bucket the rules that led to it turn round to the owner that was, or end where that
/// was removed.
[[nodiscard]] Destinations turnedRound(const OwnedBucket &bucket, const NodeId &self);
/// After edits that crossed: those that lead to `self` again, which owns the bucket, are turned once more;
/// the one that turned round to the owner that was, and those of claimants that gave way, are givenBack().
/// What is found first.
[[nodiscard]] Destinations mended(const OwnedBucket &bucket, const NodeId &self, const CopyState &state);
/// A claimant that gave way has handed over: the rule that it turned round leads to it again, if nothing does
/// and another rule leads to where that one leads now.
[[nodiscard]] Destinations givenBack(const OwnedBucket &bucket, const NodeId &claimant, const Id128 &turned);

}  // namespace maxiofs::cluster::rules
