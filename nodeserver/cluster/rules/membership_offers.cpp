// SPDX-License-Identifier: GPL-3.0-or-later
#include "cluster/rules/membership_offers.h"

#include "crypto/constant_time.h"

#include <algorithm>

namespace maxiofs::cluster::rules {

namespace {

constexpr std::size_t kMaxNumberTries = 16;  // numbers that others are just taking
constexpr std::size_t kMaxWaiting = 8;       // copies of one confirm

bool isFinal(const Error &error)
{
    return refusalOf(error) == Refusal::Removed || error.subject == kOfferSubject ||
           error.subject == kFullSubject;
}

}  // namespace

MembershipOffers::MembershipOffers(MembershipCore &core, std::function<Status(const NodeId &)> remove)
    : m_core(core),
      m_remove(std::move(remove))
{
}

void MembershipOffers::clear()
{
    m_offers.clear();
    m_invitations.clear();
}

void MembershipOffers::forgetOld()
{
    const std::int64_t nowMs = m_core.world.steadyMs();
    std::erase_if(m_offers, [&](const auto &entry) {
        return entry.second.untilMs <= nowMs && !entry.second.isReserving;
    });
}

std::vector<std::string> MembershipOffers::invitations() const
{
    std::vector<std::string> secrets;
    secrets.reserve(m_invitations.size());
    for (const auto &[secret, untilMs] : m_invitations)
        secrets.push_back(secret);
    return secrets;
}

bool MembershipOffers::isKeyGood(const std::string &key) const
{
    const ClusterSecrets &secrets = m_core.secrets();
    const auto is = [&](const std::string &good) {
        return !good.empty() && crypto::equalConstantTime(good, key);
    };
    const auto invitation = m_invitations.find(key);
    return is(secrets.token) || is(secrets.previousToken) ||
           (invitation != m_invitations.end() && invitation->second > m_core.world.steadyMs());
}

Status MembershipOffers::mayJoin(const NodeDescription &node) const
{
    if (m_core.isRemoved(node.id))
        return failure(errorOf(Refusal::Removed, node.id));
    const MemberRecord *const known = m_core.find(node.id);
    if (known && known->description.certificate != node.certificate)
        return failure(errorOf(Refusal::WrongCertificate, node.id));
    if (!known && m_core.members().size() >= Membership::kMaxMembers)
        return failure(Error::Denied,
                       "The cluster is full: it has " + std::to_string(Membership::kMaxMembers) +
                           " members. Remove one that is no longer needed.",
                       std::string(kFullSubject));
    return {};
}

Result<JoinOfferAnswer> MembershipOffers::onOffer(const JoinOffer &request)
{
    const NodeDescription &joiner = request.self;
    if (!m_core.isMember())
        return failure(errorOf(Refusal::Lone, joiner.id));
    const std::int64_t nowMs = m_core.world.wallMs();
    TRY_STATUS(checkClocks(nowMs, request.wallMs, nowMs, "node " + joiner.name));
    if (joiner.protocol.highest < Membership::kProtocol.lowest ||
        joiner.protocol.lowest > Membership::kProtocol.highest)
        return failure(Error::Unsupported,
                       "The node " + joiner.name + " speaks format " + formatsOf(joiner.protocol) +
                           ", this cluster " + formatsOf(Membership::kProtocol) +
                           ": install the same version on both.",
                       "protocol");
    if (joiner.id.isNull() || joiner.endpoint.empty() || joiner.certificate.empty())
        return failure(Error::InvalidArgument,
                       "A node that joins tells its id, its address (--advertise URL) and its certificate.",
                       "endpoint");
    TRY_STATUS(mayJoin(joiner));
    if (!isKeyGood(request.key) && !m_core.find(joiner.id))
        return failure(errorOf(Refusal::WrongToken, joiner.id));
    forgetOld();
    std::erase_if(m_offers, [&](const auto &entry) {
        return entry.second.self.id == joiner.id && !entry.second.isReserving;
    });
    if (m_offers.size() >= Membership::kMaxOffers)
        return failure(Error::Busy, "Too many nodes are joining at once: try again in a minute.", "offers");

    JoinOfferAnswer answer;
    answer.offer = m_core.world.randomId();
    answer.clusterId = m_core.state().clusterId;
    if (const MemberRecord *const self = m_core.find(m_core.self()))
        answer.member = self->description;
    answer.member.protocol = Membership::kProtocol;
    for (const std::string &name : request.userNames)
        if (m_core.store.isUserName(name))
            answer.userClashes.push_back(name);
    for (const std::string &name : request.bucketNames)
        if (m_core.store.isBucketName(name))
            answer.bucketClashes.push_back(name);
    for (const std::string &name : request.tenantNames)
        if (m_core.store.isTenantName(name))
            answer.tenantClashes.push_back(name);
    answer.protocol = std::min(joiner.protocol.highest, Membership::kProtocol.highest);
    answer.wallMs = nowMs;
    Offer offer;
    offer.self = joiner;
    offer.untilMs = m_core.world.steadyMs() + Membership::kOfferMs;
    m_offers.emplace(answer.offer, std::move(offer));
    return answer;
}

JoinConfirmAnswer MembershipOffers::welcome() const
{
    JoinConfirmAnswer answer;
    answer.clusterId = m_core.state().clusterId;
    answer.secrets = m_core.secrets();
    for (const records::Record &record : m_core.nodes())
        answer.nodes.push_back(record.clone());
    return answer;
}

void MembershipOffers::onConfirm(const JoinConfirm &request,
                                 std::move_only_function<void(Result<JoinConfirmAnswer>)> done)
{
    const NodeDescription &joiner = request.self;
    if (!m_core.isMember())
        return done(failure(errorOf(Refusal::Lone, joiner.id)));
    forgetOld();
    const auto found = m_offers.find(request.offer);
    const bool isOpen = found != m_offers.end() && found->second.self.id == joiner.id &&
                        found->second.self.certificate == joiner.certificate;
    if (auto may = mayJoin(joiner); !may) {
        if (isOpen && isFinal(may.error()))
            answer(request.offer, may);
        return done(failure(std::move(may).error()));
    }
    if (m_core.find(joiner.id))
        return done(welcome());
    if (!isOpen)
        return done(failure(Error::NotFound,
                            "The offer has expired (after " + std::to_string(Membership::kOfferMs / 1000) +
                                " s) or the member was restarted: join again.",
                            std::string(kOfferSubject)));
    Offer &offer = found->second;
    if (!offer.isReserving && !isKeyGood(request.key)) {
        m_offers.erase(found);
        return done(failure(errorOf(Refusal::WrongToken, joiner.id)));
    }
    offer.key = request.key;
    if (offer.waiting.size() >= kMaxWaiting)
        return done(failure(Error::Busy, "The join is being worked on: ask again.", "join"));
    offer.waiting.push_back(std::move(done));
    if (!std::exchange(offer.isReserving, true))
        reserveNumber(request.offer);
}

void MembershipOffers::reserveNumber(const Id128 &offer)
{
    const auto found = m_offers.find(offer);
    if (found == m_offers.end())
        return;
    Offer &open = found->second;
    const unsigned number = freeMemberNumber(m_core.members(), open.refusedNumbers);
    if (number == 0 || open.refusedNumbers.size() >= kMaxNumberTries) {
        open.refusedNumbers.clear();
        return answer(offer, failure(Error::Busy, "Many nodes are joining at once: ask again.", "join"));
    }
    m_core.hooks.reserve(memberNumberName(number), open.self.id,
                         [this, offer, number](const Status &granted) { reserved(offer, number, granted); });
}

void MembershipOffers::reserved(const Id128 &offer, unsigned number, const Status &granted)
{
    const auto found = m_offers.find(offer);
    if (found == m_offers.end())
        return;
    if (granted)
        return answer(offer, admit(found->second, number));
    if (granted.error().code != Error::AlreadyExists && granted.error().code != Error::Busy)
        return answer(offer, failure(Error::Busy,
                                     "No member number can be had now: " + granted.error().message, "join"));
    found->second.refusedNumbers.push_back(number);
    reserveNumber(offer);
}

// The world may have changed while the number was being reserved.
Status MembershipOffers::admit(const Offer &offer, unsigned number)
{
    const NodeDescription &node = offer.self;
    if (!m_core.isMember())
        return failure(errorOf(Refusal::Lone, node.id));
    TRY_STATUS(mayJoin(node));
    if (m_core.find(node.id))
        return {};
    // The same node under the id that it had before: it left when nobody could be reached.
    for (const MemberRecord &member : std::vector<MemberRecord>(m_core.members()))
        if (member.description.certificate == node.certificate && member.description.id != m_core.self())
            TRY_STATUS(m_remove(member.description.id));
    TRY_STATUS(m_core.store.addNode(node, number));
    m_invitations.erase(offer.key);
    m_core.changed();
    return {};
}

void MembershipOffers::answer(const Id128 &offer, const Status &admitted)
{
    const auto found = m_offers.find(offer);
    if (found == m_offers.end())
        return;
    auto waiting = std::exchange(found->second.waiting, {});
    found->second.isReserving = false;
    if (admitted || isFinal(admitted.error()))
        m_offers.erase(found);
    for (auto &done : waiting) {
        if (admitted)
            done(welcome());
        else
            done(failure(admitted.error()));
    }
}

void MembershipOffers::endInvitation(const std::string &secret)
{
    if (m_invitations.erase(secret) > 0)
        m_core.changed();
}

void MembershipOffers::invite(Membership::InviteWish wish, std::move_only_function<void(Result<NodeId>)> done)
{
    if (!m_core.isMember())
        return done(failure(inNoCluster()));
    const MemberRecord *const self = m_core.find(m_core.self());
    JoinInvite invite = std::move(wish.invite);
    if (self && invite.endpoint.empty())
        invite.endpoint = self->description.endpoint;
    if (self && invite.certificate.empty())
        invite.certificate = self->description.certificate;
    const std::int64_t nowMs = m_core.world.steadyMs();
    std::erase_if(m_invitations, [&](const auto &entry) { return entry.second <= nowMs; });
    if (invite.username.empty() && !isKeyGood(invite.key))
        return done(
            failure(Error::Unauthenticated,
                    "The token is not this cluster's: take the one that was shown last, and compare its "
                    "fingerprint with the cluster's.",
                    "token"));
    if (m_invitations.size() >= Membership::kMaxOffers)
        return done(failure(Error::Busy, "Too many nodes are being invited at once: try again in a minute.",
                            "invitations"));
    if (!invite.username.empty()) {
        invite.secret = m_core.newSecret();
        m_invitations.emplace(invite.secret, nowMs + Membership::kInvitationMs);
        m_core.changed();
    }
    const std::string endpoint = wish.node.endpoint;
    m_core.ask<JoinInviteAnswer>(
        wish.node, invite, Membership::kInviteLimitMs,
        [this, endpoint, secret = invite.secret,
         done = std::move(done)](Result<JoinInviteAnswer> answer) mutable {
            if (answer) {
                endInvitation(secret);
                return done(answer->id);
            }
            const Error &error = answer.error();
            if (error.code == Error::TimedOut)
                return done(failure(Error::TimedOut,
                                    "Whether the node at " + endpoint +
                                        " has joined is not known yet: look at the list of nodes later. " +
                                        error.message,
                                    "join"));
            endInvitation(secret);
            if (error.code == Error::Closed)
                return done(
                    failure(Error::Closed,
                            "The node at " + endpoint + " cannot be reached: " + error.message +
                                " Check the address, that the node runs, and that no firewall is between.",
                            "member"));
            done(failure(error));
        });
}

}  // namespace maxiofs::cluster::rules
