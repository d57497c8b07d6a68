// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "api/console/passed_call.h"

namespace maxiofs::api::console {

// Passes requests on to other members, signed and with their caller (internal route `console-call`): those
// about a bucket to its owner, those about a node to that node, those of scope All to everyone. On the I/O
// thread of the awaiting coroutine.
class MemberCalls {
public:
    static constexpr std::chrono::seconds kAllLimit{2};     // then a member is named as missing
    static constexpr std::chrono::seconds kOwnerLimit{30};  // deleting a bucket waits for its writes
    static constexpr int kMaxHops = 3;                      // while the owner changes

    /// `context` must outlive it.
    explicit MemberCalls(const Context &context) : m_context(context) {}

    /// What the owner of the bucket that the path names answered, or why it could not be asked; empty where
    /// this node is the owner.
    net::Awaitable<std::optional<Outcome>> askOwner(const Endpoint &endpoint, const Call &call,
                                                    PassedCall passed) const;
    /// Fills `call.others` with the answers of the other members: of all, or of the one that the path names.
    net::Awaitable<void> askOthers(const Endpoint &endpoint, Call &call, PassedCall passed) const;

private:
    net::Awaitable<Result<Outcome>> ask(NodeId member, PassedCall passed,
                                        std::chrono::milliseconds limit) const;
    [[nodiscard]] std::vector<MemberAnswer> whomToAsk(const Endpoint &endpoint, const Call &call) const;

    const Context &m_context;
};

}  // namespace maxiofs::api::console
