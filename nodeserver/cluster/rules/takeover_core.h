// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cluster/rules/replica_choice.h"
#include "cluster/rules/takeover.h"

#include <map>

namespace maxiofs::cluster::rules {

// What the parts of Takeover share: the role of this node for each bucket, and the one way in which a bucket
// changes its owner.
class TakeoverCore {
public:
    struct Bucket {
        BucketRole role = BucketRole::None;
        NodeId owner;
        Epoch epoch;
        bool unavailable = false;
        bool isFenced = false;   // for a role that serves nobody
        std::uint64_t turn = 0;  // rises with every change of role or epoch: a late answer finds another one
        std::optional<CopyState> copy;
    };

    TakeoverCore(World &theWorld, TakeoverWorld &theNode, const Members &theMembers);

    /// Calls after a bucket's role or epoch changed.
    std::function<void(const BucketId &)> whenTurned;

    void evaluate(const BucketId &bucket);
    /// Mends rules whose edits crossed.
    void tick();
    [[nodiscard]] Bucket *find(const BucketId &bucket);
    [[nodiscard]] const Bucket *find(const BucketId &bucket) const;
    [[nodiscard]] const std::map<BucketId, Bucket> &buckets() const { return m_buckets; }
    [[nodiscard]] Status write(const BucketId &bucket, CopyState state);
    /// The state of a bucket owned here, written first where there was none.
    [[nodiscard]] Result<CopyState> ownState(const BucketId &bucket);

    /// This node takes the bucket from `before` under the epoch of that number.
    [[nodiscard]] Result<Epoch> claim(const OwnedBucket &facts, std::uint64_t number, const NodeId &before);
    [[nodiscard]] Result<Epoch> claimNext(const OwnedBucket &facts)
    {
        return claim(facts, facts.location.epoch.number + 1, facts.location.owner);
    }

    [[nodiscard]] NodeId self() const { return members.self(); }
    [[nodiscard]] std::optional<Peer> peer(const NodeId &member) const;
    /// Its copy, as it counts when an owner is looked for.
    [[nodiscard]] Standing standingOf(const BucketId &bucket) const;

    /// Asks; another kind of answer counts as none.
    template <typename Expected, typename Message, typename Call>
    void ask(const Peer &to, Message message, std::int64_t limitMs, Call call)
    {
        node.ask(to, TakeoverRequest(std::move(message)), limitMs,
                 [call = std::move(call)](Result<TakeoverAnswer> answer) mutable {
                     if (!answer)
                         return call(Result<Expected>(failure(std::move(answer.error()))));
                     if (auto *expected = std::get_if<Expected>(&*answer))
                         return call(Result<Expected>(std::move(*expected)));
                     call(Result<Expected>(failure(Error::Closed, "it answered something else")));
                 });
    }

    World &world;
    TakeoverWorld &node;
    const Members &members;

private:
    [[nodiscard]] Destinations toMend(const BucketId &bucket) const;
    void becomeOwner(Bucket &entry, const OwnedBucket &facts);
    void becomeOther(Bucket &entry, const OwnedBucket &facts);
    void turnTo(Bucket &entry, const OwnedBucket &facts, BucketRole role);
    [[nodiscard]] std::uint64_t sinceOf(const BucketId &bucket, const CopyState &copy) const;
    [[nodiscard]] std::vector<FeedPoint> basesOf(const BucketId &bucket, const CopyState &copy) const;

    std::map<BucketId, Bucket> m_buckets;
    // Where rules may have to be mended, and from when on (steady): they may just be news of a later owner,
    // whose other records are still on their way.
    std::map<BucketId, std::int64_t> m_mends;
    std::uint64_t m_lastTurn = 0;
};

/// The refusal of what only the owner under `epoch` may do: superseded(), or Busy for an epoch that is not
/// known here yet.
[[nodiscard]] Error notOwnerUnder(const Epoch &epoch, const Epoch &known);

}  // namespace maxiofs::cluster::rules
