// SPDX-License-Identifier: GPL-3.0-or-later
#include "cluster/rules/membership_joiner.h"

#include "crypto/constant_time.h"

#include <memory>

namespace maxiofs::cluster::rules {

namespace {

Error withEndpoint(const Error &error, const std::string &endpoint)
{
    switch (error.code) {
    case Error::Closed:
    case Error::TimedOut:
        return {error.code,
                "The node at " + endpoint + " cannot be reached: " + error.message +
                    " Check the address, that the node runs, and that no firewall is between.",
                "member"};
    default: break;
    }
    const auto refusal = refusalOf(error);
    if (refusal == Refusal::Lone)
        return {error.code,
                "The node at " + endpoint +
                    " is in no cluster: initialize one there, or give the address of a member.",
                error.subject};
    if (refusal == Refusal::Joining)
        return {error.code,
                "The node at " + endpoint + " is just joining a cluster itself: try again in a minute.",
                error.subject};
    if (refusal == Refusal::WrongToken)
        return {error.code,
                "The token is not that of the cluster of " + endpoint +
                    ": take the one that was shown last, and compare its fingerprint with the cluster's.",
                error.subject};
    return error;
}

// Whether the member that took the offer says that this confirm never made, and never will make, this node a
// member. Anything else may be told of a join that came through.
bool isFinal(const Error &error)
{
    switch (refusalOf(error).value_or(Refusal::Joining)) {
    case Refusal::Lone:
    case Refusal::Removed:
    case Refusal::WrongToken: return true;
    case Refusal::Joining:
    case Refusal::UnknownNode:
    case Refusal::WrongCertificate: break;
    }
    return (error.code == Error::NotFound && error.subject == kOfferSubject) ||
           (error.code == Error::Denied && error.subject == kFullSubject);
}

}  // namespace

struct MembershipJoiner::Attempt {
    Membership::JoinWish wish;
    Membership::JoinDone done;  // empty: told, or nobody waits
    bool hasNewId = false;
    std::optional<JoinIntent> intent;  // once the offer was accepted
};

MembershipJoiner::MembershipJoiner(MembershipCore &core)
    : m_core(core),
      m_retry(core.world),
      m_patience(core.world)
{
}

MembershipJoiner::~MembershipJoiner() = default;

void MembershipJoiner::start()
{
    if (!m_core.state().intent)
        return;
    if (m_core.isMember()) {
        (void)m_core.store.saveIntent(std::nullopt);  // harmless where it stays
        return;
    }
    m_attempt = std::make_unique<Attempt>();
    m_attempt->intent = m_core.state().intent;
    ++m_number;
    confirm();
}

Error MembershipJoiner::busy() const
{
    const auto &intent = m_core.state().intent;
    const std::string member = intent      ? intent->member.endpoint
                               : m_attempt ? m_attempt->wish.member.endpoint
                                           : std::string();
    return {Error::Busy,
            "This node is joining a cluster through " + member +
                ": that goes on until its outcome is known. To give it up, leave with force.",
            "join"};
}

void MembershipJoiner::join(Membership::JoinWish wish, Membership::JoinDone done)
{
    if (m_core.isMember())
        return done(failure(Error::AlreadyExists,
                            "This node is in a cluster already: leave it first to join another.", "cluster"));
    if (isBusy())
        return done(failure(busy()));
    if (wish.self.endpoint.empty())
        return done(failure(
            Error::InvalidArgument,
            "This node has no address that others reach it by: start it with --advertise URL.", "endpoint"));
    m_attempt = std::make_unique<Attempt>();
    m_attempt->wish = std::move(wish);
    m_attempt->done = std::move(done);
    m_attempt->wish.self.protocol = Membership::kProtocol;
    m_attempt->hasNewId = m_core.state().wasMember;
    m_attempt->wish.self.id = m_attempt->hasNewId ? NodeId(m_core.world.randomId()) : m_core.self();
    ++m_number;
    m_patience.set(Membership::kPatienceMs, [this] {
        if (m_attempt && m_attempt->intent)
            tell(failure(
                Error::TimedOut,
                "The outcome of the join through " + m_attempt->intent->member.endpoint +
                    " is not known yet, since that node does not answer. The join goes on by itself: look at "
                    "the list of nodes later, or leave with force to give it up.",
                "join"));
    });
    offer();
}

void MembershipJoiner::offer()
{
    JoinOffer request;
    request.self = m_attempt->wish.self;
    request.userNames = m_core.store.ownUserNames();
    request.bucketNames = m_core.store.ownBucketNames();
    request.tenantNames = m_core.store.ownTenantNames();
    request.wallMs = m_core.world.wallMs();
    request.key = m_attempt->wish.token;
    m_core.ask<JoinOfferAnswer>(m_attempt->wish.member, std::move(request), Membership::kAskLimitMs,
                                [this, number = m_number, askedMs = m_core.world.wallMs()](auto answer) {
                                    if (m_attempt && number == m_number)
                                        offered(askedMs, std::move(answer));
                                });
}

void MembershipJoiner::offered(std::int64_t askedMs, Result<JoinOfferAnswer> answer)
{
    const std::string endpoint = m_attempt->wish.member.endpoint;
    if (!answer) {
        // It was removed, or given up, without ever knowing that it was a member.
        if (refusalOf(answer.error()) == Refusal::Removed && !m_attempt->hasNewId) {
            m_attempt->hasNewId = true;
            m_attempt->wish.self.id = m_core.world.randomId();
            return offer();
        }
        return finish(failure(withEndpoint(answer.error(), endpoint)));
    }
    if (auto agreed = check(askedMs, *answer); !agreed)
        return finish(failure(std::move(agreed).error()));
    JoinIntent intent;
    intent.member = {answer->member.id, endpoint, answer->member.certificate};
    intent.offer = *std::move(answer);
    intent.self = m_attempt->wish.self;
    intent.key = m_attempt->wish.token;
    if (auto saved = m_core.store.saveIntent(intent); !saved)
        return finish(failure(std::move(saved).error()));
    m_attempt->intent = std::move(intent);
    m_core.changed();
    confirm();
}

Status MembershipJoiner::check(std::int64_t askedMs, const JoinOfferAnswer &answer) const
{
    const std::string &endpoint = m_attempt->wish.member.endpoint;
    TRY_STATUS(checkClocks(askedMs, answer.wallMs, m_core.world.wallMs(), "the node at " + endpoint));
    if (answer.protocol < Membership::kProtocol.lowest || answer.protocol > Membership::kProtocol.highest)
        return failure(Error::Unsupported,
                       "The cluster of " + endpoint + " speaks format " + std::to_string(answer.protocol) +
                           ", this node " + formatsOf(Membership::kProtocol) +
                           ": install the same version on both.",
                       "protocol");
    std::vector<std::string> names;
    std::string taken;
    const auto add = [&](std::string_view what, const std::vector<std::string> &clashes) {
        names.insert(names.end(), clashes.begin(), clashes.end());
        if (!clashes.empty())
            taken += (taken.empty() ? "" : "; ") + std::string(what) + ' ' + listOf(clashes);
    };
    add("users", answer.userClashes);
    add("tenants", answer.tenantClashes);
    add("buckets", answer.bucketClashes);
    if (!names.empty() && !m_attempt->wish.acceptRenames)
        return failure(Error::PreconditionFailed,
                       "These names are taken in the cluster: " + taken +
                           ". Rename them here first, or accept that they are renamed.",
                       listOf(names));
    const std::string &expected = m_attempt->wish.member.certificate;
    if (!expected.empty() && expected != answer.member.certificate)
        return failure(Error::Unauthenticated,
                       "The node at " + endpoint + " names another certificate than the invitation.",
                       "certificate");
    return {};
}

void MembershipJoiner::confirm()
{
    const JoinIntent &intent = *m_attempt->intent;
    JoinConfirm request{intent.offer.offer, intent.self, intent.key};
    m_core.ask<JoinConfirmAnswer>(intent.member, std::move(request), Membership::kAskLimitMs,
                                  [this, number = m_number](auto answer) {
                                      if (m_attempt && number == m_number)
                                          confirmed(std::move(answer));
                                  });
}

void MembershipJoiner::confirmed(Result<JoinConfirmAnswer> answer)
{
    const JoinIntent &intent = *m_attempt->intent;
    if (!answer) {
        if (!isFinal(answer.error()))
            return retry();
        const auto refusal = refusalOf(answer.error());
        const bool mayBeKnown = refusal == Refusal::Lone || refusal == Refusal::Removed;
        if (!(mayBeKnown ? m_core.store.becomeLone() : m_core.store.saveIntent(std::nullopt)))
            return retry();
        return finish(failure(withEndpoint(answer.error(), intent.member.endpoint)));
    }
    // Where the disk refuses it the same answer will come again.
    if (answer->clusterId != intent.offer.clusterId || !m_core.store.enter(intent, *answer))
        return retry();
    finish(Membership::Joined{intent.self.id, answer->clusterId, intent.offer.userClashes,
                              intent.offer.bucketClashes, intent.offer.tenantClashes});
}

void MembershipJoiner::retry()
{
    m_retry.set(Membership::kRetryMs, [this] { confirm(); });
}

void MembershipJoiner::tell(Result<Membership::Joined> outcome)
{
    if (auto done = std::exchange(m_attempt->done, nullptr))
        done(std::move(outcome));
}

void MembershipJoiner::finish(Result<Membership::Joined> outcome)
{
    m_patience.cancel();
    m_retry.cancel();
    const auto attempt = std::move(m_attempt);
    m_core.changed();
    if (attempt->done)
        attempt->done(std::move(outcome));
}

Status MembershipJoiner::giveUp()
{
    // It may be a member for the others, under this id.
    TRY_STATUS(m_core.store.becomeLone());
    if (m_attempt)
        finish(failure(Error::Closed, "The join was given up.", "join"));
    else
        m_core.changed();
    return {};
}

void MembershipJoiner::onInvite(const JoinInvite &request,
                                std::move_only_function<void(Result<JoinInviteAnswer>)> done)
{
    if (m_core.isMember())
        return done(failure(Error::AlreadyExists,
                            "The invited node is in a cluster already: it must leave that first.",
                            "cluster"));
    if (request.username.empty()) {
        const std::string &token = m_core.hooks.inviteToken;
        if (token.empty() || !crypto::equalConstantTime(token, request.key))
            return done(failure(
                Error::Unauthenticated,
                token.empty() ? "The invited node does not agree: give the name and password of one of its "
                                "administrators, start it with MAXIOFS_CLUSTER_TOKEN, or make the call on it."
                              : "The MAXIOFS_CLUSTER_TOKEN of the invited node is not this cluster's token: "
                                "start it with the one that was shown last.",
                "token"));
        return acceptInvite(request, token, std::move(done));
    }
    m_core.hooks.checkAdministrator(
        request.username, request.password, [this, request, done = std::move(done)](Status known) mutable {
            if (!known)
                return done(failure(Error::Unauthenticated,
                                    "The invited node refuses the administrator " + request.username + ": " +
                                        known.error().message,
                                    "credentials"));
            acceptInvite(request, request.secret, std::move(done));
        });
}

void MembershipJoiner::acceptInvite(const JoinInvite &request, const std::string &key,
                                    std::move_only_function<void(Result<JoinInviteAnswer>)> done)
{
    if (key.empty())
        return done(failure(Error::InvalidArgument, "The invitation has no secret.", "secret"));
    Membership::JoinWish wish;
    wish.member = {NodeId(), request.endpoint, request.certificate};
    wish.token = key;
    wish.self = m_core.hooks.describe();
    if (!request.name.empty())
        wish.self.name = request.name;
    if (!request.region.empty())
        wish.self.region = request.region;
    wish.self.priority = request.priority;
    if (!request.metadata.isEmpty())
        wish.self.metadata = request.metadata;
    wish.acceptRenames = request.acceptRenames;
    join(std::move(wish), [done = std::move(done)](Result<Membership::Joined> joined) mutable {
        if (!joined)
            return done(failure(std::move(joined).error()));
        done(JoinInviteAnswer{joined->self});
    });
}

}  // namespace maxiofs::cluster::rules
