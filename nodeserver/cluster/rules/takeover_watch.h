// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cluster/rules/takeover_core.h"

#include <set>

namespace maxiofs::cluster::rules {

// Who has heard an owner, whose copy is the freshest, and the takeover by itself that follows from both. A
// part of Takeover.
class TakeoverWatch {
public:
    explicit TakeoverWatch(TakeoverCore &core) : m_core(core) {}

    void start();
    void tick();

    /// What the reachable members say, and this node.
    struct Heard {
        bool isAlive = false;             // the owner was heard by one of them
        std::vector<Standing> standings;  // of all that know the buckets
    };
    /// Asks the members named, or all. Calls when each has answered or failed.
    void askAll(const NodeId &owner, const std::vector<BucketId> &buckets,
                const std::optional<std::vector<NodeId>> &members, std::int64_t limitMs,
                std::move_only_function<void(Heard)> done);
    /// Not heard by this node for kSilenceMs, in which it was awake.
    [[nodiscard]] bool isSilent(const NodeId &owner) const;

    void freshest(const BucketId &bucket, std::move_only_function<void(std::vector<Standing>)> done);

    [[nodiscard]] AskStandingsAnswer onAsk(const AskStandings &request) const;

private:
    void look(const NodeId &owner, const std::vector<BucketId> &buckets);
    void decide(const NodeId &owner, const std::vector<BucketId> &buckets, const Heard &heard);
    [[nodiscard]] bool mayTakeOver(const BucketId &bucket, const NodeId &owner, bool isAlive) const;

    TakeoverCore &m_core;
    std::int64_t m_awakeSinceMs = 0;  // steady
    std::int64_t m_tickedMs = 0;      //
    std::set<NodeId> m_looking;       // owners about whom others are asked now
};

}  // namespace maxiofs::cluster::rules
