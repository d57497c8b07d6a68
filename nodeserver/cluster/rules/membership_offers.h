// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cluster/rules/membership_core.h"

namespace maxiofs::cluster::rules {

// The member's side of a join: offers in memory, the confirm that writes the joiner down under a number of
// its own, and invitations of lone nodes. A part of Membership.
//
// What a confirm is refused for good with (kOfferSubject, kFullSubject, Refusal::Removed) holds for ever: the
// offer is gone, so that no copy of that confirm that still is on its way can come through.
class MembershipOffers {
public:
    /// `remove` removes a member whose node joins again under a new id.
    MembershipOffers(MembershipCore &core, std::function<Status(const NodeId &)> remove);

    [[nodiscard]] Result<JoinOfferAnswer> onOffer(const JoinOffer &request);
    void onConfirm(const JoinConfirm &request, std::move_only_function<void(Result<JoinConfirmAnswer>)> done);
    void invite(Membership::InviteWish wish, std::move_only_function<void(Result<NodeId>)> done);
    /// Secrets of invitations that are open.
    [[nodiscard]] std::vector<std::string> invitations() const;
    /// A lone node has neither offers nor invitations.
    void clear();

private:
    struct Offer {
        NodeDescription self;
        std::int64_t untilMs = 0;  // steady
        std::string key;           // of the confirm
        bool isReserving = false;
        std::vector<unsigned> refusedNumbers;
        std::vector<std::move_only_function<void(Result<JoinConfirmAnswer>)>> waiting;
    };

    void forgetOld();
    [[nodiscard]] Status mayJoin(const NodeDescription &node) const;
    [[nodiscard]] bool isKeyGood(const std::string &key) const;
    [[nodiscard]] JoinConfirmAnswer welcome() const;
    void reserveNumber(const Id128 &offer);
    void reserved(const Id128 &offer, unsigned number, const Status &granted);
    [[nodiscard]] Status admit(const Offer &offer, unsigned number);
    void answer(const Id128 &offer, const Status &admitted);
    void endInvitation(const std::string &secret);

    MembershipCore &m_core;
    const std::function<Status(const NodeId &)> m_remove;
    std::map<Id128, Offer> m_offers;
    std::map<std::string, std::int64_t> m_invitations;  // secret, until (steady)
};

}  // namespace maxiofs::cluster::rules
