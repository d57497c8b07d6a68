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
// What it cannot do: in a partition both sides have a registrar, and one that restarts has forgotten; the
// merge of the records settles it.
class Reservations {
public:
    static constexpr std::int64_t kReservationMs = 30'000;
    static constexpr std::int64_t kAskLimitMs = 1000;  // for each member that is asked
    static constexpr std::size_t kMaxHeld = 100'000;

    /// As this node knows it: `isTaken` says whether a record uses the name, `isGone` whether the record that
    /// it was reserved for was there and uses it no more (its tombstone counts): the name is free again then.
    /// A record that has just come is neither, while what `isTaken` looks at does not know it yet.
    Reservations(World &world, const Members &members, std::function<bool(std::string_view name)> isTaken,
                 std::function<bool(std::string_view name, const Id128 &holder)> isGone);

    /// Reserves for `holder`: calls with success, AlreadyExists when the name is in use, or Busy when another
    /// is just taking it. At once, from inside, where this node is the registrar.
    void reserve(const std::string &name, const Id128 &holder, std::move_only_function<void(Status)> call);
    [[nodiscard]] Result<ReserveNameAnswer> onReserve(const ReserveName &request);

private:
    struct Held {
        Id128 holder;
        std::int64_t untilMs = 0;  // steady
    };
    struct Wish {
        ReserveName request;
        std::vector<NodeId> registrars;  // still to be asked, the last first
        std::move_only_function<void(Status)> call;
    };

    void askNext(Wish wish);
    void dropExpired();

    World &m_world;
    const Members &m_members;
    const std::function<bool(std::string_view)> m_isTaken;
    const std::function<bool(std::string_view, const Id128 &)> m_isGone;
    std::map<std::string, Held, std::less<>> m_held;
};

}  // namespace maxiofs::cluster::rules
