// SPDX-License-Identifier: GPL-3.0-or-later
#include "membership_town.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace maxiofs::membership_town {

namespace {

constexpr std::string_view kTownPassword = "right";

NodeDescription *joinerIn(Request &request)
{
    if (auto *const offer = std::get_if<JoinOffer>(&request))
        return &offer->self;
    auto *const confirm = std::get_if<JoinConfirm>(&request);
    return confirm != nullptr ? &confirm->self : nullptr;
}

std::string *keyIn(Request &request)
{
    if (auto *const offer = std::get_if<JoinOffer>(&request))
        return &offer->key;
    if (auto *const confirm = std::get_if<JoinConfirm>(&request))
        return &confirm->key;
    auto *const invite = std::get_if<JoinInvite>(&request);
    return invite != nullptr ? &invite->key : nullptr;
}

template <typename T>
Result<Answer> townAnswer(Result<T> result)
{
    if (!result)
        return failure(std::move(result).error());
    return Answer(std::move(*result));
}

}  // namespace

// --- The disk

Status MemberMemory::writable() const
{
    return isFull ? failure(Error::StorageFull, "The disk is full.") : Status();
}

void MemberMemory::put(const NodeId &node, QJsonObject body, bool deleted)
{
    records::Record record{records::Kind::Node, node.uuid(), std::move(body), {}, {}, deleted,
                           kept.clusterId};
    const auto stored = records.find(node);
    record.stamp =
        Stamp::after(stored == records.end() ? Stamp() : stored->second.stamp, m_wallMs, kept.self);
    records.insert_or_assign(node, std::move(record));
}

std::vector<records::Record> MemberMemory::nodes() const
{
    std::vector<records::Record> all;
    for (const auto &[id, record] : records)
        all.push_back(record.clone());
    return all;
}

std::vector<std::string> MemberMemory::bucketsOf(const NodeId &node) const
{
    const auto owned = buckets.find(node);
    return owned == buckets.end() ? std::vector<std::string>() : owned->second;
}

Status MemberMemory::found(const std::string &clusterId, const ClusterSecrets &secrets,
                           const NodeDescription &self)
{
    TRY_STATUS(writable());
    records.clear();
    kept = {self.id, clusterId, secrets, {}, false};
    return addNode(self, 1);
}

Status MemberMemory::saveIntent(const std::optional<JoinIntent> &intent)
{
    TRY_STATUS(writable());
    kept.intent = intent;
    return {};
}

Status MemberMemory::enter(const JoinIntent &intent, const JoinConfirmAnswer &answer)
{
    TRY_STATUS(writable());
    records.clear();
    for (const records::Record &node : answer.nodes)
        records.insert_or_assign(NodeId::fromUuid(node.id).value_or(NodeId()), node.clone());
    kept = {intent.self.id, answer.clusterId, answer.secrets, {}, false};
    return {};
}

Status MemberMemory::becomeLone()
{
    TRY_STATUS(writable());
    kept = {kept.self, {}, {}, {}, true};
    return {};
}

Status MemberMemory::addNode(const NodeDescription &node, unsigned memberNumber)
{
    TRY_STATUS(writable());
    const auto stored = records.find(node.id);
    const qint64 createdMs =
        stored == records.end() ? m_wallMs : stored->second.body.value("created_ms"_L1).toInteger();
    put(node.id,
        {{"name"_L1, QString::fromStdString(node.name)},
         {"endpoint"_L1, QString::fromStdString(node.endpoint)},
         {"certificate"_L1, QString::fromStdString(node.certificate)},
         {"member_number"_L1, static_cast<int>(memberNumber)},
         {"created_ms"_L1, createdMs}},
        false);
    return {};
}

Status MemberMemory::removeNode(const NodeId &node, const ClusterSecrets &secrets)
{
    TRY_STATUS(writable());
    put(node, {}, true);
    kept.secrets = secrets;
    return markOwnersRemoved();
}

