// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cluster/rules/membership_core.h"

namespace maxiofs::cluster::rules {

// Makes this member known to one that has never heard of it: who vouched for it left, or was removed, before
// the other came back. It joins through that one again, under its id, with a token that the other still has:
// whoever holds that may join there anyway. A part of Membership.
class MembershipGreeter {
public:
    explicit MembershipGreeter(MembershipCore &core);

    /// The member refused this node as UnknownNode.
    void greet(const Peer &member);

private:
    struct Greeting {
        std::size_t next = 0;  // of the tokens, the newest first
        bool isAsking = false;
    };

    void offered(const Peer &member, const std::string &token, Result<JoinOfferAnswer> answer);
    void ended(const Peer &member, const Status &outcome);
    [[nodiscard]] std::vector<std::string> tokens() const;

    MembershipCore &m_core;
    std::map<NodeId, Greeting> m_greetings;
};

}  // namespace maxiofs::cluster::rules
