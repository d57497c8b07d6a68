// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cluster/rules/takeover_core.h"

namespace maxiofs::cluster::rules {

// How a copy of an older epoch gives the owner what that lacks, and what the owner does with it. A part of
// Takeover.
//
// The copy takes nothing from the new owner before it is done, since what comes could replace what has not
// been handed over. Every step may be repeated: it begins again after an error, and from the first page after
// a restart or when the bucket has yet another owner.
class TakeoverHandover {
public:
    explicit TakeoverHandover(TakeoverCore &core) : m_core(core) {}

    /// After every change of a bucket's role or owner.
    void turned(const BucketId &bucket);
    /// Goes on with those that wait.
    void tick();

    [[nodiscard]] std::vector<NodeId> awaited(const BucketId &bucket) const;
    /// Whether somebody is just handing over to this node, or what was handed over is being written.
    [[nodiscard]] bool isTaking(const BucketId &bucket) const;

    using Reply = std::move_only_function<void(Result<TakeoverAnswer>)>;
    [[nodiscard]] Result<OfferCopyAnswer> onOffer(const NodeId &from, const OfferCopy &request);
    void onHandOver(const NodeId &from, HandOver request, Reply reply);
    [[nodiscard]] Result<EndHandOverAnswer> onEnd(const NodeId &from, const EndHandOver &request);

private:
    struct Run {
        std::uint64_t turn = 0;  // of the bucket, for which it runs
        Epoch epoch;             // of the owner that gets it
        HandedPart part;
        bool isForeign = false;
        Id128 offer;
        std::string next;
        std::int64_t againAtMs = 0;  // steady; waits until then
        bool isOpen = false;         // an answer is awaited
    };

    [[nodiscard]] Run *current(const BucketId &bucket, std::uint64_t turn);
    void begin(const BucketId &bucket, Run &run);
    [[nodiscard]] static HandedPart partFor(const OfferCopyAnswer &answer, const CopyState &copy);
    void sendPage(const BucketId &bucket, Run &run);
    void end(const BucketId &bucket, Run &run);
    void finished(const BucketId &bucket, const Epoch &epoch);
    void again(Run &run);
    void taken(const BucketId &bucket, const NodeId &from);
    [[nodiscard]] Status checkOwner(const BucketId &bucket, const Epoch &epoch) const;

    // Of a copy, to this node.
    struct Offer {
        Id128 id;
        bool wasOwner = false;  // awaited also where it came by itself, unknown to a claim
        std::int64_t heardMs = 0;
    };

    TakeoverCore &m_core;
    std::map<BucketId, Run> m_runs;
    std::map<std::pair<BucketId, NodeId>, Offer> m_offers;
    std::map<BucketId, std::size_t> m_takes;  // that are being written
};

}  // namespace maxiofs::cluster::rules
