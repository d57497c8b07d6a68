// SPDX-License-Identifier: GPL-3.0-or-later
#include "cluster/rules/membership_number.h"

#include <algorithm>

namespace maxiofs::cluster::rules {

MembershipNumber::MembershipNumber(MembershipCore &core) : m_core(core), m_retry(core.world) {}

bool MembershipNumber::isNeeded() const
{
    const MemberRecord *const self = m_core.find(m_core.self());
    if (!self)
        return false;
    const auto isBefore = [&](const MemberRecord &other) {
        return other.number == self->number && std::pair(other.createdMs, other.description.id) <
                                                   std::pair(self->createdMs, self->description.id);
    };
    return self->number == 0 || std::ranges::any_of(m_core.members(), isBefore);
}

void MembershipNumber::membersChanged()
{
    if (m_isReserving || m_retry.isSet() || !isNeeded())
        return;
    m_refused.clear();
    reserve();
}

void MembershipNumber::reserve()
{
    const unsigned number = freeMemberNumber(m_core.members(), m_refused);
    if (number == 0)
        return;
    m_isReserving = true;
    m_core.hooks.reserve(memberNumberName(number), m_core.self(),
                         [this, number](const Status &granted) { reserved(number, granted); });
}

void MembershipNumber::reserved(unsigned number, const Status &granted)
{
    m_isReserving = false;
    if (!isNeeded())
        return;
    if (granted && m_core.store.addNode(m_core.find(m_core.self())->description, number))
        return m_core.changed();
    if (!granted)
        m_refused.push_back(number);
    m_retry.set(Membership::kRetryMs, [this] {
        if (!m_isReserving && isNeeded())
            reserve();
    });
}

}  // namespace maxiofs::cluster::rules
