// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "api/ops/metrics_text.h"
#include "cluster/forwarder.h"
#include "cluster/ownership.h"
#include "cluster/replication.h"
#include "cluster/router.h"
#include "protocol/cluster.h"

#include <vector>

namespace maxiofs::api::ops {

// What this node tells of its cluster. A lone node is a cluster of one.
struct ClusterFigures {
    struct Member {
        NodeId id;
        std::string name;
        protocol::HealthStatus status = protocol::HealthStatus::Unknown;
        double latencySeconds = 0;    // of the last beat; of this node 0
        double clockSkewSeconds = 0;  // its clock less this node's
    };
    std::vector<Member> members;  // this node too
    cluster::Router::Stats cache;
    cluster::Forwarder::Stats forwarded;

    struct Rule {
        std::string id;
        std::string destination;  // the node's name, or its id
        protocol::ReplicationState state;
    };
    std::uint64_t rules = 0;  // of the whole cluster
    std::uint64_t enabledRules = 0;
    std::vector<Rule> sentRules;  // those by which this node sends
    cluster::Replication::Totals replicated;

    cluster::Ownership::Totals ownership;
    std::uint64_t conflicts = 0;  // versions that lost a merge, in the buckets that this node owns
};

/// The specification's names, without labels, so that its alerts match, and details under maxiofs_ names.
void addClusterMetrics(MetricsText &text, const ClusterFigures &figures);

}  // namespace maxiofs::api::ops
