// SPDX-License-Identifier: GPL-3.0-or-later
#include "membership_model.h"

#include "cluster/rules/member_record.h"

#include <algorithm>
#include <array>

namespace maxiofs::sim {

namespace rules = cluster::rules;
using rules::Membership;

namespace {

constexpr std::size_t kCertificateLength = 64;

struct Chance {
    MembershipModel::What what;
    unsigned weight;
};
constexpr std::array kChances{
    Chance{MembershipModel::Initialize, 1},
    Chance{MembershipModel::Join, 10},
    Chance{MembershipModel::JoinWithOldToken, 1},
    Chance{MembershipModel::Invite, 3},
    Chance{MembershipModel::InviteByPassword, 2},
    Chance{MembershipModel::InviteByWrongPassword, 1},
    Chance{MembershipModel::Leave, 2},
    Chance{MembershipModel::ForceLeave, 2},
    Chance{MembershipModel::Remove, 2},
    Chance{MembershipModel::ForceRemove, 4},
    Chance{MembershipModel::Rotate, 4},
    Chance{MembershipModel::MakeBucket, 4},
    Chance{MembershipModel::Rename, 3},
};

unsigned anyWhat(Random &random)
{
    unsigned sum = 0;
    for (const Chance &chance : kChances)
        sum += chance.weight;
    std::uint64_t at = random.below(sum);
    for (const Chance &chance : kChances) {
        if (at < chance.weight)
            return chance.what;
        at -= chance.weight;
    }
    return MembershipModel::Join;
}

Step stepOf(unsigned what, std::int64_t atMs, std::size_t node, std::size_t other)
{
    Step step;
    step.what = what;
    step.atMs = atMs;
    step.node = node;
    step.other = other;
    return step;
}

// For some time no message goes between two halves, and in most on both sides something is decided.
void addSplit(History &history, Random &random)
{
    Step step;
    const std::size_t half = 1 + random.below(history.nodes - 1);
    step.atMs = random.between(0, history.lengthMs);
    step.kind = Step::Kind::Cut;
    for (step.node = 0; step.node < history.nodes; ++step.node)
        for (step.other = 0; step.other < history.nodes; ++step.other)
            if ((step.node < half) != (step.other < half))
                history.steps.push_back(step);
    const std::int64_t endMs = random.between(step.atMs, history.lengthMs);
    if (random.chance(700)) {
        constexpr std::array kDecisions{MembershipModel::ForceRemove, MembershipModel::Rename,
                                        MembershipModel::Rotate, MembershipModel::Join};
        const std::size_t left = random.below(half);
        const std::size_t right = half + random.below(history.nodes - half);
        const std::size_t about = random.below(history.nodes);
        history.steps.push_back(
            stepOf(MembershipModel::ForceRemove, random.between(step.atMs, endMs), left, about));
        for (int i = 0; i < 2; ++i)
            history.steps.push_back(stepOf(kDecisions[random.below(kDecisions.size())],
                                           random.between(step.atMs, endMs), right,
                                           random.below(history.nodes)));
        if (random.chance(300))
            history.steps.push_back(
                stepOf(MembershipModel::Rename, random.between(step.atMs, endMs), right, about));
    }
    step.kind = Step::Kind::LinkAll;
    step.atMs = endMs;
    history.steps.push_back(step);
}

History membershipHistory(std::uint64_t seed)
{
    Random random(mix(seed, 5));
    History history{.seed = seed, .weather = {}, .steps = {}};
    history.nodes = 2 + random.below(4);
    history.lengthMs = random.between(5000, 60'000);
    history.steps.push_back(stepOf(MembershipModel::Initialize, 1, 0, 0));
    // Most histories begin with a cluster that is well.
    std::int64_t atMs = 10;
    const std::size_t together = random.chance(750) ? history.nodes - 1 : random.below(history.nodes);
    for (std::size_t node = 1; node <= together; ++node, atMs += 1000)
        history.steps.push_back(stepOf(MembershipModel::Join, atMs, node, random.below(node)));
    const std::uint64_t acts = 1 + random.below(14);
    for (std::uint64_t i = 0; i < acts; ++i) {
        const std::size_t node = random.below(history.nodes);
        const std::size_t other = (node + 1 + random.below(history.nodes - 1)) % history.nodes;
        history.steps.push_back(
            stepOf(anyWhat(random), random.between(atMs, std::max(atMs, history.lengthMs)), node, other));
    }
    if (random.chance(600))
        addFaults(history, random, {.most = static_cast<unsigned>(2 + random.below(12))});
    if (random.chance(500))
        addSplit(history, random);
    // Not before there is a cluster, and not while its first members come, in most.
    if (random.chance(700))
        for (Step &step : history.steps)
            if (step.kind != Step::Kind::Act)
                step.atMs = std::max(step.atMs, atMs);
    sortSteps(history);
    return history;
}

std::string nameOf(std::size_t node)
{
    return "node " + std::to_string(node);
}

std::string namesOf(const std::set<NodeId> &ids)
{
    std::string names;
    for (const NodeId &id : ids)
        names += (names.empty() ? "" : ", ") + id.hex().substr(0, 6);
    return names;
}

}  // namespace

MembershipModel::MembershipModel(const History &history, const MembershipFlaws &flaws) : m_flaws(flaws)
{
    Random random(mix(history.seed, 6));
    for (std::size_t node = 0; node < history.nodes; ++node) {
        MembershipDisk disk;
        disk.self = random.id();
        disk.certificate = std::string(kCertificateLength - 1, 'c') + std::to_string(node);
        m_disks.push_back(std::move(disk));
    }
}

std::unique_ptr<Program> MembershipModel::start(Simulator &simulator, std::size_t node, World &world)
{
    const auto learnt = [this, &simulator, node](const NodeId &id, const rules::ClusterSecrets &secrets,
                                                 const NodeId &removed) {
        for (const std::string &secret :
             {secrets.token, secrets.previousToken, secrets.recordKey, secrets.accessTokenKey})
            if (m_known[removed].contains(secret))
                simulator.broken(nameOf(node) + " removes " + namesOf({removed}) +
                                 ", which knows what is to be secret from then on");
        m_tokensOf[m_disks[node].clusterId].insert(secrets.token);
        auto &known = m_known[id];
        known.insert(secrets.token);
        known.insert(secrets.recordKey);
        known.insert(secrets.accessTokenKey);
        if (!secrets.previousToken.empty())
            known.insert(secrets.previousToken);
    };
    // One of them runs with the token that people saw last.
    const bool agrees = node == 1 && !m_tokens.empty();
    return std::make_unique<MembershipNode>(
        simulator, node, world, m_disks[node], m_flaws, learnt, agrees ? m_tokens.back() : std::string(),
        [this, &simulator, node](std::size_t asker) { saidLone(simulator, node, asker); });
}

// It answers a member that it is in no cluster.
void MembershipModel::saidLone(Simulator &simulator, std::size_t node, std::size_t asker) const
{
    if (!m_anyoneLeft && m_disks[asker].members().contains(m_disks[node].self))
        simulator.broken(nameOf(node) + " is a member for " + nameOf(asker) + " and knows nothing of it");
}

MembershipNode *MembershipModel::nodeOf(const Simulator &simulator, std::size_t node) const
{
    return static_cast<MembershipNode *>(simulator.program(node));
}

std::string MembershipModel::tokenOf(std::size_t node) const
{
    return m_disks[node].secrets ? m_disks[node].secrets->token : std::string("none");
}

// --- What people do

void MembershipModel::outcome(Simulator &simulator, std::size_t node,
                              const Result<Membership::Joined> &joined)
{
    const MembershipDisk &disk = m_disks[node];
    if (joined) {
        m_joined.insert(node);
        if (disk.clusterId != joined->clusterId || disk.intent)
            simulator.broken(nameOf(node) + " says that it has joined, and has not");
        return;
    }
    const Error &error = joined.error();
    const bool goesOn = error.subject == "join" && (error.code == Error::TimedOut ||
                                                    error.code == Error::Busy || error.code == Error::Closed);
    const bool wasMember = error.code == Error::AlreadyExists;
    if (!goesOn && !wasMember && (disk.isMember() || disk.intent))
        simulator.broken(nameOf(node) + " says that the join failed, and is not as it was: " + error.message);
}

void MembershipModel::join(Simulator &simulator, std::size_t node, std::size_t member,
                           const std::string &token)
{
    simulator.runOn(node, [&] {
        MembershipNode *const self = nodeOf(simulator, node);
        Membership::JoinWish wish;
        wish.member.endpoint = Simulator::endpointOf(member);
        wish.token = token;
        wish.self = self->describe();
        self->membership.join(std::move(wish),
                              [this, &simulator, node, token](const Result<Membership::Joined> &joined) {
                                  outcome(simulator, node, joined);
                                  if (joined && !m_tokensOf[joined->clusterId].contains(token))
                                      simulator.broken("a token of no member made a node join");
                              });
    });
}

void MembershipModel::invite(Simulator &simulator, std::size_t member, std::size_t node, unsigned what)
{
    simulator.runOn(member, [&] {
        Membership::InviteWish wish;
        wish.node.endpoint = Simulator::endpointOf(node);
        if (what == Invite) {
            wish.invite.key = tokenOf(member);
        } else {
            wish.invite.username = "admin";
            wish.invite.password = what == InviteByPassword ? MembershipNode::kPassword : "wrong";
        }
        const bool wasLone = !m_disks[node].isMember() && !m_disks[node].intent;
        nodeOf(simulator, member)
            ->membership.invite(std::move(wish), [&simulator, what, wasLone](const Result<NodeId> &joined) {
                if (joined && what == InviteByWrongPassword && wasLone)
                    simulator.broken("a wrong password made a node join");
            });
    });
}

void MembershipModel::act(Simulator &simulator, const Step &step)
{
    const std::size_t node = step.node % m_disks.size();
    const std::size_t other = step.other % m_disks.size();
    if (const std::string token = tokenOf(other); token != "none")
        m_tokens.push_back(token);
    switch (step.what) {
    case Join: return join(simulator, node, other, tokenOf(other));
    case JoinWithOldToken: return join(simulator, node, other, m_tokens.empty() ? "none" : m_tokens.front());
    case Invite:
    case InviteByPassword:
    case InviteByWrongPassword: return invite(simulator, node, other, step.what);
    case Leave:
    case ForceLeave:
    case Remove:
    case ForceRemove: m_anyoneLeft = true; break;
    default: break;
    }
    simulator.runOn(node, [&] {
        MembershipNode &self = *nodeOf(simulator, node);
        switch (step.what) {
        case Initialize: (void)self.membership.initialize(self.describe()); break;
        case Leave:
        case ForceLeave: self.membership.leave(step.what == ForceLeave, [](const Status &) {}); break;
        case Remove:
        case ForceRemove:
            self.membership.remove(m_disks[other].self, step.what == ForceRemove, [](const Status &) {});
            break;
        case Rotate: self.membership.rotateToken([](const Result<std::string> &) {}); break;
        case MakeBucket: self.store.makeBucket("b" + std::to_string(++m_buckets)); break;
        case Rename: self.store.rename(m_disks[other].self, "renamed"); break;
        default: break;
        }
    });
}

// --- What must hold in the end

bool MembershipModel::isMember(std::size_t node, const NodeId &id) const
{
    return m_disks[node].members().contains(id);
}

std::optional<std::size_t> MembershipModel::indexOf(const NodeId &id) const
{
    const auto found = std::ranges::find(m_disks, id, &MembershipDisk::self);
    return found == m_disks.end() || !found->isMember() ? std::nullopt
                                                        : std::optional<std::size_t>(found - m_disks.begin());
}

std::optional<std::string> MembershipModel::checkNode(const Simulator &simulator, std::size_t node) const
{
    const MembershipDisk &disk = m_disks[node];
    if (disk.intent)
        return nameOf(node) + " does not learn whether it has joined";
    if (!disk.isMember()) {
        if (m_joined.contains(node) && !m_anyoneLeft)
            return nameOf(node) + " had joined, nobody left or was removed, and it is in no cluster";
        return std::nullopt;
    }
    if (!isMember(node, disk.self))
        return nameOf(node) + " is in a cluster whose members it is not among";
    for (const NodeId &id : disk.removedHere)
        if (isMember(node, id))
            return nameOf(node) + " counts " + namesOf({id}) + " among the members, which it removed";
    std::set<unsigned> numbers;
    for (const auto &[key, record] : disk.records) {
        const auto member = rules::memberOf(record);
        if (!member ||
            (indexOf(member->description.id) && areApart(simulator, node, *indexOf(member->description.id))))
            continue;
        if (member->number == 0 || member->number > Membership::kMaxMembers ||
            !numbers.insert(member->number).second)
            return "two members have the number " + std::to_string(member->number) + " for " + nameOf(node);
    }
    for (const NodeId &id : disk.members())
        if (std::ranges::none_of(m_disks, [&](const MembershipDisk &other) {
                return other.self == id && other.clusterId == disk.clusterId;
            }))
            return nameOf(node) + " counts " + namesOf({id}) + " among the members, which is in no cluster";
    return checkBuckets(node);
}

std::optional<std::string> MembershipModel::checkBuckets(std::size_t node) const
{
    for (const auto &[key, record] : m_disks[node].records) {
        if (key.kind != records::Kind::Location)
            continue;
        const records::Location location = records::locationOf(record.body);
        // An owner that left may never have been heard of where its bucket has.
        const bool isUnheard = m_anyoneLeft && !m_disks[node].removed().contains(location.owner);
        if (!location.unavailable && !isMember(node, location.owner) && !isUnheard)
            return "the bucket " + key.id + " belongs to no member for " + nameOf(node) +
                   ", and is not marked unavailable";
    }
    return std::nullopt;
}

std::optional<std::string> MembershipModel::checkSecrets(const Simulator &simulator, std::size_t node) const
{
    const MembershipDisk &disk = m_disks[node];
    if (!disk.secrets)
        return nameOf(node) + " is a member without secrets";
    if (!disk.secrets->previousToken.empty())
        return nameOf(node) + " still takes the token from before the last rotation";
    const auto admission = nodeOf(simulator, node)->membership.admission();
    for (const NodeId &removed : disk.removed()) {
        const auto known = m_known.find(removed);
        if (known == m_known.end())
            continue;
        if (known->second.contains(disk.secrets->recordKey) ||
            known->second.contains(disk.secrets->accessTokenKey))
            return "the removed " + namesOf({removed}) + " knows a key of " + nameOf(node);
        const auto knows = [&](const std::string &key) { return known->second.contains(key); };
        const bool matches = admission->keyThat(rules::Proof::Member, knows).has_value();
        if (!admission->refuse(rules::Proof::Member, {disk.self, {}, {}, matches}))
            return "the removed " + namesOf({removed}) + " can speak for " + nameOf(node) +
                   " in plain requests";
        const bool joins = admission->keyThat(rules::Proof::Join, knows).has_value();
        if (!admission->refuse(rules::Proof::Join,
                               {Id128::fromHex(std::string(32, 'e')).value(), "x", "x", joins}))
            return "the removed " + namesOf({removed}) + " can join " + nameOf(node) +
                   " without the new token";
    }
    return std::nullopt;
}

// People on two sides of a partition may have removed those of the other side, or all who knew both sides,
// before the others heard of them: two clusters from then on. No side that knows the other holds a token that
// the other takes.
bool MembershipModel::areApart(const Simulator &simulator, std::size_t a, std::size_t b) const
{
    const MembershipDisk &one = m_disks[a];
    const MembershipDisk &two = m_disks[b];
    // Whether one that knows the other has a token that the other takes.
    const auto canGreet = [&](std::size_t from, std::size_t to) {
        const rules::ClusterSecrets &secrets = *m_disks[from].secrets;
        const auto admission = nodeOf(simulator, to)->membership.admission();
        return isMember(from, m_disks[to].self) &&
               admission
                   ->keyThat(rules::Proof::Join,
                             [&](const std::string &key) {
                                 return key == secrets.token ||
                                        std::ranges::find(secrets.formerTokens, key) !=
                                            secrets.formerTokens.end();
                             })
                   .has_value();
    };
    const bool isEitherUnknown = !isMember(a, two.self) || !isMember(b, one.self);
    return m_anyoneLeft && isEitherUnknown && !canGreet(a, b) && !canGreet(b, a);
}

std::optional<std::string> MembershipModel::checkPair(const Simulator &simulator, std::size_t a,
                                                      std::size_t b) const
{
    const MembershipDisk &one = m_disks[a];
    const MembershipDisk &two = m_disks[b];
    if (one.clusterId != two.clusterId)
        return std::nullopt;
    if (areApart(simulator, a, b))
        return std::nullopt;
    if (one.members() != two.members())
        return nameOf(a) + " has the members " + namesOf(one.members()) + ", " + nameOf(b) + " has " +
               namesOf(two.members());
    if (one.secrets->token != two.secrets->token || one.secrets->recordKey != two.secrets->recordKey ||
        one.secrets->accessTokenKey != two.secrets->accessTokenKey)
        return nameOf(a) + " and " + nameOf(b) + " hold different secrets";
    for (const auto &[key, record] : one.records) {
        const auto other = two.records.find(key);
        if (other == two.records.end() ||
            records::versionLineOf(other->second) != records::versionLineOf(record))
            return nameOf(a) + " and " + nameOf(b) + " differ in " + std::string(records::tableOf(key.kind)) +
                   '/' + key.id;
    }
    const std::string token = nodeOf(simulator, a)->membership.signingToken(two.self);
    const auto admission = nodeOf(simulator, b)->membership.admission();
    const bool matches =
        admission->keyThat(rules::Proof::Member, [&](const std::string &key) { return key == token; })
            .has_value();
    if (const auto refusal =
            admission->refuse(rules::Proof::Member, {one.self, one.certificate, {}, matches}))
        return nameOf(b) + " locks " + nameOf(a) + " out: " + rules::errorOf(*refusal, one.self).message;
    return std::nullopt;
}

std::optional<std::string> MembershipModel::check(Simulator &simulator)
{
    for (std::size_t node = 0; node < m_disks.size(); ++node) {
        if (auto broken = checkNode(simulator, node))
            return broken;
        if (!m_disks[node].isMember())
            continue;
        if (auto broken = checkSecrets(simulator, node))
            return broken;
        for (std::size_t other = 0; other < m_disks.size(); ++other)
            if (other != node && m_disks[other].isMember())
                if (auto broken = checkPair(simulator, node, other))
                    return broken;
    }
    return std::nullopt;
}

std::string MembershipModel::describe(const Step &step) const
{
    const std::string node = nameOf(step.node % m_disks.size());
    const std::string other = nameOf(step.other % m_disks.size());
    switch (step.what) {
    case Initialize: return node + " founds a cluster";
    case Join: return node + " joins through " + other;
    case JoinWithOldToken: return node + " joins through " + other + " with the first token";
    case Invite: return node + " invites " + other;
    case InviteByPassword: return node + " invites " + other + " with its password";
    case InviteByWrongPassword: return node + " invites " + other + " with a wrong password";
    case Leave: return node + " leaves";
    case ForceLeave: return node + " leaves by force";
    case Remove: return node + " removes " + other;
    case ForceRemove: return node + " removes " + other + " by force";
    case Rotate: return node + " changes the token";
    case MakeBucket: return node + " makes a bucket";
    case Rename: return node + " gives " + other + " another name";
    default: return node + " does nothing";
    }
}

Scenario membershipScenario(const MembershipFlaws &flaws)
{
    return {"membership", membershipHistory,
            [flaws](const History &history) { return std::make_unique<MembershipModel>(history, flaws); }};
}

MAXIOFS_SCENARIO(Membership, membershipScenario())

}  // namespace maxiofs::sim
