// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cluster/rules/replication.h"

#include <functional>
#include <map>
#include <memory>

namespace maxiofs::cluster::rules {

// All that the receiving side may do to the world, on the machines' thread.
class ReceiverWorld {
public:
    /// Applies all entries of the message that came, durably: one answer for each, later on this thread.
    using Applied = std::move_only_function<void(Result<std::vector<EntryAnswer>>)>;
    using Apply = std::move_only_function<void(Applied)>;

    virtual ~ReceiverWorld() = default;

    /// The newest record of a bucket's owner that this node has; null where it has none.
    [[nodiscard]] virtual records::Location location(const BucketId &bucket) const = 0;
    /// A sender holds a newer record: merges it like one that came with the records.
    virtual void learn(const BucketId &bucket, const records::Location &location) = 0;
    /// Why the destination's bucket cannot take anything for the moment; empty where it can: it is here,
    /// owned by the sender (a replica) or by this node (a copy), and has nothing left to hand over.
    [[nodiscard]] virtual std::string whyNotReady(const BatchHeader &header) const = 0;
    /// What the destination is known to have, for a takeover. Need not be durable soon.
    virtual void note(const BatchHeader &header) = 0;
};

// The receiving side of all rules to this node: refuses senders that are no longer the owner, and answers for
// what has been applied. A machine. The check comes before and after applying: a node that took the bucket
// over meanwhile must not acknowledge for the former owner.
class ReplicaReceiver {
public:
    static constexpr std::size_t kMostBuckets = 100'000;  // of which the greatest epoch seen is remembered

    explicit ReplicaReceiver(ReceiverWorld &world);

    /// `apply` applies the batch's entries, whatever their form is.
    void onBatch(const BatchHeader &header, ReceiverWorld::Apply apply,
                 std::move_only_function<void(Result<BatchAnswer>)> done);
    /// Whether a sender may read this node's manifest; the page is the caller's to fill in.
    [[nodiscard]] TheirManifest onManifest(const BatchHeader &header);

private:
    struct Judged {
        Verdict verdict = Verdict::Taken;
        records::Location location;
        std::string reason;
    };
    [[nodiscard]] Judged judge(const BatchHeader &header);

    ReceiverWorld &m_world;
    std::map<BucketId, records::Location> m_seen;  // ahead of the world's record
    std::shared_ptr<bool> m_alive = std::make_shared<bool>(true);
};

}  // namespace maxiofs::cluster::rules