Status MemberMemory::saveSecrets(const ClusterSecrets &secrets)
{
    TRY_STATUS(writable());
    kept.secrets = secrets;
    return {};
}

Status MemberMemory::markOwnersRemoved()
{
    TRY_STATUS(writable());
    for (const auto &[id, record] : records) {
        if (!record.deleted)
            continue;
        for (const std::string &bucket : bucketsOf(id))
            unavailable.insert(bucket);
        buckets.erase(id);
    }
    return {};
}

unsigned MemberMemory::numberOf(const NodeId &node) const
{
    const auto found = records.find(node);
    const auto member = found == records.end() ? std::nullopt : memberOf(found->second);
    return member ? member->number : 0;
}

std::set<NodeId> MemberMemory::members() const
{
    std::set<NodeId> live;
    for (const auto &[id, record] : records)
        if (!record.deleted)
            live.insert(id);
    return live;
}

// --- The world

class MembershipTown::TownWorld final : public World {
public:
    TownWorld(MembershipTown &town, std::size_t node) : m_town(town), m_node(node) {}

    [[nodiscard]] std::int64_t wallMs() const override { return m_town[m_node].wallMs; }
    [[nodiscard]] std::int64_t steadyMs() const override { return m_town.m_nowMs; }
    [[nodiscard]] Id128 randomId() override
    {
        Id128 id;
        const std::uint64_t number = ++m_town.m_ids;
        for (std::size_t i = 0; i < sizeof number; ++i)
            id.bytes[i] = static_cast<std::byte>(number >> (8 * i));
        id.bytes.back() = std::byte{0xff};
        return id;
    }
    void ask(const Peer &peer, Request request, std::int64_t limitMs, Answered answered) override
    {
        m_town.ask(m_node, peer, std::move(request), limitMs, std::move(answered));
    }
    TimerId after(std::int64_t delayMs, std::move_only_function<void()> call) override
    {
        m_town.push(delayMs, m_node, m_town[m_node].life, std::move(call));
        return m_town.m_order;
    }
    void cancel(TimerId timer) override
    {
        std::erase_if(m_town.m_events, [timer](const Event &event) { return event.order == timer; });
    }

private:
    MembershipTown &m_town;
    const std::size_t m_node;
};

MembershipTown::Node::Node(std::size_t index)
    : name("node-" + std::to_string(index)),
      endpoint("https://10.0.0." + std::to_string(index)),
      certificate(std::string(63, 'c') + std::to_string(index)),
      disk(wallMs)
{
    disk.kept.self.bytes[0] = static_cast<std::byte>(index + 1);
}

NodeDescription MembershipTown::Node::describe() const
{
    NodeDescription self;
    self.id = id();
    self.name = name;
    self.endpoint = endpoint;
    self.certificate = certificate;
    return self;
}

MembershipTown::MembershipTown(std::size_t nodes)
{
    for (std::size_t node = 0; node < nodes; ++node) {
        m_nodes.push_back(std::make_unique<Node>(node));
        start(node);
    }
}

// The memberships cancel their timers.
MembershipTown::~MembershipTown()
{
    for (const auto &node : m_nodes)
        node->membership.reset();
}

void MembershipTown::start(std::size_t index)
{
    Node &node = *m_nodes[index];
    ++node.life;
    node.world = std::make_unique<TownWorld>(*this, index);
    MembershipHooks hooks;
    hooks.describe = [&node] { return node.describe(); };
    hooks.checkAdministrator = [&node](const std::string &, const std::string &password, auto call) {
        node.world->after(1, [isRight = password == kTownPassword, call = std::move(call)]() mutable {
            call(isRight ? Status() : failure(Error::Unauthenticated, "The password is wrong."));
        });
    };
    hooks.reserve = [this, &node](const std::string &name, const Id128 &, auto call) {
        const bool isElsewhere = std::ranges::any_of(reservedElsewhere, [&](unsigned number) {
            return name == "member-number/" + std::to_string(number);
        });
        const bool isTaken = isMemberNumberTaken(name, node.disk.nodes());
        call(isTaken       ? failure(Error::AlreadyExists, "taken")
             : isElsewhere ? failure(Error::Busy, "just being taken")
                           : Status());
    };
    hooks.inviteToken = node.inviteToken;
    node.membership = std::make_unique<Membership>(*node.world, node.disk, std::move(hooks));
    node.membership->start();
}

