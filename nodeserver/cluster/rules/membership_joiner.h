// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cluster/rules/membership_core.h"
#include "cluster/rules/membership_timer.h"

namespace maxiofs::cluster::rules {

// The joining side of a join: offer, check, write the intent down, confirm until the outcome is known. Always
// asks the one member that took the offer: only it knows whether the confirm came through. A part of
// Membership.
class MembershipJoiner {
public:
    explicit MembershipJoiner(MembershipCore &core);
    ~MembershipJoiner();

    /// Takes up the intent that a crash left.
    void start();
    void join(Membership::JoinWish wish, Membership::JoinDone done);
    void onInvite(const JoinInvite &request, std::move_only_function<void(Result<JoinInviteAnswer>)> done);
    [[nodiscard]] bool isBusy() const { return m_attempt != nullptr || m_core.state().intent; }
    /// The error of what cannot be done during a join.
    [[nodiscard]] Error busy() const;
    /// Forgets the join that goes on.
    [[nodiscard]] Status giveUp();

private:
    struct Attempt;

    void offer();
    void offered(std::int64_t askedMs, Result<JoinOfferAnswer> answer);
    [[nodiscard]] Status check(std::int64_t askedMs, const JoinOfferAnswer &answer) const;
    void confirm();
    void confirmed(Result<JoinConfirmAnswer> answer);
    void retry();
    void finish(Result<Membership::Joined> outcome);
    void tell(Result<Membership::Joined> outcome);
    void acceptInvite(const JoinInvite &request, const std::string &key,
                      std::move_only_function<void(Result<JoinInviteAnswer>)> done);

    MembershipCore &m_core;
    std::unique_ptr<Attempt> m_attempt;  // empty: nothing goes on
    std::uint64_t m_number = 0;          // of the attempt: answers to an earlier one count no more
    MembershipTimer m_retry;
    MembershipTimer m_patience;
};

}  // namespace maxiofs::cluster::rules
