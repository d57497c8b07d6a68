// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cluster/rules/messages.h"

#include <functional>
#include <optional>
#include <set>

namespace maxiofs::cluster::rules {

struct MemberState;

// How the caller of an internal route must be proven.
enum class Proof {
    Member,       // signature by the token and, over TLS, the pinned certificate
    Certificate,  // the pinned certificate alone: the token may be what differs
    Join,    // signature by the token or an invitation's secret; the certificate is in the body. A member is
             // also let in by its pinned certificate: its confirm's answer was lost and the token changed
    Invite,  // to a lone node: Membership::onInvite judges the token or the administrator's password
};
[[nodiscard]] Proof proofOf(const Request &request);

// Why a node is not let in. Each travels as an Error with a subject of its own, so that the refused node
// knows what to do: Membership::refusedBy.
enum class Refusal {
    Lone,              // the node asked is in no cluster
    Joining,           // the node asked is joining and does not know the outcome yet
    UnknownNode,       // the caller is no member that the node asked knows of
    Removed,           // the caller was removed: for ever
    WrongCertificate,  // the caller shows another certificate than the pinned one, or none where one is
                       // needed
    WrongToken,        // no key that is good now verifies the signature
};
/// NotFound, Busy, Unauthenticated, Denied, Unauthenticated, Unauthenticated; the subject says which.
/// UnknownNode also tells who refuses, where it is given: a node that left is another one when it joins
/// again.
[[nodiscard]] Error errorOf(Refusal refusal, const NodeId &caller, const NodeId &self = {});
/// The refusal that errorOf() made this error of.
[[nodiscard]] std::optional<Refusal> refusalOf(const Error &error);
/// Who refuses, as the refusal tells; null where it does not.
[[nodiscard]] NodeId refuserIn(const Error &refusal);

// What a request says of its caller, as far as the link has verified it.
struct Claim {
    NodeId node;                // of the signature's headers; for Proof::Join the id in the body
    std::string certificate;    // that TLS showed, SHA-256, 64 lower-case hex; empty: plain, or none shown
    std::string stated;         // Proof::Join: the certificate in the body
    bool tokenMatches = false;  // keyThat() found a key
};

// Says whether a request of another node is let in: the one place where that is decided, for the server and
// the simulation. A value: made anew after each change of the membership (Membership::admission()), may be
// read on any thread.
class Admission {
public:
    /// `invitations`: secrets of invitations that are open. `inviteToken`: a lone node's
    /// MAXIOFS_CLUSTER_TOKEN.
    Admission(const MemberState &state, const std::vector<records::Record> &nodes,
              std::vector<std::string> invitations, std::string inviteToken);

    /// The key with which the signature verifies (`verifies` compares in constant time), among those that are
    /// good for such a proof: the token, in a planned rotation the one before, for Proof::Join open
    /// invitations, for Proof::Invite the lone node's token. Empty: none.
    [[nodiscard]] std::optional<std::string>
    keyThat(Proof proof, const std::function<bool(const std::string &key)> &verifies) const;
    /// Why the request is not let in; empty: it is.
    [[nodiscard]] std::optional<Refusal> refuse(Proof proof, const Claim &claim) const;
    /// This node, for errorOf().
    [[nodiscard]] const NodeId &self() const { return m_self; }

private:
    NodeId m_self;
    bool m_isMember = false;
    bool m_isJoining = false;
    std::vector<std::string> m_tokens;             // good for members: the newest first
    std::vector<std::string> m_joinKeys;           // these and the secrets of open invitations
    std::vector<std::string> m_inviteTokens;       // of a lone node: one or none
    std::map<NodeId, std::string> m_certificates;  // of the other members and this node
    std::set<NodeId> m_removed;
};

}  // namespace maxiofs::cluster::rules
