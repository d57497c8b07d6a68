// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/id.h"

#include <chrono>
#include <functional>
#include <optional>
#include <vector>

namespace maxiofs::cluster {

// Which full replicas may answer reads of a bucket while its owner does not answer. Any thread.
class ReplicaReads {
public:
    virtual ~ReplicaReads() = default;

    /// How much this node's full replica of a bucket may be behind its owner: the time since it was last
    /// known to have everything. Nothing where there is none, or it never had everything: reads are not
    /// answered from it.
    [[nodiscard]] virtual std::optional<std::chrono::milliseconds>
    replicaLag(const BucketId &bucket) const = 0;
    /// The nodes with a full replica that answer, this one too, the freshest first. `done` is called once, at
    /// once or within half a second, on any thread, and must not block. Empty where there is none, or the
    /// node stops.
    virtual void freshest(const BucketId &bucket,
                          std::move_only_function<void(std::vector<NodeId>)> done) = 0;
};

}  // namespace maxiofs::cluster
