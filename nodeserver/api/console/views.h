// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "api/console/context.h"
#include "identity/grants.h"
#include "protocol/bucket.h"
#include "protocol/cluster.h"
#include "protocol/user.h"

namespace maxiofs::api::console {

// What the API shows of records and figures.
[[nodiscard]] protocol::User viewOf(const identity::User &user);
[[nodiscard]] protocol::AccessKey viewOf(const identity::AccessKey &key);
[[nodiscard]] protocol::Grant viewOf(const identity::Grant &grant);
/// With the bucket's counters: may read the disk.
[[nodiscard]] Result<protocol::Bucket> viewOf(const Context &context, const records::BucketRecord &bucket);
[[nodiscard]] protocol::Node viewOf(const Context &context, const records::ClusterNode &node);

// How this node is, with the reason in words when it is not healthy.
struct NodeState {
    protocol::HealthStatus status = protocol::HealthStatus::Healthy;
    std::string word;  // "healthy", "degraded", "read-only"
    std::string reason;
};
[[nodiscard]] NodeState stateOf(store::ObjectStore &store);

/// The median latency of the node's requests in the last second, in milliseconds.
[[nodiscard]] std::int64_t latencyOf(const Context &context);

}  // namespace maxiofs::api::console
