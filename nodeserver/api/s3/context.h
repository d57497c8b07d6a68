// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "api/s3/cluster_links.h"
#include "api/s3/metrics.h"
#include "base/clock.h"
#include "identity/directory.h"
#include "net/blocking_pool.h"
#include "records/buckets.h"
#include "store/object_store.h"

#include <functional>
#include <string>
#include <vector>

namespace maxiofs::api::s3 {

// What S3's operations work with. Everything must outlive the service.
struct Context {
    store::ObjectStore &store;
    records::Buckets &buckets;
    identity::Directory &identities;
    net::BlockingPool &pool;  // for what may block, and for hashing beside a write: at least 2 threads
    Metrics &metrics;
    std::function<std::string()> region;  // the setting s3-region; any thread
    std::vector<std::string> domains;     // --s3-domain: hosts of virtual-hosted style
    std::function<std::string()> hostId;  // x-amz-id-2 and HostId: names the node; any thread
    const Clock &clock = SystemClock::instance();
    ClusterLinks *cluster = nullptr;  // null: a node that stays alone

    [[nodiscard]] bool isMember() const { return cluster != nullptr && cluster->cluster.isMember(); }
    /// Whether this node answers for the bucket, by the records.
    [[nodiscard]] bool owns(const records::BucketRecord &bucket) const
    {
        if (cluster == nullptr || (bucket.location.owner.isNull() && !isMember()))
            return true;
        return bucket.location.owner == cluster->self() && !bucket.location.unavailable;
    }
};

}  // namespace maxiofs::api::s3
