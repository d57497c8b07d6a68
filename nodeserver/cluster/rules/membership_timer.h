// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cluster/rules/world.h"

#include <utility>

namespace maxiofs::cluster::rules {

// One timer of a machine: set anew it replaces what was set, and it ends with its owner.
class MembershipTimer {
public:
    explicit MembershipTimer(World &world) : m_world(world) {}
    ~MembershipTimer() { cancel(); }
    MembershipTimer(const MembershipTimer &) = delete;
    MembershipTimer &operator=(const MembershipTimer &) = delete;

    void set(std::int64_t delayMs, std::move_only_function<void()> call)
    {
        cancel();
        m_timer = m_world.after(delayMs, [this, call = std::move(call)]() mutable {
            m_timer.reset();
            // The call may set this timer again, which must not end the call that runs.
            auto running = std::move(call);
            running();
        });
    }
    void cancel()
    {
        if (m_timer)
            m_world.cancel(*std::exchange(m_timer, std::nullopt));
    }
    [[nodiscard]] bool isSet() const { return m_timer.has_value(); }

private:
    World &m_world;
    std::optional<TimerId> m_timer;
};

}  // namespace maxiofs::cluster::rules