void MembershipTown::restart(std::size_t node)
{
    m_nodes[node]->membership.reset();
    start(node);
}

void MembershipTown::push(std::int64_t delayMs, std::size_t node, std::uint64_t life,
                          std::move_only_function<void()> call)
{
    m_events.push_back({m_nowMs + delayMs, ++m_order, node, life, std::move(call)});
}

void MembershipTown::run(std::int64_t ms)
{
    const std::int64_t endMs = m_nowMs + ms;
    while (true) {
        const auto next = std::ranges::min_element(
            m_events, {}, [](const Event &event) { return std::pair(event.atMs, event.order); });
        const std::int64_t untilMs = next == m_events.end() ? endMs : std::min(next->atMs, endMs);
        for (const auto &node : m_nodes)
            node->wallMs += untilMs - m_nowMs;
        m_nowMs = untilMs;
        if (next == m_events.end() || next->atMs > endMs)
            return;
        Event event = std::move(*next);
        m_events.erase(next);
        if (m_nodes[event.node]->life == event.life)
            event.call();
    }
}

void MembershipTown::ask(std::size_t from, const Peer &peer, Request request, std::int64_t limitMs,
                         World::Answered answered)
{
    const std::uint64_t life = m_nodes[from]->life;
    const auto to =
        std::ranges::find(m_nodes, peer.endpoint, [](const auto &node) { return node->endpoint; });
    const auto index = static_cast<std::size_t>(to - m_nodes.begin());
    const bool isCut = cut.contains({from, index}) || cut.contains({index, from});
    if (to == m_nodes.end() || isCut)
        return push(1, from, life, [answered = std::move(answered)]() mutable {
            answered(failure(Error::Closed, "No route to host."));
        });
    const bool isLost = losesAnswer && losesAnswer(request);
    const auto shared = std::make_shared<World::Answered>(std::move(answered));
    push(1, from, life,
         [this, from, index, life, peer, isLost, limitMs, shared, request = std::move(request)]() mutable {
             handle(from, index, std::move(request), [=, this](Result<Answer> answer) mutable {
                 if (isLost)
                     answer = failure(Error::TimedOut, "No answer in time.");
                 push(isLost ? limitMs : 1, from, life, [=, this, answer = std::move(answer)]() mutable {
                     std::optional<Error> refused;
                     if (!answer && !peer.certificate.empty() && refusalOf(answer.error()))
                         refused = answer.error();
                     (*shared)(std::move(answer));
                     if (refused)
                         m_nodes[from]->membership->refusedBy(peer, *refused);
                 });
             });
         });
}

