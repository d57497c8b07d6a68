// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cluster/rules/members.h"
#include "cluster/rules/world.h"

#include <set>

namespace maxiofs::cluster::rules {

// Drops tombstones that nobody needs any more: those older than kKeptMs that every member has. The member of
// the smallest id compares with every member that is known when the comparisons have ended, waits for another
// interval, so that nothing that was sent before is still on its way, and tells all to drop them. A member
// that is away keeps all tombstones alive; one that missed the word gives them back, which costs the work and
// nothing else. A machine.
class Tombstones {
public:
    static constexpr std::int64_t kKeptMs = std::int64_t{30} * 24 * 3600 * 1000;
    static constexpr std::int64_t kIntervalMs = 3600 * 1000;
    static constexpr std::int64_t kWordLimitMs = 10'000;
    static constexpr std::size_t kMost = 1000;  // of a kind in one interval

    /// Told which members a comparison that began after the call has shown to have all that is here.
    using Compared = std::move_only_function<void(const std::set<NodeId> &have)>;
    using CompareAll = std::function<void(Compared)>;

    Tombstones(World &world, const Members &members, records::RecordStore &store, CompareAll compareAll);
    ~Tombstones();
    Tombstones(const Tombstones &) = delete;
    Tombstones &operator=(const Tombstones &) = delete;

    void start();
    /// Another member's word: drops those that are old enough by the own clock too. Those of nodes and of
    /// locations stay for ever.
    [[nodiscard]] Result<PushRecordsAnswer> onWord(std::vector<records::Record> tombstones);

private:
    void agree();
    void dropAgreed();
    [[nodiscard]] std::vector<records::Record> oldOnes();

    World &m_world;
    const Members &m_members;
    records::RecordStore &m_store;
    const CompareAll m_compareAll;
    TimerId m_timer = 0;
    std::vector<records::Record> m_agreed;  // that every member has had since the last interval
};

}  // namespace maxiofs::cluster::rules
