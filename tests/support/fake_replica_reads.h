// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cluster/replica_reads.h"

namespace maxiofs::test {

// Knows the replicas that a test names.
class FakeReplicaReads final : public cluster::ReplicaReads {
public:
    std::optional<std::chrono::milliseconds> replicaLag(const BucketId &) const override { return ownLag; }
    void freshest(const BucketId &, std::move_only_function<void(std::vector<NodeId>)> done) override
    {
        done(replicas);
    }

    std::optional<std::chrono::milliseconds> ownLag;
    std::vector<NodeId> replicas;  // the freshest first
};

}  // namespace maxiofs::test
