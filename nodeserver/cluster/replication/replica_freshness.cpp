// SPDX-License-Identifier: GPL-3.0-or-later
#include "cluster/replication/replica_freshness.h"

#include "base/log_line.h"
#include "cluster/machine_thread.h"

#include <QJsonArray>

#include <boost/asio/co_spawn.hpp>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace maxiofs::cluster::replication {

namespace {

constexpr auto kRulesField = "rules"_L1;
constexpr auto kLagsField = "lags"_L1;
constexpr auto kBucketField = "bucket"_L1;
constexpr auto kLagField = "lag_ms"_L1;

bool servesReads(const records::ReplicationRule &rule)
{
    return rule.isFull() && rule.options.enabled;
}

net::Awaitable<std::optional<std::int64_t>> lagAt(PeerCalls &calls, NodeId node, BucketId bucket)
{
    QJsonObject question{{kBucketField, QString::fromStdString(bucket.hex())}};
    const auto answer = co_await calls.call(node, ReplicaFreshness::kStandingRoute, std::move(question),
                                            ReplicaFreshness::kStandingLimit);
    if (!answer || !answer->value(kLagField).isDouble())
        co_return std::nullopt;
    co_return std::max<std::int64_t>(answer->value(kLagField).toInteger(), 0);
}

}  // namespace

// The answers of the nodes that are asked for one bucket, from whichever threads they come.
class ReplicaFreshness::Choosing {
public:
    explicit Choosing(std::size_t open) : m_open(open) {}

    /// All answers, when this was the last one.
    [[nodiscard]] std::optional<std::vector<Standing>> add(const NodeId &node,
                                                           std::optional<std::int64_t> lagMs)
    {
        const base::MutexLock lock(m_mutex);
        if (lagMs)
            m_standings.push_back({node, *lagMs});
        if (--m_open > 0)
            return std::nullopt;
        return std::move(m_standings);
    }

private:
    base::Mutex m_mutex;
    std::size_t m_open GUARDED_BY(m_mutex);
    std::vector<Standing> m_standings GUARDED_BY(m_mutex);
};

void ReplicaFreshness::addHandlers(link::InternalHandlers &handlers)
{
    handlers.add(kLagsRoute, [this](link::InternalCall call) { return answerLags(std::move(call)); });
    handlers.add(kStandingRoute, [this](link::InternalCall call) { return answerStanding(std::move(call)); });
}

net::Awaitable<Result<QJsonObject>> ReplicaFreshness::answerLags(link::InternalCall call) const
{
    const QJsonArray asked = call.body.value(kRulesField).toArray();
    if (asked.size() > static_cast<qsizetype>(kMostAsked))
        co_return failure(Error::InvalidArgument, "At most 1000 rules are asked for at once.");
    std::vector<std::string> rules;
    for (const QJsonValue &rule : asked)
        rules.push_back(rule.toString().toStdString());
    const Lags lags = co_await m_needs.pool.run([&] { return m_needs.lagsTo(call.from, rules); });
    QJsonObject told;
    for (const auto &[rule, lagMs] : lags)
        told.insert(QString::fromStdString(rule), static_cast<qint64>(lagMs));
    co_return QJsonObject{{kLagsField, told}};
}

net::Awaitable<Result<QJsonObject>> ReplicaFreshness::answerStanding(link::InternalCall call) const
{
    const auto bucket = BucketId::fromHex(call.body.value(kBucketField).toString().toStdString());
    if (!bucket)
        co_return failure(Error::InvalidArgument, "The field is no bucket's id.", kBucketField.data());
    QJsonObject told;
    if (const auto lag = replicaLag(*bucket))
        told.insert(kLagField, static_cast<qint64>(lag->count()));
    co_return told;
}

Status ReplicaFreshness::load()
{
    TRY_ASSIGN(const auto written, m_needs.rules.replicaTimes());
    const std::int64_t wallMs = m_needs.clock.unixMs();
    const std::int64_t steadyMs = steadyNowMs();
    const base::MutexLock lock(m_mutex);
    for (const auto &[rule, unixMs] : written)
        m_asOfMs[rule] = steadyMs - std::max<std::int64_t>(wallMs - unixMs, 0);
    m_written = m_asOfMs;
    m_writtenMs = steadyMs;
    return {};
}

