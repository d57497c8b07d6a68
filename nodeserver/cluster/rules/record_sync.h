// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cluster/rules/comparison.h"
#include "cluster/rules/members.h"
#include "cluster/rules/seeker.h"
#include "cluster/rules/tombstones.h"

#include <deque>
#include <list>
#include <set>

namespace maxiofs::cluster::rules {

// Keeps the records of all members the same: pushes each change to all at once, and every interval compares
// checksums with each member, pulls what it has newer and pushes what it lacks. A machine: one thread, no
// world but the one given.
//
// What it promises, and the simulation checks: when all messages arrive again, all members hold the same
// records within two intervals, each the greatest that any member ever held; a tombstone is never undone by
// an older record, however long a member was away. A push that is lost costs time, not a change.
class RecordSync {
public:
    static constexpr std::int64_t kPushLimitMs = 1000;
    static constexpr std::int64_t kPullLimitMs = 10'000;
    static constexpr std::int64_t kIntervalMs = 30'000;
    static constexpr std::int64_t kRetryMs = 1000;  // of a comparison that failed; doubles up to the interval
    static constexpr std::size_t kPageBytes = 1024 * 1024;
    static constexpr std::size_t kMaxPush = 1000;        // changes that are sent together
    static constexpr std::size_t kMaxWaiting = 100'000;  // not yet pushed; a comparison brings the rest

    RecordSync(World &world, const Members &members, records::RecordStore &store);
    ~RecordSync();
    RecordSync(const RecordSync &) = delete;
    RecordSync &operator=(const RecordSync &) = delete;

    /// Begins comparing; the first time at once, so that a start catches up.
    void start();
    /// From the next comparison on.
    void setInterval(std::int64_t intervalMs);
    /// A member answers again: catches up with it now if a push or a comparison had failed.
    void reached(const NodeId &member);

    /// Records that this node changed and has on its disk.
    void changed(const std::vector<records::RecordKey> &keys);
    /// Calls when every healthy member has taken all that changed() was told so far, or after kPushLimitMs.
    /// At once, from inside, where there is nothing to wait for.
    void whenSettled(std::move_only_function<void()> call);
    /// Compares with every member now and calls when all that can be reached have been, and all differences
    /// are here and there: after a join, and before a node that was away serves. At once for a lone node.
    void syncNow(std::move_only_function<void()> call);
    /// Asks all members for what this node does not know: true when it came. One flight at a time for each
    /// name; a refusal is remembered for a second and forgotten when a record of the kind comes.
    void seek(records::Kind kind, const std::string &name, std::move_only_function<void(bool)> call);

    [[nodiscard]] Result<PushRecordsAnswer> onPush(PushRecords request);
    [[nodiscard]] Result<CompareRecordsAnswer> onCompare(const CompareRecords &request);
    [[nodiscard]] Result<AskDigestsAnswer> onDigests(const AskDigests &request);
    [[nodiscard]] Result<PullRecordsAnswer> onPull(const PullRecords &request);

private:
    // A change that waits to be pushed; numbers follow each other without a gap.
    struct Entry {
        std::uint64_t number = 0;
        records::RecordKey key;
    };
    struct Member;
    struct Settling {
        std::uint64_t number = 0;  // of the last change it waits for
        std::move_only_function<void()> call;
        TimerId timer = 0;
    };
    // Comparisons of one syncNow() or before tombstones are dropped.
    struct Round {
        std::set<NodeId> members;  // whose comparison has ended well
        std::size_t open = 0;
        Tombstones::Compared call;
    };

    void refreshMembers();
    void compareAll();
    void compareAllNow(Tombstones::Compared call);
    void compare(Member &member);
    void compared(const NodeId &id, std::uint64_t serial, bool complete);
    void retryLater(Member &member);
    [[nodiscard]] Member *find(const NodeId &id, std::uint64_t serial);

    void pump(Member &member);
    void sendWindow(Member &member);
    void pushed(const NodeId &id, std::uint64_t serial, bool taken);
    void trimChanges();
    void tellSettled();
    [[nodiscard]] bool isSettled(std::uint64_t number) const;

    void applied(const std::vector<records::RecordKey> &keys);

    World &m_world;
    const Members &m_members;
    records::RecordStore &m_store;
    std::int64_t m_intervalMs = kIntervalMs;
    bool m_started = false;
    TimerId m_timer = 0;

    std::map<NodeId, std::unique_ptr<Member>> m_known;
    std::uint64_t m_lastSerial = 0;
    std::deque<Entry> m_changes;     // that a member has not been sent yet
    std::uint64_t m_lastChange = 1;  // its number; the first change is 2
    std::list<Settling> m_settling;

    Seeker m_seeker;
    Tombstones m_tombstones;
};

}  // namespace maxiofs::cluster::rules