void MembershipTown::handle(std::size_t from, std::size_t to, Request request,
                            std::move_only_function<void(Result<Answer>)> reply)
{
    Node &caller = *m_nodes[from];
    Membership &membership = *m_nodes[to]->membership;
    const auto admission = membership.admission();
    const Proof proof = proofOf(request);
    const NodeDescription *const joiner = joinerIn(request);
    std::string *const key = keyIn(request);
    const std::string signedWith = key != nullptr ? *key : caller.membership->signingToken(m_nodes[to]->id());
    const auto good = admission->keyThat(proof, [&](const std::string &each) { return each == signedWith; });
    const NodeId claimed = joiner != nullptr ? joiner->id : caller.id();
    const Claim claim{claimed, caller.certificate, joiner != nullptr ? joiner->certificate : std::string(),
                      good.has_value()};
    if (key != nullptr)
        *key = good.value_or(std::string());
    if (const auto refusal = admission->refuse(proof, claim)) {
        refusals.push_back(errorOf(*refusal, claimed).subject);
        return reply(failure(errorOf(*refusal, claimed, admission->self())));
    }
    if (heard)
        heard(to, request);
    const auto answer = [&reply](auto result) { reply(townAnswer(std::move(result))); };
    if (const auto *const offer = std::get_if<JoinOffer>(&request))
        return answer(membership.onOffer(*offer));
    if (const auto *const confirm = std::get_if<JoinConfirm>(&request))
        return membership.onConfirm(*confirm, [reply = std::move(reply)](auto result) mutable {
            reply(townAnswer(std::move(result)));
        });
    if (const auto *const invite = std::get_if<JoinInvite>(&request))
        return membership.onInvite(*invite, [reply = std::move(reply)](auto result) mutable {
            reply(townAnswer(std::move(result)));
        });
    if (const auto *const fetch = std::get_if<FetchSecrets>(&request))
        return answer(membership.onFetchSecrets(claimed, *fetch));
    if (const auto *const deliver = std::get_if<DeliverSecrets>(&request))
        return answer(membership.onDeliverSecrets(claimed, *deliver));
    if (const auto *const leave = std::get_if<LeaveCluster>(&request))
        return answer(membership.onLeave(claimed, *leave));
    if (auto *const records = std::get_if<PushRecords>(&request)) {
        for (records::Record &record : records->records) {
            const NodeId id = NodeId::fromUuid(record.id).value_or(NodeId());
            auto &stored = m_nodes[to]->disk.records;
            if (const auto known = stored.find(id);
                known == stored.end() || records::supersedes(record, known->second))
                stored.insert_or_assign(id, std::move(record));
        }
        membership.recordsMerged();
        return reply(Answer(PushRecordsAnswer()));
    }
    BeatAnswer beat;
    if (m_nodes[to]->disk.kept.secrets)
        beat.secretsGeneration = m_nodes[to]->disk.kept.secrets->generation;
    reply(Answer(beat));
}

void MembershipTown::spread()
{
    for (const auto &node : m_nodes) {
        if (!node->isMember())
            continue;
        for (const auto &other : m_nodes)
            if (other->disk.kept.clusterId == node->disk.kept.clusterId)
                for (const auto &[id, record] : other->disk.records) {
                    const auto known = node->disk.records.find(id);
                    if (known == node->disk.records.end() || records::supersedes(record, known->second))
                        node->disk.records.insert_or_assign(id, record.clone());
                }
    }
    for (const auto &node : m_nodes)
        node->membership->recordsMerged();
}

void MembershipTown::beat()
{
    for (std::size_t node = 0; node < m_nodes.size(); ++node)
        for (const Peer &peer : m_nodes[node]->membership->others())
            m_nodes[node]->world->ask(peer, Beat{}, 1000, [this, node, peer](Result<Answer> answer) {
                if (answer)
                    m_nodes[node]->membership->sawGeneration(peer,
                                                             std::get<BeatAnswer>(*answer).secretsGeneration);
            });
}

void MembershipTown::gather()
{
    (void)m_nodes[0]->membership->initialize(m_nodes[0]->describe());
    for (std::size_t node = 1; node < m_nodes.size(); ++node)
        (void)join(node, 0, token(0));
    spread();
    run(1000);
}

std::optional<Result<Membership::Joined>> MembershipTown::join(std::size_t node, std::size_t member,
                                                               const std::string &token, bool acceptRenames,
                                                               std::int64_t runMs)
{
    const auto outcome = std::make_shared<std::optional<Result<Membership::Joined>>>();
    Membership::JoinWish wish{m_nodes[member]->address(), token, m_nodes[node]->describe(), acceptRenames};
    m_nodes[node]->membership->join(std::move(wish), [outcome](Result<Membership::Joined> joined) {
        outcome->emplace(std::move(joined));
    });
    run(runMs);
    return std::move(*outcome);
}

std::string MembershipTown::token(std::size_t node) const
{
    const auto &secrets = m_nodes[node]->disk.kept.secrets;
    return secrets ? secrets->token : std::string();
}

}  // namespace maxiofs::membership_town
