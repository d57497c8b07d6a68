// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cluster/rules/takeover_handover.h"

#include <set>

namespace maxiofs::cluster::rules {

// When removals of a bucket may be forgotten. A part of Takeover.
//
// The owner decides, and tells its replicas: once every copy that there is follows it, and no removal that is
// old enough is unknown to one of them. A node that was away meanwhile would bring back what was deleted, or
// would be the only one to know that it was. So a copy that is away for long keeps removals remembered
// everywhere, until it comes back, or is removed, or its node is.
class TakeoverRemovals {
public:
    TakeoverRemovals(TakeoverCore &core, const TakeoverHandover &handover)
        : m_core(core),
          m_handover(handover)
    {
    }

    /// The destination of a rule of a bucket owned here was told that it is whole.
    void told(const BucketId &bucket, const Id128 &rule, const NodeId &destination);
    void tick();

    using Reply = std::move_only_function<void(Result<TakeoverAnswer>)>;
    void onForget(const NodeId &from, const ForgetRemovals &request, Reply reply);

private:
    struct Known {
        std::uint64_t turn = 0;              // of the bucket: void in another one
        std::map<Id128, NodeId> whole;       // destinations of rules that were told
        std::int64_t forgottenBeforeMs = 0;  // Unix time
        bool isOpen = false;
    };

    [[nodiscard]] Known &known(const BucketId &bucket, std::uint64_t turn);
    [[nodiscard]] bool isSettled(const BucketId &bucket, const TakeoverCore::Bucket &entry);
    void askLeftovers(const BucketId &bucket, const TakeoverCore::Bucket &entry);
    void hasNoCopy(const BucketId &bucket, const Epoch &epoch, const NodeId &node);
    void forget(const BucketId &bucket, std::int64_t beforeMs);
    void forgotten(const BucketId &bucket, std::uint64_t turn, std::int64_t beforeMs,
                   const Result<std::int64_t> &clearedMs);

    TakeoverCore &m_core;
    const TakeoverHandover &m_handover;
    std::map<BucketId, Known> m_known;
    std::int64_t m_againAtMs = 0;  // steady
    std::size_t m_open = 0;
};

}  // namespace maxiofs::cluster::rules
