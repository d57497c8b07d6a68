// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cluster/rules/membership_core.h"
#include "cluster/rules/membership_timer.h"

namespace maxiofs::cluster::rules {

// Gives this node another member number where it has none, or shares one with a node that joined before it:
// two sides of a partition may have given the same. A part of Membership.
class MembershipNumber {
public:
    explicit MembershipNumber(MembershipCore &core);

    /// After every change of members.
    void membersChanged();

private:
    [[nodiscard]] bool isNeeded() const;
    void reserve();
    void reserved(unsigned number, const Status &granted);

    MembershipCore &m_core;
    std::vector<unsigned> m_refused;
    bool m_isReserving = false;
    MembershipTimer m_retry;
};

}  // namespace maxiofs::cluster::rules
