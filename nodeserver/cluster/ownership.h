// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "records/record.h"

#include <functional>
#include <memory>
#include <vector>

namespace maxiofs::cluster {

// Who owns the buckets when their owners go, for the APIs: promotion by hand, former owners that have yet to
// hand over. A lone node owns all its buckets. Any thread.
class Ownership {
public:
    virtual ~Ownership() = default;

    enum class Role {
        None,        // this node has nothing of the bucket
        Owner,       //
        Replica,     // its copy follows the owner
        HandingOver  // its copy is of an older owner, and the owner does not have all of it yet
    };
    [[nodiscard]] virtual Role roleOf(const BucketId &bucket) const = 0;

    // --- Who owns what
    /// Makes `target` the owner and waits for it: on a blocking pool, at most a minute. From a living owner
    /// without a lost write.
    /// Errors: NotFound (no such bucket or node), InvalidArgument (no full replica there), PreconditionFailed
    /// (its copy was never whole, or some member still hears the owner, which does not give the bucket away,
    /// without `force`), Busy (another change of owner is under way), TimedOut, Closed (the target cannot be
    /// reached), Stopping.
    [[nodiscard]] virtual Result<records::Epoch> promote(const BucketId &bucket, const NodeId &target,
                                                         bool force) = 0;
    /// The former owners that have not handed over yet, of a bucket that is owned here: while there are any
    /// it is not deleted.
    [[nodiscard]] virtual std::vector<NodeId> awaited(const BucketId &bucket) const = 0;
    /// Whether a rule of a bucket owned here turned round and its destination has not caught up since: it is
    /// asynchronous till then, whatever its interval and policy.
    [[nodiscard]] virtual bool isDegraded(const BucketId &bucket, const Id128 &rule) const = 0;

    // --- What happened here, for events and metrics
    struct Event {
        enum class Kind {
            TookOver,      // this node took the bucket, whose owner `node` was away or was removed
            SwitchedHere,  // `node` gave the bucket to this one: promotion, or that node stopped
            GaveAway,      // this node gave the bucket to `node`
            LostTo,        // `node` took the bucket while this one owned it: it hands over what is new here
            HandedOver,    // this node has handed over to `node` all that it lacked
            GotAll         // the former owner `node` has handed over to this one
        };
        Kind kind = Kind::TookOver;
        BucketId bucket;
        NodeId node;
        records::Epoch epoch;  // of the owner since
    };
    using Listener = std::function<void(const Event &)>;
    /// Until the token goes. Called on the thread of ownership, which must not be blocked.
    [[nodiscard]] virtual std::shared_ptr<void> whenChanged(Listener listener) = 0;
    struct Totals {  // since the node started
        std::uint64_t takeovers = 0;
        std::uint64_t switches = 0;  // buckets that were given to this node by a living owner
        std::uint64_t given = 0;     // away, by this node
        std::uint64_t lost = 0;
        std::uint64_t handovers = 0;    // ended, by this node
        std::uint64_t handingOver = 0;  // buckets, now
        std::uint64_t awaiting = 0;  // buckets owned here with former owners that have not handed over, now
    };
    [[nodiscard]] virtual Totals totals() const = 0;
};

}  // namespace maxiofs::cluster
