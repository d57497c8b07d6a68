// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cluster/cluster.h"
#include "cluster/forwarder.h"
#include "cluster/peer_calls.h"
#include "cluster/replica_reads.h"
#include "cluster/router.h"

#include <atomic>

namespace maxiofs::api::s3 {

// What S3 needs of the cluster that its node may be a member of. Everything must outlive the service.
struct ClusterLinks {
    static constexpr std::chrono::milliseconds kOwnerWait{10'000};  // a takeover takes less

    cluster::Cluster &cluster;
    cluster::Router &router;
    cluster::PeerCalls &peers;
    records::RecordStore &records;
    /// cluster::Forwarder::forward().
    std::function<net::Awaitable<Result<cluster::ForwardOutcome>>(http::Exchange &, cluster::rules::Peer,
                                                                  std::string)>
        forward;
    std::function<NodeId()> self;               // as records::Records::nodeId()
    std::function<bool()> placesByRoom;         // the setting `placement`
    cluster::ReplicaReads *replicas = nullptr;  // null: reads go to owners alone
    /// Whether another node may take the bucket by itself while its owner is away: requests that need the
    /// owner then wait for that. Unset: never. Any thread.
    std::function<bool(const BucketId &)> mayMove;
    std::atomic<std::int64_t> warnedMs{0};  // when it was logged that a request could not be passed on
    std::chrono::milliseconds ownerWait = kOwnerWait;
    std::atomic<unsigned> waiting{0};  // requests that do
    std::atomic<unsigned> seeking{0};  // questions to the other members that are under way
};

}  // namespace maxiofs::api::s3
