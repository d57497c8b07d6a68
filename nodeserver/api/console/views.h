// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "api/console/context.h"
#include "identity/grants.h"
#include "protocol/auth.h"
#include "protocol/bucket.h"
#include "protocol/cluster.h"
#include "protocol/user.h"

namespace maxiofs::api::console {

// What the API shows of records and figures.
[[nodiscard]] protocol::User viewOf(const identity::User &user);
[[nodiscard]] protocol::AccessKey viewOf(const identity::AccessKey &key);
[[nodiscard]] protocol::Grant viewOf(const identity::Grant &grant);
[[nodiscard]] protocol::Session viewOf(const identity::Tokens &tokens);
/// With the bucket's counters if this node owns it: may read the disk.
[[nodiscard]] Result<protocol::Bucket> viewOf(const Context &context, const records::BucketRecord &bucket);
/// This node as it is, another as this node sees it.
[[nodiscard]] protocol::Node viewOf(const Context &context, const records::ClusterNode &node);
/// The id of the node that owns the bucket.
[[nodiscard]] std::string primaryNodeOf(const Context &context, const records::BucketRecord &bucket);
/// How many buckets this node owns.
[[nodiscard]] std::int64_t ownedBuckets(const Context &context);
/// Whether this node answers for the bucket. A lone node answers for all.
[[nodiscard]] bool isOwnedHere(const Context &context, const records::BucketRecord &bucket);

// How this node is, with the reason in words when it is not healthy.
struct NodeState {
    protocol::HealthStatus status = protocol::HealthStatus::Healthy;
    std::string word;  // "healthy", "degraded", "read-only"
    std::string reason;
};
[[nodiscard]] NodeState stateOf(store::ObjectStore &store);

// How another member is, as this node sees it or as it says of itself.
struct MemberState {
    protocol::HealthStatus status = protocol::HealthStatus::Unknown;
    std::string reason;
    bool isToldByItself = false;
};
[[nodiscard]] MemberState stateOf(const cluster::rules::Observation &seen);

/// The median latency of the node's requests in the last second, in milliseconds.
[[nodiscard]] std::int64_t latencyOf(const Context &context);

}  // namespace maxiofs::api::console
