// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cluster/rules/members.h"
#include "cluster/rules/world.h"

#include <functional>
#include <map>

namespace maxiofs::cluster::rules {

/// The members in the order in which they register a name: rendezvous hashing, so that a change of members
/// moves as few names as can be.
[[nodiscard]] std::vector<NodeId> registrarsOf(std::string_view name, std::vector<NodeId> members);

// Holds names for kReservationMs at one member, the name's registrar (the next one where it cannot be
// reached), so that two nodes that make the same bucket at once find out before either has it. A machine.
//
// What it cannot do: in a partition both sides have a registrar; the merge of the records settles it.
class Reservations {
public:
    static constexpr std::int64_t kReservationMs = 30'000;
    static constexpr std::int64_t kAskLimitMs = 1000;
    static constexpr std::size_t kMaxHeld = 100'000;

    /// `isTaken` says whether a record already uses the name, as this node knows it.
    Reservations(World &world, const Members &members, std::function<bool(std::string_view)> isTaken);

    /// Reserves for `holder`: calls with success, AlreadyExists when the name is in use, or Busy when another
    /// is just taking it.
    void reserve(const std::string &name, const Id128 &holder, std::move_only_function<void(Status)> call);
    [[nodiscard]] Result<ReserveNameAnswer> onReserve(const ReserveName &request);

private:
    struct Held {
        Id128 holder;
        std::int64_t untilMs = 0;  // steady
    };

    World &m_world;
    const Members &m_members;
    const std::function<bool(std::string_view)> m_isTaken;
    std::map<std::string, Held, std::less<>> m_held;
};

}  // namespace maxiofs::cluster::rules
