// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cluster/rules/messages.h"

#include <functional>

namespace maxiofs::cluster::rules {

using TimerId = std::uint64_t;

// All that a machine may do to the world. The node gives it network, clocks and timers; the simulation a
// seeded world of its own. Machines are called, and call back, on one thread.
class World {
public:
    virtual ~World() = default;

    [[nodiscard]] virtual std::int64_t wallMs() const = 0;    // Unix time; may jump
    [[nodiscard]] virtual std::int64_t steadyMs() const = 0;  // never goes back
    /// The same clock, finer where the world has it: for round trips.
    [[nodiscard]] virtual std::int64_t steadyMicros() const { return steadyMs() * 1000; }
    [[nodiscard]] virtual Id128 randomId() = 0;

    using Answered = std::move_only_function<void(Result<Answer>)>;
    /// Asks a node. `answered` is called once, later: with the answer, the refusal that the other side gave,
    /// TimedOut after `limitMs`, or Closed when it cannot be reached. It is not called any more after a
    /// crash.
    virtual void ask(const Peer &peer, Request request, std::int64_t limitMs, Answered answered) = 0;

    /// Calls once after `delayMs` of steady time.
    virtual TimerId after(std::int64_t delayMs, std::move_only_function<void()> call) = 0;
    virtual void cancel(TimerId timer) = 0;
};

}  // namespace maxiofs::cluster::rules
