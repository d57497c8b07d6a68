// SPDX-License-Identifier: GPL-3.0-or-later
#include "cluster/rules/membership.h"

#include "cluster/rules/membership_greeter.h"
#include "cluster/rules/membership_joiner.h"
#include "cluster/rules/membership_number.h"
#include "cluster/rules/membership_offers.h"
#include "cluster/rules/membership_removals.h"

namespace maxiofs::cluster::rules {

struct Membership::Parts {
    MembershipCore core;
    MembershipSecrets secrets{core};
    MembershipRemovals removals{core, secrets};
    MembershipOffers offers{core, [this](const NodeId &node) { return removals.removeNow(node); }};
    MembershipJoiner joiner{core};
    MembershipNumber number{core};
    MembershipGreeter greeter{core};
};

Membership::Membership(World &world, MembershipStore &store, MembershipHooks hooks)
    : m_parts(new Parts{MembershipCore(world, store, std::move(hooks), [this] { changed(); })})
{
    renewAdmission();
}

Membership::~Membership() = default;

void Membership::start()
{
    m_parts->joiner.start();
    recordsMerged();
}

void Membership::renewAdmission()
{
    m_admission =
        std::make_shared<const Admission>(m_parts->core.state(), m_parts->core.nodes(),
                                          m_parts->offers.invitations(), m_parts->core.hooks.inviteToken);
}

void Membership::changed()
{
    if (!m_parts->core.isMember())
        m_parts->offers.clear();
    renewAdmission();
    if (m_watcher)
        m_watcher();
    m_parts->removals.membersChanged();
    m_parts->secrets.membersChanged();
    m_parts->number.membersChanged();
}

void Membership::recordsMerged()
{
    MembershipCore &core = m_parts->core;
    core.refresh();
    if (core.isMember() && core.isRemoved(core.self())) {
        (void)m_parts->removals.becomeLone();  // else others refuse this node, and say so again
        return;
    }
    if (core.isMember() && !core.removed().empty())
        (void)core.store.markOwnersRemoved();  // else at the next merge
    changed();
}

Result<Membership::Founded> Membership::initialize(NodeDescription self)
{
    MembershipCore &core = m_parts->core;
    if (core.isMember())
        return failure(Error::AlreadyExists, "This node is in a cluster already.", "cluster");
    if (m_parts->joiner.isBusy())
        return failure(m_parts->joiner.busy());
    self.id = core.state().wasMember ? NodeId(core.world.randomId()) : core.self();
    ClusterSecrets secrets;
    secrets.generation = {1, self.id};
    secrets.token = core.newSecret();
    secrets.recordKey = core.newSecret();
    secrets.accessTokenKey = core.newSecret();
    Founded founded{core.world.randomId().uuid(), secrets.token};
    TRY_STATUS(core.store.found(founded.clusterId, secrets, self));
    core.changed();
    return founded;
}

void Membership::join(JoinWish wish, JoinDone done)
{
    m_parts->joiner.join(std::move(wish), std::move(done));
}

void Membership::invite(InviteWish wish, std::move_only_function<void(Result<NodeId>)> done)
{
    m_parts->offers.invite(std::move(wish), std::move(done));
}

void Membership::remove(const NodeId &node, bool force, std::move_only_function<void(Status)> done)
{
    m_parts->removals.remove(node, force, std::move(done));
}

void Membership::leave(bool force, std::move_only_function<void(Status)> done)
{
    if (m_parts->core.isMember() || !m_parts->joiner.isBusy())
        return m_parts->removals.leave(force, std::move(done));
    done(force ? m_parts->joiner.giveUp() : Status(failure(m_parts->joiner.busy())));
}

void Membership::rotateToken(std::move_only_function<void(Result<std::string>)> done)
{
    m_parts->secrets.rotateToken(std::move(done));
}

Result<JoinOfferAnswer> Membership::onOffer(const JoinOffer &request)
{
    return m_parts->offers.onOffer(request);
}

void Membership::onConfirm(const JoinConfirm &request,
                           std::move_only_function<void(Result<JoinConfirmAnswer>)> done)
{
    m_parts->offers.onConfirm(request, std::move(done));
}

void Membership::onInvite(const JoinInvite &request,
                          std::move_only_function<void(Result<JoinInviteAnswer>)> done)
{
    m_parts->joiner.onInvite(request, std::move(done));
}

Result<FetchSecretsAnswer> Membership::onFetchSecrets(const NodeId &from, const FetchSecrets &request)
{
    return m_parts->secrets.onFetch(from, request);
}

Result<DeliverSecretsAnswer> Membership::onDeliverSecrets(const NodeId &from, const DeliverSecrets &request)
{
    return m_parts->secrets.onDeliver(from, request);
}

Result<LeaveClusterAnswer> Membership::onLeave(const NodeId &from, const LeaveCluster &request)
{
    return m_parts->removals.onLeave(from, request);
}

void Membership::refusedBy(const Peer &member, const Error &refusal)
{
    const MembershipCore &core = m_parts->core;
    const auto kind = refusalOf(refusal);
    if (!kind || !core.isMember() || member.id == core.self() || !core.find(member.id))
        return;
    // It left when nobody could be reached, and has joined again as another node.
    const NodeId refuser = refuserIn(refusal);
    if (!refuser.isNull() && refuser != member.id)
        return m_parts->removals.heard(member, Refusal::Lone);
    switch (*kind) {
    case Refusal::Removed:
        (void)m_parts->removals.becomeLone();  // else it is said again
        return;
    case Refusal::UnknownNode:
        if (m_parts->removals.saysSinceMs(member.id, *kind) >= kGreetMs)
            m_parts->greeter.greet(member);
        [[fallthrough]];
    case Refusal::Lone: return m_parts->removals.heard(member, *kind);
    case Refusal::WrongToken: return m_parts->secrets.differsFrom(member);
    case Refusal::Joining: return m_parts->removals.heardWell(member.id);
    case Refusal::WrongCertificate: return;
    }
}

void Membership::sawGeneration(const Peer &member, const records::Epoch &generation)
{
    m_parts->removals.heardWell(member.id);
    m_parts->secrets.sawGeneration(member, generation);
}

std::string Membership::signingToken(const NodeId &member) const
{
    return m_parts->core.isMember() ? m_parts->secrets.signingToken(member) : std::string();
}

std::vector<Peer> Membership::others() const
{
    return m_parts->core.others();
}

}  // namespace maxiofs::cluster::rules
