// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cluster/rules/members.h"
#include "cluster/rules/world.h"

#include <deque>
#include <set>

namespace maxiofs::cluster::rules {

// Keeps the records of all members the same: pushes each change to all at once, and every interval compares
// checksums with each member and pulls what differs. A machine: one thread, no world but the one given.
//
// What it promises, and the simulation checks: when all messages arrive again, all members hold the same
// records within two intervals, each the greatest that any member ever held; a tombstone is never undone by
// an older record. A push that is lost costs time, not a change.
class RecordSync {
public:
    static constexpr std::int64_t kPushLimitMs = 1000;
    static constexpr std::int64_t kPullLimitMs = 10'000;
    static constexpr std::int64_t kIntervalMs = 30'000;
    static constexpr std::size_t kPageBytes = 1024 * 1024;
    static constexpr std::size_t kMaxWaiting =
        100'000;  // changes that are not yet pushed; the pull brings the rest
    static constexpr std::int64_t kRefusalMs = 1000;  // how long "nobody knows it" is remembered
    static constexpr std::size_t kMaxRefusals = 10'000;

    RecordSync(World &world, const Members &members, records::RecordStore &store);
    ~RecordSync();
    RecordSync(const RecordSync &) = delete;
    RecordSync &operator=(const RecordSync &) = delete;

    /// Begins comparing; the first time soon, so that a start catches up at once.
    void start();
    void setInterval(std::int64_t intervalMs);

    /// Records that this node changed and has on its disk.
    void changed(const std::vector<records::RecordKey> &keys);
    /// Calls when every healthy member has taken all that changed() was told so far, or after kPushLimitMs.
    void whenSettled(std::move_only_function<void()> call);
    /// Compares with every member now and calls when all differences are here and there: after a join.
    void syncNow(std::move_only_function<void()> call);
    /// Asks all members for what this node does not know: true when it came. One flight at a time for each
    /// name; a refusal is remembered for kRefusalMs and forgotten when the record comes.
    void seek(records::Kind kind, const std::string &name, std::move_only_function<void(bool)> call);

    [[nodiscard]] Result<PushRecordsAnswer> onPush(PushRecords request);
    [[nodiscard]] Result<CompareRecordsAnswer> onCompare(const CompareRecords &request);
    [[nodiscard]] Result<AskDigestsAnswer> onDigests(const AskDigests &request);
    [[nodiscard]] Result<PullRecordsAnswer> onPull(const PullRecords &request);

private:
    struct Member;  // what is being pushed to and pulled from one member
    struct Settling;
    struct Seeking;

    World &m_world;
    const Members &m_members;
    records::RecordStore &m_store;
};

}  // namespace maxiofs::cluster::rules
