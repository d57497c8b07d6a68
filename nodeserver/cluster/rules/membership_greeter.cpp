// SPDX-License-Identifier: GPL-3.0-or-later
#include "cluster/rules/membership_greeter.h"

namespace maxiofs::cluster::rules {

MembershipGreeter::MembershipGreeter(MembershipCore &core) : m_core(core) {}

std::vector<std::string> MembershipGreeter::tokens() const
{
    std::vector<std::string> tokens{m_core.secrets().token};
    const auto &former = m_core.secrets().formerTokens;
    tokens.insert(tokens.end(), former.begin(), former.end());
    return tokens;
}

void MembershipGreeter::greet(const Peer &member)
{
    std::erase_if(m_greetings, [this](const auto &entry) { return !m_core.find(entry.first); });
    const MemberRecord *const self = m_core.find(m_core.self());
    Greeting &greeting = m_greetings[member.id];
    if (!self || std::exchange(greeting.isAsking, true))
        return;
    const auto known = tokens();
    const std::string &token = known[greeting.next % known.size()];
    JoinOffer offer;
    offer.self = self->description;
    offer.self.protocol = Membership::kProtocol;
    offer.wallMs = m_core.world.wallMs();
    offer.key = token;
    m_core.ask<JoinOfferAnswer>(
        member, std::move(offer), Membership::kAskLimitMs,
        [this, member, token](Result<JoinOfferAnswer> answer) { offered(member, token, std::move(answer)); });
}

void MembershipGreeter::offered(const Peer &member, const std::string &token, Result<JoinOfferAnswer> answer)
{
    const MemberRecord *const self = m_core.find(m_core.self());
    if (!answer || !self || answer->clusterId != m_core.state().clusterId)
        return ended(member, answer ? Status() : Status(failure(answer.error())));
    JoinConfirm confirm{answer->offer, self->description, token};
    confirm.self.protocol = Membership::kProtocol;
    // What it answers comes with the records; that it knows this node now is all that counts.
    m_core.ask<JoinConfirmAnswer>(member, std::move(confirm), Membership::kAskLimitMs,
                                  [this, member](const Result<JoinConfirmAnswer> &confirmed) {
                                      ended(member,
                                            confirmed ? Status() : Status(failure(confirmed.error())));
                                  });
}

void MembershipGreeter::ended(const Peer &member, const Status &outcome)
{
    Greeting &greeting = m_greetings[member.id];
    greeting.isAsking = false;
    if (!outcome && refusalOf(outcome.error()) == Refusal::WrongToken)
        ++greeting.next;
}

}  // namespace maxiofs::cluster::rules
