// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cluster/rules/takeover_watch.h"

#include <deque>

namespace maxiofs::cluster::rules {

// A bucket goes from a living owner to a replica: the replica catches up, the owner holds its clients'
// writes, the replica has all and commits. By hand, or because the owner stops. A part of Takeover.
//
// Once the owner holds it goes on only when it knows that the replica did not commit: it asks, and a no is
// for good. If the replica cannot be asked and nobody hears it, the owner takes the number after the one that
// the replica may have taken.
class TakeoverSwitch {
public:
    TakeoverSwitch(TakeoverCore &core, TakeoverWatch &watch) : m_core(core), m_watch(watch) {}

    using Done = std::move_only_function<void(Result<Epoch>)>;
    void promote(const BucketId &bucket, const NodeId &target, bool force, Done done);
    void giveAway(std::int64_t limitMs, std::move_only_function<void(std::size_t)> done);
    /// After every change of a bucket's role or owner.
    void turned(const BucketId &bucket);

    using Reply = std::move_only_function<void(Result<TakeoverAnswer>)>;
    void onPromote(const PromoteReplica &request, Reply reply);
    void onBegin(const NodeId &from, const BeginSwitch &request, Reply reply);
    [[nodiscard]] Result<AskSwitchAnswer> onAsk(const AskSwitch &request);
    [[nodiscard]] Result<EndSwitchAnswer> onEnd(const EndSwitch &request);

private:
    // At the node that takes a bucket.
    struct Attempt {
        Id128 id;  // of this try; a new one for each hold
        bool force = false;
        bool isHeld = false;
        Epoch epoch;                  // of the owner
        std::int64_t untilMs = 0;     // steady: it has failed then
        std::int64_t tryUntilMs = 0;  // of this try
        std::uint64_t position = 0;
        std::vector<Done> done;
    };
    // At the owner, while it holds.
    struct Hold {
        Id128 id;
        NodeId to;
        std::uint64_t serial = 0;
    };
    struct Giving {
        std::deque<BucketId> waiting;
        std::size_t open = 0;
        std::size_t given = 0;
        bool isOver = false;
        std::move_only_function<void(std::size_t)> done;
    };

    void take(const BucketId &bucket, bool force, Done done);
    [[nodiscard]] Attempt *attempt(const BucketId &bucket, const Id128 &id);
    void nextTry(const BucketId &bucket, bool hold);
    void begun(const BucketId &bucket, const Id128 &id, const Result<BeginSwitchAnswer> &answer);
    void poll(const BucketId &bucket, const Id128 &id);
    void reached(const BucketId &bucket, const Id128 &id);
    void giveUpHold(const BucketId &bucket, Attempt &attempt);
    void ownerIsAway(const BucketId &bucket, const Id128 &id, const Error &error);
    void finish(const BucketId &bucket, Result<Epoch> outcome);

    void askOutcome(const BucketId &bucket, std::uint64_t serial);
    void release(const BucketId &bucket);
    void giveNext(const std::shared_ptr<Giving> &giving);

    TakeoverCore &m_core;
    TakeoverWatch &m_watch;
    std::map<BucketId, Attempt> m_attempts;
    std::map<BucketId, Hold> m_holds;
    std::uint64_t m_lastSerial = 0;
};

}  // namespace maxiofs::cluster::rules
