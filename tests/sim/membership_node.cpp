// SPDX-License-Identifier: GPL-3.0-or-later
#include "membership_node.h"

#include <algorithm>

namespace maxiofs::sim {

namespace rules = cluster::rules;
using records::RecordKey;
using rules::Proof;
using rules::Refusal;

namespace {

constexpr std::int64_t kBeatLimitMs = 1000;
constexpr std::int64_t kSilenceMs = 9000;

// What the link takes from the body of a join, and gives to the machine.
rules::NodeDescription *joinerIn(Request &request)
{
    if (auto *const offer = std::get_if<rules::JoinOffer>(&request))
        return &offer->self;
    if (auto *const confirm = std::get_if<rules::JoinConfirm>(&request))
        return &confirm->self;
    return nullptr;
}

std::string *keyIn(Request &request)
{
    if (auto *const offer = std::get_if<rules::JoinOffer>(&request))
        return &offer->key;
    if (auto *const confirm = std::get_if<rules::JoinConfirm>(&request))
        return &confirm->key;
    if (auto *const invite = std::get_if<rules::JoinInvite>(&request))
        return &invite->key;
    return nullptr;
}

Result<Answer> answerOf(auto result)
{
    if (!result)
        return failure(std::move(result).error());
    return Answer(std::move(*result));
}

}  // namespace

MembershipNode::MembershipNode(Simulator &simulator, std::size_t node, World &world, MembershipDisk &disk,
                               const MembershipFlaws &flaws, MembershipDiskStore::Learnt learnt,
                               const std::string &inviteToken, std::function<void(std::size_t)> saidLone)
    : m_simulator(simulator),
      m_node(node),
      m_disk(disk),
      m_flaws(flaws),
      m_world(world),
      m_saidLone(std::move(saidLone)),
      m_link(*this, world),
      m_caller{node, disk.self, disk.certificate, {}},
      store(simulator, node, disk, flaws, std::move(learnt)),
      membership(m_link, store, hooks(inviteToken)),
      sync(m_link, *this, store),
      reservations(
          m_link, *this,
          [this](std::string_view name) { return rules::isMemberNumberTaken(name, store.nodes()); },
          [](std::string_view, const Id128 &) { return false; })
{
    store.whenWritten(
        [this](const std::vector<RecordKey> &keys) { sync.changed(keys); },
        [this](const std::vector<RecordKey> &) { m_world.after(0, [this] { membership.recordsMerged(); }); });
    m_wasMember = m_disk.isMember();
    membership.whenChanged([this] {
        if (!std::exchange(m_wasMember, m_disk.isMember()) && m_wasMember)
            m_world.after(0, [this] { sync.syncNow([] {}); });
        m_removed = m_disk.removed();
    });
    // Not before the simulator knows who asks.
    m_world.after(0, [this] {
        sync.start();
        membership.start();
        beat();
    });
}

MembershipNode::~MembershipNode() = default;

rules::MembershipHooks MembershipNode::hooks(const std::string &inviteToken)
{
    rules::MembershipHooks hooks;
    hooks.describe = [this] { return describe(); };
    hooks.checkAdministrator = [this](const std::string &, const std::string &password, auto call) {
        m_world.after(
            50, [isRight = password == kPassword || m_flaws.anyPassword, call = std::move(call)]() mutable {
                call(isRight ? Status() : failure(Error::Unauthenticated, "The password is wrong."));
            });
    };
    hooks.reserve = [this](const std::string &name, const Id128 &holder, auto call) {
        reservations.reserve(name, holder, std::move(call));
    };
    hooks.inviteToken = inviteToken;
    return hooks;
}

rules::NodeDescription MembershipNode::describe() const
{
    rules::NodeDescription self;
    self.id = m_disk.self;
    self.name = "node-" + std::to_string(m_node);
    self.endpoint = Simulator::endpointOf(m_node);
    self.certificate = m_disk.certificate;
    return self;
}

bool MembershipNode::isHealthy(const NodeId &member) const
{
    const auto last = m_lastBeat.find(member);
    return last != m_lastBeat.end() && m_world.steadyMs() - last->second < kSilenceMs;
}

void MembershipNode::beat()
{
    for (const Peer &peer : membership.others())
        m_link.ask(peer, rules::Beat{}, kBeatLimitMs, [this, peer](Result<Answer> answer) {
            if (!answer)
                return;
            m_lastBeat[peer.id] = m_world.steadyMs();
            membership.sawGeneration(peer, std::get<rules::BeatAnswer>(*answer).secretsGeneration);
            sync.reached(peer.id);
        });
    m_world.after(kBeatMs, [this] { beat(); });
}

void MembershipNode::sign(const Peer &peer, const Request &request)
{
    m_caller = {m_node, m_disk.self, m_disk.certificate, {}};
    if (const auto *const offer = std::get_if<rules::JoinOffer>(&request)) {
        m_caller.id = offer->self.id;
        m_caller.token = offer->key;
    } else if (const auto *const confirm = std::get_if<rules::JoinConfirm>(&request)) {
        m_caller.id = confirm->self.id;
        m_caller.token = confirm->key;
    } else if (const auto *const invite = std::get_if<rules::JoinInvite>(&request)) {
        m_caller.token = invite->key;
    } else {
        m_caller.token = membership.signingToken(peer.id);
    }
}

void MembershipNode::Link::ask(const Peer &peer, Request request, std::int64_t limitMs, Answered answered)
{
    m_node.sign(peer, request);
    m_world.ask(peer, std::move(request), limitMs,
                [this, peer, answered = std::move(answered)](Result<Answer> answer) mutable {
                    std::optional<Error> refused;
                    if (!answer && !peer.certificate.empty() && rules::refusalOf(answer.error()))
                        refused = answer.error();
                    answered(std::move(answer));
                    if (refused)
                        m_node.membership.refusedBy(peer, *refused);
                });
}

std::optional<Error> MembershipNode::refuse(const Caller &from, Request &request) const
{
    const std::int64_t skewMs = m_simulator.wallMs(from.node) - m_simulator.wallMs(m_node);
    if (std::abs(skewMs) > rules::Membership::kMaxSkewMs)
        return Error(Error::InvalidArgument, "The clocks are too far apart.", "clock");
    const Proof proof = rules::proofOf(request);
    const auto admission = membership.admission();
    const auto key = admission->keyThat(proof, [&](const std::string &good) {
        return good == from.token || (m_flaws.anyToken && proof == Proof::Join);
    });
    const rules::NodeDescription *const joiner = joinerIn(request);
    const rules::Claim claim{from.id, from.certificate, joiner ? joiner->certificate : std::string(),
                             key.has_value()};
    if (std::string *const stated = keyIn(request))
        *stated = key.value_or(std::string());
    auto refusal = admission->refuse(proof, claim);
    if (refusal == Refusal::Removed && m_flaws.admitsRemoved)
        refusal.reset();
    if (!refusal && proof != Proof::Invite && m_disk.isMember() && m_removed.contains(from.id))
        m_simulator.broken("node " + std::to_string(m_node) + " lets the removed node " + from.id.uuid() +
                           " in");
    if (refusal == Refusal::Lone)
        m_saidLone(from.node);
    return refusal ? std::optional(rules::errorOf(*refusal, from.id, admission->self())) : std::nullopt;
}

void MembershipNode::handle(const Caller &from, Request request, Reply reply)
{
    if (auto refused = refuse(from, request))
        return reply(failure(*std::move(refused)));
    dispatch(from, std::move(request), std::move(reply));
}

void MembershipNode::dispatch(const Caller &from, Request request, Reply reply)
{
    if (const auto *const confirm = std::get_if<rules::JoinConfirm>(&request))
        return membership.onConfirm(*confirm, [reply = std::move(reply)](auto result) mutable {
            reply(answerOf(std::move(result)));
        });
    if (const auto *const invite = std::get_if<rules::JoinInvite>(&request))
        return membership.onInvite(
            *invite, [reply = std::move(reply)](auto result) mutable { reply(answerOf(std::move(result))); });
    reply(answerTo(from, std::move(request)));
}

Result<Answer> MembershipNode::answerTo(const Caller &from, Request request)
{
    if (auto *const push = std::get_if<rules::PushRecords>(&request))
        return answerOf(sync.onPush(std::move(*push)));
    if (const auto *const compare = std::get_if<rules::CompareRecords>(&request))
        return answerOf(sync.onCompare(*compare));
    if (const auto *const digests = std::get_if<rules::AskDigests>(&request))
        return answerOf(sync.onDigests(*digests));
    if (const auto *const pull = std::get_if<rules::PullRecords>(&request))
        return answerOf(sync.onPull(*pull));
    if (const auto *const reserve = std::get_if<rules::ReserveName>(&request))
        return answerOf(reservations.onReserve(*reserve));
    if (const auto *const offer = std::get_if<rules::JoinOffer>(&request))
        return answerOf(membership.onOffer(*offer));
    if (const auto *const fetch = std::get_if<rules::FetchSecrets>(&request))
        return answerOf(membership.onFetchSecrets(from.id, *fetch));
    if (auto *const deliver = std::get_if<rules::DeliverSecrets>(&request)) {
        if (m_flaws.ignoresGeneration && m_disk.secrets) {
            (void)store.saveSecrets(deliver->secrets);
            membership.recordsMerged();
        }
        return answerOf(membership.onDeliverSecrets(from.id, *deliver));
    }
    if (const auto *const leave = std::get_if<rules::LeaveCluster>(&request))
        return answerOf(membership.onLeave(from.id, *leave));
    if (std::holds_alternative<rules::Beat>(request)) {
        rules::BeatAnswer answer;
        answer.wallMs = m_world.wallMs();
        if (m_disk.secrets)
            answer.secretsGeneration = m_disk.secrets->generation;
        return Answer(answer);
    }
    return failure(Error::Unsupported, "This is not asked here.");
}

}  // namespace maxiofs::sim
