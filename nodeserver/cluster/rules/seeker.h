// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cluster/rules/members.h"
#include "cluster/rules/world.h"

#include <deque>

namespace maxiofs::cluster::rules {

// Asks all members for what this node does not know, so that a bucket, user or access key made elsewhere an
// instant ago is found here: one flight at a time for a name, refusals remembered for a short while. A
// machine.
class Seeker {
public:
    static constexpr std::int64_t kLimitMs = 1000;
    static constexpr std::int64_t kRefusalMs = 1000;  // how long "nobody knows it" is remembered
    static constexpr std::size_t kMaxRefusals = 10'000;
    static constexpr std::size_t kMaxFlights = 1000;  // further names are refused at once

    using Applied = std::function<void(const std::vector<records::RecordKey> &)>;

    /// `applied` is told what came from members.
    Seeker(World &world, const Members &members, records::RecordStore &store, Applied applied);

    /// Calls with whether it came; at once where that is known.
    void seek(records::Kind kind, const std::string &name, std::move_only_function<void(bool)> call);
    /// Records came or were made here: what was refused may be known now.
    void recordsCame(const std::vector<records::RecordKey> &keys);

private:
    using Name = std::pair<records::Kind, std::string>;
    struct Flight {
        std::size_t open = 0;  // answers that are still to come
        std::vector<std::move_only_function<void(bool)>> calls;
    };

    [[nodiscard]] bool isRefused(const Name &name);
    void answered(const Name &name, Result<Answer> answer);
    void land(const Name &name, bool came);

    World &m_world;
    const Members &m_members;
    records::RecordStore &m_store;
    const Applied m_applied;
    std::map<Name, Flight> m_flights;
    std::map<Name, std::int64_t> m_refusedUntil;           // steady
    std::deque<std::pair<std::int64_t, Name>> m_refusals;  // the oldest first
};

}  // namespace maxiofs::cluster::rules