void ReplicaFreshness::tick()
{
    if (m_isAsking.exchange(true))
        return;
    m_needs.pool.submit([this] {
        askOwners();
        bool isDue = false;
        {
            const base::MutexLock lock(m_mutex);
            isDue = m_hasNew || steadyNowMs() - m_writtenMs >= kNoteMs;
        }
        if (isDue)
            keep();
        m_isAsking = false;
    });
}

void ReplicaFreshness::askOwners()
{
    const NodeId self = m_needs.records.nodeId();
    std::map<NodeId, std::vector<std::string>> ofOwner;
    std::set<std::string> own;
    for (const records::ReplicationRulePtr &rule : m_needs.rules.all()) {
        if (!rule->isFull() || rule->destinationNode != self)
            continue;
        own.insert(rule->id);
        const auto bucket = m_needs.buckets.findById(rule->sourceBucketId);
        if (!bucket || !servesReads(*rule))
            continue;
        const NodeId &owner = (*bucket)->location.owner;
        if (!owner.isNull() && owner != self && !m_needs.isSilent(owner))
            ofOwner[owner].push_back(rule->id);
    }
    {
        const base::MutexLock lock(m_mutex);
        const auto isGone = [&](const auto &entry) { return !own.contains(entry.first); };
        std::erase_if(m_asOfMs, isGone);
        std::erase_if(m_written, isGone);
    }
    for (const auto &[owner, rules] : ofOwner) {
        for (std::size_t first = 0; first < rules.size(); first += kMostAsked) {
            QJsonArray asked;
            for (std::size_t i = first; i < std::min(first + kMostAsked, rules.size()); ++i)
                asked.append(QString::fromStdString(rules[i]));
            // What the owner knows is at least as new as the question.
            const std::int64_t askedMs = steadyNowMs();
            const auto answer =
                m_needs.calls.callAndWait(owner, kLagsRoute, {{kRulesField, asked}}, kLagsLimit);
            if (!answer)
                break;
            const QJsonObject lags = answer->value(kLagsField).toObject();
            std::map<std::string, std::int64_t> asOfMs;
            for (auto lag = lags.begin(); lag != lags.end(); ++lag)
                asOfMs.emplace(lag.key().toStdString(),
                               askedMs - std::max<std::int64_t>(lag.value().toInteger(), 0));
            learn(asOfMs);
        }
    }
}

void ReplicaFreshness::learn(const std::map<std::string, std::int64_t> &asOfMs)
{
    const base::MutexLock lock(m_mutex);
    for (const auto &[rule, ms] : asOfMs) {
        const auto [known, isNew] = m_asOfMs.try_emplace(rule, ms);
        known->second = std::max(known->second, ms);
        m_hasNew = m_hasNew || isNew;
    }
}

void ReplicaFreshness::keep()
{
    std::map<std::string, std::int64_t> known;
    std::map<std::string, std::int64_t> changed;
    const std::int64_t wallMs = m_needs.clock.unixMs();
    const std::int64_t steadyMs = steadyNowMs();
    {
        const base::MutexLock lock(m_mutex);
        m_writtenMs = steadyMs;
        m_hasNew = false;
        known = m_asOfMs;
        for (const auto &[rule, ms] : known) {
            const auto before = m_written.find(rule);
            if (before == m_written.end() || before->second != ms)
                changed.emplace(rule, wallMs - (steadyMs - ms));
        }
    }
    if (const Status written = changed.empty() ? Status() : m_needs.rules.writeReplicaTimes(changed);
        !written) {
        base::warningLine("How fresh replicas are could not be written down")
            .with("reason", written.error().message);
        return;
    }
    const base::MutexLock lock(m_mutex);
    m_written = std::move(known);
}

std::optional<std::chrono::milliseconds> ReplicaFreshness::replicaLag(const BucketId &bucket) const
{
    const NodeId self = m_needs.records.nodeId();
    std::optional<std::int64_t> newest;
    for (const records::ReplicationRulePtr &rule : m_needs.rules.ofBucket(bucket)) {
        if (!servesReads(*rule) || rule->destinationNode != self)
            continue;
        const base::MutexLock lock(m_mutex);
        if (const auto known = m_asOfMs.find(rule->id); known != m_asOfMs.end())
            newest = std::max(newest.value_or(known->second), known->second);
    }
    if (!newest)
        return std::nullopt;
    return std::chrono::milliseconds(std::max<std::int64_t>(steadyNowMs() - *newest, 0));
}

