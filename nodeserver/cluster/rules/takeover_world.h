// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cluster/rules/takeover_messages.h"

#include <functional>

namespace maxiofs::cluster::rules {

// A rule that makes a replica, as far as its bucket's ownership is concerned. Its source is whoever owns the
// bucket.
struct ReplicaRule {
    Id128 id;
    NodeId destination;
    bool isFull = false;  // no prefix, deletes and metadata on
    bool isSynchronous =
        false;  // and nothing is acknowledged that the destination lacks, but where it is degraded
    bool isEnabled = true;

    bool operator==(const ReplicaRule &) const = default;
};

// What this node's records say of a bucket.
struct OwnedBucket {
    BucketId id;
    Location location;
    bool isAutomatic = true;         // policy: the bucket's, else the cluster's
    std::vector<ReplicaRule> rules;  // its replicas', in order of id; copies are none
};

// Which entries of a copy are handed over.
struct HandedPart {
    bool isWhole = false;     // all, removals that are still known too; else those changed behind `after`
    std::uint64_t after = 0;  // of the own feed: entries changed behind it are unsent,
    std::uint64_t until = kWholeFeed;  // but those that were changed behind this came from later owners
};
struct HandedPage {
    std::vector<HandedEntry> entries;
    std::string next;  // where the next page begins; empty: this was the last one
};

// What the takeover of buckets needs of this node beside clocks, timers and members: records, store and
// messages. Called on the machine's thread, and calls back on it, later.
class TakeoverWorld {
public:
    virtual ~TakeoverWorld() = default;

    // -- Members
    /// Steady time at which the member was last heard: an answer or a request of it.
    [[nodiscard]] virtual std::optional<std::int64_t> heardAtMs(const NodeId &member) const = 0;
    /// Of any member, this one too; the lower goes first.
    [[nodiscard]] virtual std::int64_t priorityOf(const NodeId &member) const = 0;
    using Answered = std::move_only_function<void(Result<TakeoverAnswer>)>;
    /// As World::ask.
    virtual void ask(const Peer &peer, TakeoverRequest request, std::int64_t limitMs, Answered answered) = 0;

    // -- Records
    /// Every living bucket that this node owns or may have a copy of: for a start.
    [[nodiscard]] virtual std::vector<BucketId> buckets() const = 0;
    /// Nothing for a bucket that is not known or was deleted.
    [[nodiscard]] virtual std::optional<OwnedBucket> bucket(const BucketId &bucket) const = 0;
    /// Nothing: the store holds nothing of it. An empty one where it does and none was ever written.
    [[nodiscard]] virtual std::optional<CopyState> copy(const BucketId &bucket) const = 0;
    /// Durable when it returns.
    [[nodiscard]] virtual Status writeCopy(const BucketId &bucket, const CopyState &state) = 0;
    /// The commit point of every change of owner, one durable write: the Location (PreconditionFailed when it
    /// does not supersede the stored one), the state of the copy and the destinations of rules; with a null
    /// destination a rule ends. The records are then told to all members.
    [[nodiscard]] virtual Status commit(const BucketId &bucket, const Location &location,
                                        const CopyState &state,
                                        const std::vector<std::pair<Id128, NodeId>> &destinations) = 0;
    /// Durable when it returns, and told to all members.
    [[nodiscard]] virtual Status pointRule(const Id128 &rule, const NodeId &destination) = 0;
    /// A member knows more of the bucket: its records are fetched now. bucketChanged() tells the outcome.
    virtual void refresh(const BucketId &bucket) = 0;

    // -- Store
    /// Position of the feed of that epoch's owner up to which this node's copy has everything; 0: unknown.
    /// Asked for the epoch of CopyState::fed, so it must be known still while a later owner's changes come.
    [[nodiscard]] virtual std::uint64_t receivedTo(const BucketId &bucket, const Epoch &epoch) const = 0;
    /// The newest position of this node's own feed.
    [[nodiscard]] virtual std::uint64_t feedPosition(const BucketId &bucket) const = 0;
    /// This node is the owner: clients' changes are decided here from now on, and kept for its rules.
    virtual void serve(const BucketId &bucket, const Epoch &epoch) = 0;
    /// This node is not, or not any more: no client's change is decided from now on. Calls when all that were
    /// decided are on the disk. Those not yet answered never get a yes.
    virtual void fence(const BucketId &bucket, std::move_only_function<void()> fenced) = 0;
    /// No client's change is decided until release(), serve() or fence(): they wait, and are told SlowDown
    /// after Takeover::kHoldMs. Calls when all that were decided are on the disk, with the position of the
    /// feed behind them.
    virtual void hold(const BucketId &bucket, std::move_only_function<void(std::uint64_t)> held) = 0;
    virtual void release(const BucketId &bucket) = 0;

    // -- Handing over
    /// Some entries of this node's copy, with content, from `from` on: empty for the beginning.
    virtual void page(const BucketId &bucket, const HandedPart &part, const std::string &from,
                      std::move_only_function<void(Result<HandedPage>)> done) = 0;
    /// Merges each by mergeHandedOver() in one step with what is stored then, and calls when all are durable.
    /// Of what is here all counts as made apart if the word is foreign, else what was made behind `since` of
    /// the own feed. Refused where this node does not own the bucket under the epoch.
    virtual void take(HandOver handed, std::uint64_t since,
                      std::move_only_function<void(Result<HandOverAnswer>)> done) = 0;

    // -- Removals
    /// Forgets the bucket's removals that are older than `beforeMs` (Unix time of their stamps) and that all
    /// consumers of its feed here have passed; one whose feed was trimmed has only passed what it was
    /// compared after. Answers before which time none is left. Nothing else forgets removals of a bucket that
    /// has rules, or of a replica.
    virtual void forgetRemovals(const BucketId &bucket, std::int64_t beforeMs,
                                std::move_only_function<void(Result<std::int64_t>)> done) = 0;
};

}  // namespace maxiofs::cluster::rules
