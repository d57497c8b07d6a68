// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "records/record.h"

#include <functional>

namespace maxiofs::cluster {

// What replication asks and tells of a bucket's ownership. Any thread, without waiting.
class BucketKeeper {
public:
    virtual ~BucketKeeper() = default;

    using Admitted = std::move_only_function<void(Status)>;
    /// Whether changes from the owner under `epoch` may be applied here now; called once, on any thread.
    /// Error::Busy: not, or not yet.
    virtual void admit(const BucketId &bucket, const records::Epoch &epoch, Admitted done) = 0;
    /// Whether the bucket may be deleted: Error::BucketNotEmpty while a former owner has not handed over.
    virtual void checkDeletion(const BucketId &bucket, Admitted done) = 0;
    /// Whether a rule of a bucket owned here is not waited for, whatever it says itself.
    [[nodiscard]] virtual bool isDegraded(const BucketId &bucket, const Id128 &rule) const = 0;
    /// The destination of a rule has everything up to now.
    virtual void caughtUp(const BucketId &bucket, const Id128 &rule) = 0;
    /// The destination has everything up to that position of this node's feed: it is told so, soon.
    virtual void completed(const BucketId &bucket, const NodeId &destination, const records::Epoch &epoch,
                           std::uint64_t position) = 0;
    /// This node's copy has everything up to that position of the feed of the owner under `epoch`.
    virtual void received(const BucketId &bucket, const records::Epoch &epoch, std::uint64_t position) = 0;
    /// Whether something of the bucket may be here, that is to be kept though no rule leads here.
    [[nodiscard]] virtual bool hasCopy(const BucketId &bucket) const = 0;
};

}  // namespace maxiofs::cluster
