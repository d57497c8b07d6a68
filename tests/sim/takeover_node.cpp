// SPDX-License-Identifier: GPL-3.0-or-later
#include "takeover_node.h"

#include "takeover_model.h"

#include <algorithm>

namespace maxiofs::sim {

namespace rules = cluster::rules;
using records::Epoch;
using records::Location;

namespace {

constexpr std::int64_t kBeatMs = 1000;
constexpr std::int64_t kBeatLimitMs = 5000;
constexpr std::int64_t kPassMs = 1500;  // records go to one other member
constexpr std::int64_t kSendMs = 300;   // what was not sent at once
constexpr std::int64_t kBatchMs = 2000;

}  // namespace

TakeoverNode::TakeoverNode(TakeoverModel &model, Simulator &simulator, std::size_t node, World &world)
    : m_model(model),
      m_simulator(simulator),
      m_node(node),
      m_world(world),
      takeover(world, *this, *this)
{
    takeover.start();
    beat();
    pass();
    sendAll();
}

TakeoverDisk &TakeoverNode::disk() const
{
    return m_model.disk(m_node);
}

const TakeoverFlaws &TakeoverNode::flaws() const
{
    return m_model.flaws();
}

// --- Members and messages

NodeId TakeoverNode::self() const
{
    return disk().id;
}

std::vector<Peer> TakeoverNode::others() const
{
    std::vector<Peer> others;
    for (std::size_t i = 0; i < m_model.nodes(); ++i)
        if (i != m_node)
            others.push_back({m_model.disk(i).id, Simulator::endpointOf(i), {}});
    std::ranges::sort(others, {}, &Peer::id);
    return others;
}

bool TakeoverNode::isHealthy(const NodeId &member) const
{
    const auto heard = heardAtMs(member);
    return heard && m_world.steadyMs() - *heard < rules::Takeover::kSilenceMs;
}

std::optional<std::int64_t> TakeoverNode::heardAtMs(const NodeId &member) const
{
    const auto heard = m_heard.find(member);
    return heard == m_heard.end() || flaws().hearsNobody ? std::nullopt : std::optional(heard->second);
}

Caller TakeoverNode::caller() const
{
    return {m_node, self(), {}, {}};
}

void TakeoverNode::beat()
{
    m_world.after(kBeatMs, [this] { beat(); });
    for (const Peer &peer : others())
        m_world.ask(peer, rules::Beat{}, kBeatLimitMs, [this, id = peer.id](const Result<Answer> &answer) {
            if (answer)
                m_heard[id] = m_world.steadyMs();
        });
    for (auto &[bucket, served] : m_served)
        acknowledge(bucket);
    if (flaws().forgetsByAge)
        for (const auto &[bucket, kept] : disk().buckets)
            std::erase_if(disk().buckets[bucket].rows, [&](const auto &row) {
                return row.second.isRemoval &&
                       row.second.stamp.unixMs() < m_world.wallMs() - rules::Takeover::kRememberMs;
            });
    m_model.watch(m_node, *this);
}

// The simulator carries the product's messages: what only this model knows waits at the model for its ticket.
void TakeoverNode::say(const Peer &to, TakeoverWord word, std::int64_t limitMs, Heard heard)
{
    m_world.ask(to, rules::SeekRecord{records::Kind::Bucket, m_model.ticket(std::move(word))}, limitMs,
                [this, id = to.id, heard = std::move(heard)](Result<Answer> answer) mutable {
                    if (!answer)
                        return heard(failure(std::move(answer.error())));
                    m_heard[id] = m_world.steadyMs();
                    heard(m_model.word(std::get<rules::SeekRecordAnswer>(*answer).records.front().id));
                });
}

Answer TakeoverNode::answerOf(TakeoverWord word) const
{
    rules::SeekRecordAnswer answered;
    answered.records.emplace_back();
    answered.records.back().id = m_model.ticket(std::move(word));
    return answered;
}

void TakeoverNode::ask(const Peer &peer, rules::TakeoverRequest request, std::int64_t limitMs,
                       Answered answered)
{
    const bool isUnheard = flaws().asksNobody && limitMs == rules::Takeover::kAskLimitMs &&
                           std::holds_alternative<rules::AskStandings>(request);
    say(peer, std::move(request), limitMs,
        [answered = std::move(answered), isUnheard,
         isBlind = flaws().ignoresOthers](Result<TakeoverWord> word) mutable {
            if (!word)
                return answered(failure(std::move(word.error())));
            auto answer = std::get<rules::TakeoverAnswer>(std::move(*word));
            if (auto *standings = std::get_if<rules::AskStandingsAnswer>(&answer)) {
                if (isUnheard)
                    standings->heardMsAgo.reset();
                if (isBlind)
                    standings->standings.clear();
            }
            answered(std::move(answer));
        });
}

void TakeoverNode::handle(const Caller &from, Request request, Reply reply)
{
    if (!m_model.indexOf(from.id))
        return reply(failure(Error::Unauthenticated, "no member"));
    m_heard[from.id] = m_world.steadyMs();
    if (std::holds_alternative<rules::Beat>(request))
        return reply(Answer(rules::BeatAnswer{}));
    const auto answer = [this](TakeoverWord word) { return answerOf(std::move(word)); };
    TakeoverWord word = m_model.word(std::get<rules::SeekRecord>(request).name);
    if (auto *asked = std::get_if<rules::TakeoverRequest>(&word)) {
        if (const auto *end = std::get_if<rules::EndHandOver>(asked);
            end != nullptr && takeover.servedEpoch(end->bucket) == end->epoch)
            m_model.handedOver(end->bucket, end->epoch, from.id);
        takeover.handle(from.id, std::move(*asked),
                        [answer, reply = std::move(reply)](Result<rules::TakeoverAnswer> result) mutable {
                            if (result)
                                reply(answer(std::move(*result)));
                            else
                                reply(failure(std::move(result.error())));
                        });
    } else if (const auto *write = std::get_if<ClientWrite>(&word)) {
        decide(*write, std::move(reply));
    } else if (const auto *records = std::get_if<RecordsWord>(&word)) {
        merge(*records);
        reply(answer(ownRecords()));
    } else if (const auto *batch = std::get_if<BatchWord>(&word)) {
        if (Status taken = onBatch(*batch); taken)
            reply(answer(RecordsWord()));
        else
            reply(failure(std::move(taken.error())));
    }
}

// --- Records

RecordsWord TakeoverNode::ownRecords() const
{
    return {disk().locations, disk().rules};
}

void TakeoverNode::pass()
{
    m_world.after(kPassMs, [this] { pass(); });
    const auto peers = others();
    if (peers.empty())
        return;
    say(peers[++m_passTo % peers.size()], ownRecords(), kBatchMs, [this](const Result<TakeoverWord> &word) {
        if (word)
            merge(std::get<RecordsWord>(*word));
    });
}

void TakeoverNode::tellRecords()
{
    for (const Peer &peer : others())
        say(peer, ownRecords(), kBatchMs, [this](const Result<TakeoverWord> &word) {
            if (word)
                merge(std::get<RecordsWord>(*word));
        });
}

void TakeoverNode::refresh(const BucketId &)
{
    m_world.after(1, [this] { tellRecords(); });
}

// Records of one change come in any order.
void TakeoverNode::merge(const RecordsWord &word)
{
    const bool rulesFirst = std::to_integer<unsigned>(m_world.randomId().bytes[0]) % 2 == 0;
    if (rulesFirst)
        mergeRules(word);
    mergeLocations(word);
    if (!rulesFirst)
        mergeRules(word);
}

void TakeoverNode::mergeLocations(const RecordsWord &word)
{
    std::set<BucketId> changed;
    for (const auto &[bucket, location] : word.locations)
        if (location.epoch > disk().locations[bucket].epoch)
            changed.insert(bucket);
    if (changed.empty())
        return;
    m_simulator.durably(m_node, [&] {
        for (const BucketId &bucket : changed)
            disk().locations[bucket] = word.locations.at(bucket);
    });
    for (const BucketId &bucket : changed)
        takeover.bucketChanged(bucket);
}

void TakeoverNode::mergeRules(const RecordsWord &word)
{
    std::set<BucketId> changed;
    const auto isNewer = [this](const auto &entry) {
        const auto known = disk().rules.find(entry.first);
        return known == disk().rules.end() || entry.second.stamp > known->second.stamp;
    };
    for (const auto &entry : word.rules)
        if (isNewer(entry))
            changed.insert(entry.second.bucket);
    if (changed.empty())
        return;
    m_simulator.durably(m_node, [&] {
        for (const auto &entry : word.rules)
            if (isNewer(entry))
                disk().rules[entry.first] = entry.second;
    });
    for (const BucketId &bucket : changed)
        takeover.bucketChanged(bucket);
}

void TakeoverNode::changeRecords(const std::function<void(TakeoverDisk &)> &change)
{
    m_simulator.durably(m_node, [&] { change(disk()); });
    for (const BucketId &bucket : buckets())
        takeover.bucketChanged(bucket);
    tellRecords();
}

std::vector<BucketId> TakeoverNode::buckets() const
{
    std::vector<BucketId> all;
    for (const auto &[bucket, location] : disk().locations)
        all.push_back(bucket);
    return all;
}

std::optional<rules::OwnedBucket> TakeoverNode::bucket(const BucketId &bucket) const
{
    const auto location = disk().locations.find(bucket);
    if (location == disk().locations.end())
        return std::nullopt;
    rules::OwnedBucket owned{bucket, location->second, m_model.isAutomatic() || flaws().ignoresPolicy, {}};
    for (const auto &[id, rule] : disk().rules)
        if (rule.bucket == bucket && !rule.isDeleted)
            owned.rules.push_back(rule.rule);
    return owned;
}

std::optional<rules::CopyState> TakeoverNode::copy(const BucketId &bucket) const
{
    const auto found = disk().buckets.find(bucket);
    if (found == disk().buckets.end())
        return std::nullopt;
    if (!found->second.copy && !found->second.rows.empty())
        return rules::CopyState();
    return found->second.copy;
}

void TakeoverNode::keep(const BucketId &bucket, const rules::CopyState &state)
{
    auto &copy = disk().buckets[bucket].copy;
    copy = state;
    if (flaws().forgetsAwaited)
        copy->awaited.clear();
}

Status TakeoverNode::writeCopy(const BucketId &bucket, const rules::CopyState &state)
{
    m_simulator.durably(m_node, [&] { keep(bucket, state); });
    return {};
}

Status TakeoverNode::commit(const BucketId &bucket, const Location &location, const rules::CopyState &state,
                            const std::vector<std::pair<Id128, NodeId>> &destinations)
{
    Location taken = location;
    const Location known = disk().locations[bucket];
    if (flaws().keepsEpoch)
        taken.epoch.number = known.epoch.number;
    else if (location.epoch <= known.epoch)
        return failure(Error::PreconditionFailed, "a later epoch is known");
    m_simulator.durably(m_node, [&] {
        disk().locations[bucket] = taken;
        keep(bucket, state);
        if (flaws().keepsRules)
            return;
        for (const auto &[id, destination] : destinations) {
            auto &rule = disk().rules[id];
            rule.rule.destination = destination;
            rule.isDeleted = destination == NodeId();
            rule.stamp = Stamp::after(rule.stamp, m_world.wallMs(), self());
        }
    });
    m_model.claimed(m_simulator, m_node, bucket, known, taken);
    tellRecords();
    return {};
}

Status TakeoverNode::pointRule(const Id128 &rule, const NodeId &destination)
{
    if (flaws().keepsRules)
        return {};
    m_simulator.durably(m_node, [&] {
        TakeoverDisk::Rule &kept = disk().rules[rule];
        kept.rule.destination = destination;
        kept.stamp = Stamp::after(kept.stamp, m_world.wallMs(), self());
    });
    tellRecords();
    return {};
}

// --- Sending changes, in small

void TakeoverNode::sendAll()
{
    m_world.after(kSendMs, [this] { sendAll(); });
    for (auto &[bucket, served] : m_served) {
        const auto facts = this->bucket(bucket);
        for (const rules::ReplicaRule &rule : facts->rules)
            send(bucket, served, rule);
    }
}

void TakeoverNode::send(const BucketId &bucket, Served &served, const rules::ReplicaRule &rule)
{
    const auto peers = others();
    const auto peer = std::ranges::find(peers, rule.destination, &Peer::id);
    Sending &sending = served.sendings[rule.id];
    if (sending.to != rule.destination || sending.epoch != served.epoch)
        sending = {rule.destination, served.epoch, false, false, false, 0};
    if (peer == peers.end() || sending.isOpen || !rule.isEnabled)
        return;
    BatchWord batch{bucket,
                    served.epoch,
                    !sending.isAdmitted,
                    sending.isAdmitted && !sending.isWhole,
                    sending.acknowledged,
                    disk().sequence,
                    {},
                    {}};
    const TakeoverDisk::Bucket &kept = disk().buckets[bucket];
    // What is here counts as whole only once the other has handed over.
    for (const auto &[key, row] : kept.rows)
        if (!batch.isQuestion && (batch.isWhole || row.sequence > sending.acknowledged))
            batch.rows.emplace(key, row);
    batch.conflicts = kept.conflicts;
    if (!batch.isQuestion && !batch.isWhole && sending.acknowledged == batch.to)
        return;
    sending.isOpen = true;
    say(*peer, std::move(batch), kBatchMs,
        [this, bucket, rule = rule.id, sending, to = disk().sequence](const Result<TakeoverWord> &answer) {
            sent(bucket, rule, sending, to, answer ? Status() : Status(failure(answer.error())));
        });
}

void TakeoverNode::sent(const BucketId &bucket, const Id128 &rule, const Sending &as, std::uint64_t to,
                        const Status &taken)
{
    const auto served = m_served.find(bucket);
    if (served == m_served.end() || served->second.epoch != as.epoch)
        return;
    const auto sending = served->second.sendings.find(rule);
    if (sending == served->second.sendings.end() || sending->second.to != as.to)
        return;
    sending->second.isOpen = false;
    if (!taken) {
        sending->second.isWhole = false;
        return;
    }
    if (!std::exchange(sending->second.isAdmitted, true))
        return;
    sending->second.acknowledged = std::max(sending->second.acknowledged, to);
    if (!std::exchange(sending->second.isWhole, true))
        takeover.caughtUp(bucket, rule);
    acknowledge(bucket);
}

Status TakeoverNode::onBatch(const BatchWord &batch)
{
    Status admitted = takeover.admit(batch.bucket, batch.epoch);
    if (!admitted && !(flaws().admitsEarly && admitted.error().code == Error::Busy))
        return admitted;
    const std::uint64_t received = receivedTo(batch.bucket, batch.epoch);
    if (batch.isQuestion)
        return {};
    if (batch.to < received)
        return {};  // it was long on its way
    if (!batch.isWhole && received < batch.from)
        return failure(Error::PreconditionFailed, "something is missing in between");
    m_simulator.durably(m_node, [&] {
        TakeoverDisk::Bucket &kept = disk().buckets[batch.bucket];
        if (batch.isWhole) {
            std::erase_if(kept.rows, [&](const auto &row) { return !batch.rows.contains(row.first); });
            kept.conflicts.clear();
        }
        kept.conflicts.insert(batch.conflicts.begin(), batch.conflicts.end());
        for (const auto &[key, row] : batch.rows)
            if (const auto own = kept.rows.find(key); own == kept.rows.end() ||
                                                      row.stamp > own->second.stamp ||
                                                      (batch.isWhole && row.stamp != own->second.stamp))
                kept.rows[key] = {row.stamp, row.isRemoval, ++disk().sequence};
        kept.received[batch.epoch] = batch.to;
    });
    return {};
}

}  // namespace maxiofs::sim