std::vector<NodeId> ReplicaFreshness::fullReplicas(const BucketId &bucket) const
{
    const auto record = m_needs.buckets.findById(bucket);
    const NodeId owner = record ? (*record)->location.owner : NodeId();
    std::set<NodeId> nodes;
    for (const records::ReplicationRulePtr &rule : m_needs.rules.ofBucket(bucket)) {
        if (servesReads(*rule) && rule->destinationNode != owner)
            nodes.insert(rule->destinationNode);
    }
    return {nodes.begin(), nodes.end()};
}

// Of those that are as fresh as the freshest this node goes first: it needs no way.
std::vector<NodeId> ReplicaFreshness::inOrder(std::vector<Standing> standings) const
{
    if (standings.empty())
        return {};
    const NodeId self = m_needs.records.nodeId();
    const std::int64_t least = std::ranges::min(standings, {}, &Standing::lagMs).lagMs;
    const auto place = [&](const Standing &standing) {
        const bool isEqual = standing.lagMs - least < kEqualMs;
        return std::tuple(isEqual ? least : standing.lagMs, standing.node != self, standing.node);
    };
    std::ranges::sort(standings, {}, place);
    std::vector<NodeId> nodes;
    std::ranges::transform(standings, std::back_inserter(nodes), &Standing::node);
    return nodes;
}

void ReplicaFreshness::freshest(const BucketId &bucket, Done done)
{
    const NodeId self = m_needs.records.nodeId();
    std::vector<NodeId> nodes = fullReplicas(bucket);
    std::erase_if(nodes, [&](const NodeId &node) {
        return node == self ? !replicaLag(bucket) : m_needs.isSilent(node);
    });
    if (nodes.size() < 2)
        return done(std::move(nodes));
    if (auto known = chosenFor(bucket))
        return done(*std::move(known));
    bool isFirst = false;
    {
        const base::MutexLock lock(m_mutex);
        std::vector<Done> &waiting = m_waiting[bucket];
        isFirst = waiting.empty();
        waiting.push_back(std::move(done));
    }
    if (isFirst)
        ask(bucket, nodes);
}

std::optional<std::vector<NodeId>> ReplicaFreshness::chosenFor(const BucketId &bucket) const
{
    const base::MutexLock lock(m_mutex);
    const auto found = m_chosen.find(bucket);
    if (found == m_chosen.end() || steadyNowMs() >= found->second.untilMs)
        return std::nullopt;
    return found->second.nodes;
}

void ReplicaFreshness::ask(const BucketId &bucket, const std::vector<NodeId> &nodes)
{
    const NodeId self = m_needs.records.nodeId();
    const auto choosing = std::make_shared<Choosing>(nodes.size());
    const auto add = [this, bucket, choosing](const NodeId &node, std::optional<std::int64_t> lagMs) {
        if (auto all = choosing->add(node, lagMs))
            chosen(bucket, *std::move(all));
    };
    for (const NodeId &node : nodes) {
        if (node == self) {
            const auto lag = replicaLag(bucket);
            add(node, lag ? std::optional(lag->count()) : std::nullopt);
            continue;
        }
        boost::asio::co_spawn(
            m_needs.threads.next().executor(), lagAt(m_needs.calls, node, bucket),
            [add, node](const std::exception_ptr &thrown, std::optional<std::int64_t> lagMs) {
                if (thrown)
                    std::rethrow_exception(thrown);
                add(node, lagMs);
            });
    }
}

void ReplicaFreshness::chosen(const BucketId &bucket, std::vector<Standing> standings)
{
    const std::vector<NodeId> nodes = inOrder(std::move(standings));
    std::vector<Done> waiting;
    {
        const base::MutexLock lock(m_mutex);
        if (m_chosen.size() >= kMostChosen)
            m_chosen.clear();
        m_chosen[bucket] = {nodes, steadyNowMs() + kChosenMs};
        waiting = std::move(m_waiting[bucket]);
        m_waiting.erase(bucket);
    }
    for (Done &done : waiting)
        done(nodes);
}

}  // namespace maxiofs::cluster::replication
