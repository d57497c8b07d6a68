// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cluster/rules/messages.h"

#include <limits>
#include <map>
#include <memory>

// What nodes say to each other about who owns a bucket, and what a node knows of its own copy of one.
namespace maxiofs::cluster::rules {

using records::Epoch;
using records::Location;

/// The refusal by a node that is not the owner, or not any more, and knows a higher epoch: PreconditionFailed
/// with this subject.
inline constexpr std::string_view kSuperseded = "superseded";
[[nodiscard]] Error superseded();
[[nodiscard]] bool isSuperseded(const Error &error);

// A position in the feed of the owner of an epoch.
struct FeedPoint {
    Epoch epoch;
    std::uint64_t position = 0;

    auto operator<=>(const FeedPoint &) const = default;
};
inline constexpr std::uint64_t kWholeFeed = std::numeric_limits<std::uint64_t>::max();

// What a node keeps on its own disk of its copy of a bucket, beside the objects. Never synced.
struct CopyState {
    Epoch fed;                     // the owner of this epoch brought it up to date; null: it was never whole
    bool wasOwner = false;         // that owner was this node itself
    Epoch handed;                  // the owner of this epoch has all that is here, or it came from there
    std::vector<FeedPoint> bases;  // what it has of former owners, the last first: all up to the position
    // Of an owner:
    std::uint64_t since = 0;      // position of the own feed at which it took the bucket
    NodeId before;                // from whom it took it; null where the bucket was made here
    Id128 turned;                 // the rule that turned round then; null: none. Later owners are told
    std::vector<Id128> degraded;  // rules whose destination has not caught up since
    std::vector<NodeId> awaited;  // former owners that have not handed over yet
    std::vector<NodeId> behind;   // had a copy when the bucket changed its owner, and were not whole since:
                                  // while there are any, removals must be remembered
    std::map<NodeId, Id128> gaveWay;  // other claimants that have handed over, and the rule of each that
                                      // turned round when it took the bucket
    // Of a former owner, once it has handed over:
    std::uint64_t until = 0;  // position of the own feed behind which all came from later owners

    /// Whether there may be something of a later owner than the one that brought it up to date.
    [[nodiscard]] bool isMixed() const { return handed != fed; }

    bool operator==(const CopyState &) const = default;
};

// How fit a node is to take a bucket over, or to serve its reads.
struct Standing {
    BucketId bucket;
    NodeId node;
    bool isCandidate = false;  // it holds a full copy that was whole once, and may take the bucket
    FeedPoint at;              // how far its copy goes
    std::int64_t priority = 100;
    Epoch known;  // the location that the node knows
};

// Whether a node has heard the owner, and how fit it is itself.
struct AskStandings {
    NodeId owner;
    std::vector<BucketId> buckets;
};
struct AskStandingsAnswer {
    std::optional<std::int64_t> heardMsAgo;  // of the owner; empty: never since the node started
    std::vector<Standing> standings;         // those of the buckets that it knows
};

// To a node that is to take a bucket: promote by hand, or its owner stops.
struct PromoteReplica {
    BucketId bucket;
    bool force = false;  // though the owner does not answer, or the copy was never whole
};
struct PromoteReplicaAnswer {
    Epoch epoch;
};

// From the node that takes a bucket to its living owner: how far the feed is; with `hold` no client's write
// is answered from then on until the owner knows the outcome.
struct BeginSwitch {
    BucketId bucket;
    Epoch epoch;  // under which it is to give the bucket away
    Id128 id;     // of this attempt
    bool hold = false;
};
struct BeginSwitchAnswer {
    std::uint64_t position = 0;  // all that it has said yes to lies before it
};
// From an owner that holds to the node that takes: what became of it? Unless that knows a later epoch it has
// not taken the bucket, and never will by this attempt.
struct AskSwitch {
    BucketId bucket;
    Id128 id;
};
struct AskSwitchAnswer {
    Epoch known;
};
// The node that was to take it does not: the owner goes on.
struct EndSwitch {
    BucketId bucket;
    Id128 id;
};
struct EndSwitchAnswer {};

// A version, or its removal, of a copy that is handed over. What it is made of is the node's own affair.
struct HandedEntry {
    std::string key;
    std::string version;  // its text: "null", or of its stamp
    Stamp stamp;          // the greatest of its data, its header and its removal
    bool isRemoval = false;
    bool isUnsent = false;  // made by clients of the node that hands over, while it was the owner, and never
                            // sent to the one that is it now
    std::shared_ptr<const void> content;  // opaque
};
// The first word of a node that has a copy under an older epoch.
struct OfferCopy {
    BucketId bucket;
    Epoch epoch;  // of the owner that is asked
    FeedPoint at;
    bool wasOwner = false;  // of at.epoch
    Epoch handed;           // later than at.epoch: there is also something of that owner
};
struct OfferCopyAnswer {
    bool isKnown = false;                // nothing to hand over
    std::optional<std::uint64_t> after;  // of the former owner's own feed: all up to there is here
    bool isForeign = false;              // to be given back in HandOver
    Id128 id;                            // likewise
};
// Entries; answered when they are durable. Good to repeat, but only until another offer of the same node: one
// that comes late could bring back what was deleted and forgotten since.
struct HandOver {
    BucketId bucket;
    Epoch epoch;
    Id128 offer;
    bool isForeign = false;  // what is at the owner may all have been unknown to who hands over
    std::vector<HandedEntry> entries;
};
struct HandOverAnswer {
    std::size_t taken = 0;
    std::size_t conflicts = 0;
};
// All was handed over.
struct EndHandOver {
    BucketId bucket;
    Epoch epoch;
    Id128 turned;  // the rule that turned round when this node took the bucket; null: it did not
};
struct EndHandOverAnswer {};

// From an owner to a replica that has all: from now on it may take the bucket over.
struct MarkWhole {
    BucketId bucket;
    Epoch epoch;
    std::vector<FeedPoint> bases;
    std::vector<NodeId> awaited;
    std::vector<NodeId> behind;
};
struct MarkWholeAnswer {};

// From an owner to its replicas, now and then: all copies of the bucket are in line, and of removals that are
// older than `beforeMs` (Unix time of their stamps) none is needed any more. kOnlyAsks: to a node that no
// rule leads to, which says yes when it has no copy (any more).
struct ForgetRemovals {
    static constexpr std::int64_t kOnlyAsks = 0;

    BucketId bucket;
    Epoch epoch;
    std::int64_t beforeMs = 0;
};
struct ForgetRemovalsAnswer {};

using TakeoverRequest = std::variant<AskStandings, PromoteReplica, BeginSwitch, AskSwitch, EndSwitch,
                                     OfferCopy, HandOver, EndHandOver, MarkWhole, ForgetRemovals>;
using TakeoverAnswer = std::variant<AskStandingsAnswer, PromoteReplicaAnswer, BeginSwitchAnswer,
                                    AskSwitchAnswer, EndSwitchAnswer, OfferCopyAnswer, HandOverAnswer,
                                    EndHandOverAnswer, MarkWholeAnswer, ForgetRemovalsAnswer>;

}  // namespace maxiofs::cluster::rules
