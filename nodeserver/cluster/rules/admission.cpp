// SPDX-License-Identifier: GPL-3.0-or-later
#include "cluster/rules/admission.h"

#include "cluster/rules/member_record.h"
#include "cluster/rules/membership.h"

#include <algorithm>
#include <array>

namespace maxiofs::cluster::rules {

namespace {

struct RefusalForm {
    Refusal refusal;
    Error::Code code;
    std::string_view subject;
    std::string_view before;  // of the caller's id in the sentence
    std::string_view after;
};

constexpr std::array kForms{
    RefusalForm{Refusal::Lone, Error::NotFound, "node-lone",
                "This node is in no cluster, so it cannot answer node ",
                ": initialize a cluster on it or let it join one."},
    RefusalForm{Refusal::Joining, Error::Busy, "node-joining",
                "This node is just joining the cluster and cannot answer node ",
                " yet: try again in a second."},
    RefusalForm{
        Refusal::UnknownNode, Error::Unauthenticated, "node-unknown", "The node ",
        " is not a member that this node knows: if it has just joined, this passes within a minute; else "
        "let it join."},
    RefusalForm{Refusal::Removed, Error::Denied, "node-removed", "The node ",
                " was removed from the cluster: it can only join again, as a new node."},
    RefusalForm{
        Refusal::WrongCertificate, Error::Unauthenticated, "node-certificate", "The node ",
        " did not show the certificate that it joined with: if its node certificate was replaced or lost, "
        "remove it and let it join again."},
    RefusalForm{
        Refusal::WrongToken, Error::Unauthenticated, "node-token", "The signature of node ",
        " does not verify with this cluster's token: compare the token fingerprints of both nodes, and "
        "take the token that was shown last."},
};

constexpr char kRefuserBorder = '/';

bool isCertificate(const std::string &shown, const std::string &pinned)
{
    return !shown.empty() && shown == pinned;
}

std::optional<std::string> firstThat(const std::vector<std::string> &keys,
                                     const std::function<bool(const std::string &)> &verifies)
{
    const auto found = std::ranges::find_if(keys, verifies);
    return found == keys.end() ? std::nullopt : std::optional(*found);
}

struct ProofNamer {
    Proof operator()(const JoinOffer &) const { return Proof::Join; }
    Proof operator()(const JoinConfirm &) const { return Proof::Join; }
    Proof operator()(const JoinInvite &) const { return Proof::Invite; }
    Proof operator()(const FetchSecrets &) const { return Proof::Certificate; }
    Proof operator()(const DeliverSecrets &) const { return Proof::Certificate; }
    Proof operator()(const LeaveCluster &) const { return Proof::Certificate; }
    template <typename Other>
    Proof operator()(const Other &) const
    {
        return Proof::Member;
    }
};

}  // namespace

Proof proofOf(const Request &request)
{
    return std::visit(ProofNamer(), request);
}

Error errorOf(Refusal refusal, const NodeId &caller, const NodeId &self)
{
    const auto form = *std::ranges::find(kForms, refusal, &RefusalForm::refusal);
    std::string subject(form.subject);
    if (refusal == Refusal::UnknownNode && !self.isNull())
        subject += kRefuserBorder + self.uuid();
    return {form.code, std::string(form.before) + caller.uuid() + std::string(form.after),
            std::move(subject)};
}

std::optional<Refusal> refusalOf(const Error &error)
{
    const std::string_view subject =
        std::string_view(error.subject).substr(0, error.subject.find(kRefuserBorder));
    const auto *const form = std::ranges::find_if(kForms, [&](const RefusalForm &candidate) {
        return candidate.code == error.code && candidate.subject == subject;
    });
    return form == kForms.end() ? std::nullopt : std::optional(form->refusal);
}

NodeId refuserIn(const Error &refusal)
{
    const auto border = refusal.subject.find(kRefuserBorder);
    if (border == std::string::npos || !refusalOf(refusal))
        return {};
    return NodeId::fromUuid(std::string_view(refusal.subject).substr(border + 1)).value_or(NodeId());
}

Admission::Admission(const MemberState &state, const std::vector<records::Record> &nodes,
                     std::vector<std::string> invitations, std::string inviteToken)
    : m_self(state.self),
      m_isMember(!state.clusterId.empty() && state.secrets.has_value()),
      m_isJoining(state.intent.has_value())
{
    if (!m_isMember) {
        if (!inviteToken.empty())
            m_inviteTokens.push_back(std::move(inviteToken));
        return;
    }
    m_tokens.push_back(state.secrets->token);
    if (!state.secrets->previousToken.empty())
        m_tokens.push_back(state.secrets->previousToken);
    m_joinKeys = m_tokens;
    m_joinKeys.insert(m_joinKeys.end(), invitations.begin(), invitations.end());
    for (const records::Record &record : nodes) {
        if (const auto member = memberOf(record))
            m_certificates.emplace(member->description.id, member->description.certificate);
        else if (const auto removed = removedIn(record))
            m_removed.insert(*removed);
    }
}

std::optional<std::string>
Admission::keyThat(Proof proof, const std::function<bool(const std::string &key)> &verifies) const
{
    switch (proof) {
    case Proof::Member:
    case Proof::Certificate: return firstThat(m_tokens, verifies);
    case Proof::Join: return firstThat(m_joinKeys, verifies);
    case Proof::Invite: return firstThat(m_inviteTokens, verifies);
    }
    return std::nullopt;
}

std::optional<Refusal> Admission::refuse(Proof proof, const Claim &claim) const
{
    if (proof == Proof::Invite)
        return std::nullopt;
    if (!m_isMember)
        return m_isJoining ? Refusal::Joining : Refusal::Lone;
    if (m_removed.contains(claim.node))
        return Refusal::Removed;
    const auto pinned = m_certificates.find(claim.node);
    const bool isMember = pinned != m_certificates.end();
    if (proof == Proof::Join) {
        if (!isCertificate(claim.certificate, claim.stated))
            return Refusal::WrongCertificate;
        const bool isProven = isMember && isCertificate(claim.certificate, pinned->second);
        return isProven || claim.tokenMatches ? std::nullopt : std::optional(Refusal::WrongToken);
    }
    if (!isMember)
        return Refusal::UnknownNode;
    const bool needsCertificate = proof == Proof::Certificate || !claim.certificate.empty();
    if (needsCertificate && !isCertificate(claim.certificate, pinned->second))
        return Refusal::WrongCertificate;
    if (proof == Proof::Member && !claim.tokenMatches)
        return Refusal::WrongToken;
    return std::nullopt;
}

}  // namespace maxiofs::cluster::rules
