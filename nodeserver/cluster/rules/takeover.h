// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cluster/rules/members.h"
#include "cluster/rules/replica_choice.h"
#include "cluster/rules/world.h"

namespace maxiofs::cluster::rules {

// What this node is for a bucket.
enum class BucketRole {
    None,        // it has nothing of it
    Owner,       //
    Replica,     // its copy follows the owner
    HandingOver  // its copy is of an older owner, often itself, and the owner does not have all of it yet
};

// Who owns a bucket when its owner goes: a replica takes over by itself or by hand, an owner gives its
// buckets away before it stops, and a node that meets a higher epoch than that of its copy hands over what
// the owner lacks. A machine: one thread, no world but those given.
//
// What it promises, and the simulation checks: two owners never have equal epochs; when all messages arrive
// again a bucket has one owner, the greatest epoch, and every other claimant has handed over; a node that
// knows a higher epoch has its clients' changes fenced off; nothing acknowledged is lost while one of its
// copies is left that was acknowledged as such, and nothing deleted revives.
//
// What it cannot do: in a partition both sides may own a bucket until they meet.
class Takeover {
public:
    static constexpr std::int64_t kTickMs = 1000;
    static constexpr std::int64_t kSilenceMs = 5000;   // of an owner
    static constexpr std::int64_t kAskLimitMs = 1000;  // of each member, before a takeover
    static constexpr std::int64_t kReadAskMs = 500;    // before reads go to a replica
    static constexpr std::int64_t kSleptMs = 3000;     // a tick that late: this node was away, not the others
    static constexpr std::int64_t kHoldMs = 2000;      // of clients' writes, at most
    static constexpr std::int64_t kPollMs = 50;        // of a position
    static constexpr std::int64_t kPromoteMs = 60'000;   // then a promotion by hand has failed
    static constexpr std::int64_t kHandOverMs = 30'000;  // for an answer
    static constexpr std::int64_t kRetryMs = 1000;
    static constexpr std::int64_t kMendMs = 5000;   // until all records of a change of owner have come
    static constexpr std::size_t kMaxAsked = 1000;  // buckets in one message
    static constexpr std::size_t kMaxBases = 8;
    static constexpr std::int64_t kRememberMs = 7LL * 24 * 3'600'000;  // removals, at least
    static constexpr std::int64_t kForgetStepMs = 24LL * 3'600'000;  // between two rounds of forgetting them
    static constexpr std::int64_t kForgetTickMs = 10'000;
    static constexpr std::size_t kForgets = 4;   // buckets at once
    static constexpr std::size_t kSwitches = 8;  // at once, when this node stops

    Takeover(World &world, TakeoverWorld &node, const Members &members);
    ~Takeover();
    Takeover(const Takeover &) = delete;
    Takeover &operator=(const Takeover &) = delete;

    /// Serves or fences every bucket by what the records say and begins to watch. Once, before any request.
    void start();
    /// A Location, a rule or the policy of a bucket changed, here or by another's word. It is durable.
    void bucketChanged(const BucketId &bucket);

    // --- What the node asks
    [[nodiscard]] BucketRole roleOf(const BucketId &bucket) const;
    /// The epoch under which clients' changes may be decided and acknowledged here now. Ask again just before
    /// each acknowledgement: only the same epoch lets it go out.
    [[nodiscard]] std::optional<Epoch> servedEpoch(const BucketId &bucket) const;
    /// Whether a rule of a bucket owned here must not be waited for, whatever its interval and policy: it
    /// turned round and its destination has not caught up.
    [[nodiscard]] bool isDegraded(const BucketId &bucket, const Id128 &rule) const;
    /// The former owners that have not handed over yet: while there are any DeleteBucket is answered 409.
    [[nodiscard]] std::vector<NodeId> awaited(const BucketId &bucket) const;
    /// Whether changes from the owner of `epoch` may be applied here. isSuperseded(): a higher epoch is known
    /// (421 with the location). Busy: this node has to hand over first, or does not know the epoch yet. A
    /// copy begins with the first yes. What an owner deletes here because it lacks it, it must have looked
    /// for after a yes under its epoch: before that, what it lacks may only not have been handed over.
    [[nodiscard]] Status admit(const BucketId &bucket, const Epoch &epoch);
    /// The destination of a rule has everything up to now: the first backlog or the comparison has ended, and
    /// what came since is acknowledged. Tells the destination; then the rule is not degraded any more.
    void caughtUp(const BucketId &bucket, const Id128 &rule);

    /// The full replicas that can be reached, the freshest first: for reads while the owner does not answer.
    void freshest(const BucketId &bucket, std::move_only_function<void(std::vector<Standing>)> done);

    // --- By hand
    /// Makes `target` the owner: from a living owner like a migration's cutover, without a lost write.
    /// Errors: NotFound (no such bucket), InvalidArgument (no full replica there), PreconditionFailed (never
    /// whole, or the owner does not answer, without `force`), TimedOut, Closed (target unreachable).
    void promote(const BucketId &bucket, const NodeId &target, bool force,
                 std::move_only_function<void(Result<Epoch>)> done);
    /// This node stops: gives away every bucket with a full replica that can be reached, at most `limitMs`.
    /// Tells how many it gave.
    void giveAway(std::int64_t limitMs, std::move_only_function<void(std::size_t)> done);

    // --- What others ask
    void handle(const NodeId &from, TakeoverRequest request,
                std::move_only_function<void(Result<TakeoverAnswer>)> reply);

private:
    struct Parts;
    std::unique_ptr<Parts> m_parts;
};

}  // namespace maxiofs::cluster::rules
