// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "api/console/call.h"
#include "protocol/cluster.h"
#include "protocol/replication.h"

namespace maxiofs::api::console {

// What the API shows of replication rules.

using StatePtr = const protocol::ReplicationState *;

/// Under the present name of its bucket, with the state that the bucket's owner told; null: it did not.
[[nodiscard]] protocol::ReplicationRule viewOf(const Context &context, const records::ReplicationRule &rule,
                                               StatePtr state);
/// With the state that this node knows, if it owns the bucket.
[[nodiscard]] protocol::ReplicationRule viewOf(const Context &context, const records::ReplicationRule &rule);

/// Whether this node owns the rule's source bucket.
[[nodiscard]] bool isSentFromHere(const Context &context, const records::ReplicationRule &rule);
/// The node's name, or its id where it is not known any more.
[[nodiscard]] std::string nameOfNode(const Context &context, const NodeId &node);

/// The nodes that hold a replica of the bucket; their lag as its owner told in `call.others`.
[[nodiscard]] std::vector<protocol::BucketReplica> replicasOf(const Call &call,
                                                              const records::BucketRecord &bucket);
/// How many buckets have a replica.
[[nodiscard]] std::int64_t replicatedBuckets(const Context &context);

}  // namespace maxiofs::api::console
