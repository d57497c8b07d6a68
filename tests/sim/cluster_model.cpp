// SPDX-License-Identifier: GPL-3.0-or-later
#include "cluster_model.h"

#include "requests.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace maxiofs::sim {

using records::Kind;
using records::Record;
using records::RecordKey;

namespace {

constexpr std::int64_t kBeatsLateMs = 3000;  // until beats tell of a change

QString text(const std::string &utf8)
{
    return QString::fromStdString(utf8);
}

}  // namespace

// --- A node

ClusterNode::ClusterNode(ClusterModel &model, Simulator &simulator, std::size_t node, World &world)
    : store(simulator, node, model.disk(node), model.rules(), model.setup().pageRecords),
      sync(world, *this, store),
      reservations(
          world, *this, [this](std::string_view name) { return isTaken(name); },
          [this](std::string_view, const Id128 &holder) {
              const Record *const bucket = m_model.disk(m_node).find({Kind::Bucket, holder.hex()});
              return bucket != nullptr && bucket->deleted;
          }),
      m_model(model),
      m_simulator(simulator),
      m_node(node)
{
    store.whenWritten([this](const Record &record) { m_model.written(m_node, record); },
                      [this](const Record &tombstone) { m_model.dropped(m_simulator, m_node, tombstone); });
    if (model.rules().compares()) {
        sync.setInterval(model.setup().intervalMs);
        sync.start();
    }
    if (model.rules().dropsByAge())
        dropOldTombstones(world);
}

void ClusterNode::dropOldTombstones(World &world)
{
    const std::int64_t beforeMs = world.wallMs() - cluster::rules::Tombstones::kKeptMs;
    for (const Kind kind : records::syncedKinds()) {
        if (kind == Kind::Node || kind == Kind::Location)
            continue;
        if (auto old = store.oldTombstones(kind, beforeMs, cluster::rules::Tombstones::kMost))
            static_cast<void>(store.forget(*old));
    }
    world.after(cluster::rules::Tombstones::kIntervalMs, [this, &world] { dropOldTombstones(world); });
}

NodeId ClusterNode::self() const
{
    return m_model.id(m_node);
}

std::vector<Peer> ClusterNode::others() const
{
    std::vector<Peer> others;
    for (std::size_t i = 0; i < m_model.nodes(); ++i)
        if (i != m_node)
            others.push_back({m_model.id(i), Simulator::endpointOf(i), m_model.certificate(i)});
    std::ranges::sort(others, {}, &Peer::id);
    return others;
}

bool ClusterNode::isHealthy(const NodeId &member) const
{
    const auto other = m_model.indexOf(member);
    if (!other)
        return false;
    const bool well = m_simulator.isUp(*other) && m_simulator.isLinked(m_node, *other) &&
                      m_simulator.isLinked(*other, m_node);
    const std::int64_t now = m_simulator.nowMs();
    const bool isNews = now - m_simulator.changedMs(m_node, *other) < kBeatsLateMs;
    const bool isNew = now - m_model.bornMs(*other) < kBeatsLateMs;
    return well != isNews && !isNew;
}

Caller ClusterNode::caller() const
{
    return {m_node, self(), m_model.certificate(m_node), {}};
}

Record ClusterNode::change(const RecordKey &key, QJsonObject body, bool deleted)
{
    Record record = store.change(key, std::move(body), deleted, self());
    sync.changed({key});
    return record;
}

void ClusterNode::handle(const Caller &from, Request request, Reply reply)
{
    if (!m_model.indexOf(from.id)) {
        reply(failure(Error::Unauthenticated, "no member"));
        return;
    }
    reply(dispatch(std::move(request)));
}

Result<Answer> ClusterNode::dispatch(Request request)
{
    using namespace cluster::rules;
    if (auto *push = std::get_if<PushRecords>(&request); push != nullptr && !m_model.rules().takesPushes())
        return sim::answerOf(Result<PushRecordsAnswer>(PushRecordsAnswer{push->records.size(), 0}));
    if (auto *push = std::get_if<PushRecords>(&request))
        return sim::answerOf(sync.onPush(std::move(*push)));
    if (const auto *compare = std::get_if<CompareRecords>(&request))
        return sim::answerOf(sync.onCompare(*compare));
    if (const auto *digests = std::get_if<AskDigests>(&request))
        return sim::answerOf(sync.onDigests(*digests));
    if (const auto *pull = std::get_if<PullRecords>(&request))
        return sim::answerOf(sync.onPull(*pull));
    if (const auto *sought = std::get_if<SeekRecord>(&request))
        return sim::answerOf(Result<SeekRecordAnswer>(seek(*sought)));
    if (const auto *name = std::get_if<ReserveName>(&request))
        return sim::answerOf(reservations.onReserve(*name));
    return failure(Error::Unsupported, "no such message");
}

cluster::rules::SeekRecordAnswer ClusterNode::seek(const cluster::rules::SeekRecord &request) const
{
    cluster::rules::SeekRecordAnswer answer;
    const Record *found = m_model.disk(m_node).find({request.kind, request.name});
    if (found != nullptr)
        answer.records.push_back(found->clone());
    return answer;
}

bool ClusterNode::isTaken(std::string_view name) const
{
    const std::string wanted(name.substr(name.find('/') + 1));
    const RecordDisk &disk = m_model.disk(m_node);
    const auto buckets = disk.tables.find(Kind::Bucket);
    return buckets != disk.tables.end() && std::ranges::any_of(buckets->second.kept, [&](const auto &kept) {
               const Record &record = kept.second.record;
               return !record.deleted && record.body.value("name"_L1).toString() == text(wanted);
           });
}

// --- All nodes

ClusterModel::ClusterModel(const History &history, const Rules &rules, Setup setup)
    : m_rules(rules),
      m_setup(setup),
      m_random(mix(history.seed, 2)),
      m_bornMs(history.nodes, -kBeatsLateMs),
      m_disks(history.nodes)
{
    for (std::size_t i = 0; i < history.nodes; ++i)
        m_ids.push_back(m_random.id());
}

std::unique_ptr<Program> ClusterModel::start(Simulator &simulator, std::size_t node, World &world)
{
    m_simulator = &simulator;
    return std::make_unique<ClusterNode>(*this, simulator, node, world);
}

ClusterNode *ClusterModel::nodeOf(const Simulator &simulator, std::size_t node)
{
    return static_cast<ClusterNode *>(simulator.program(node));
}

std::string ClusterModel::certificate(std::size_t node) const
{
    return "c" + std::to_string(node) + "-" + std::to_string(m_bornMs[node]);
}

std::optional<std::size_t> ClusterModel::indexOf(const NodeId &id) const
{
    const auto found = std::ranges::find(m_ids, id);
    return found == m_ids.end() ? std::nullopt
                                : std::optional(static_cast<std::size_t>(found - m_ids.begin()));
}

bool ClusterModel::loseDisk(std::size_t node)
{
    m_disks[node] = {};
    m_ids[node] = m_random.id();  // it comes back as new
    m_bornMs[node] = m_simulator->nowMs();
    // What nobody else had is lost with it, unless it is still on its way.
    m_greatest.clear();
    for (const RecordDisk &disk : m_disks)
        for (const auto &[kind, table] : disk.tables)
            for (const auto &[id, stored] : table.kept) {
                const auto [kept, isNew] = m_greatest.try_emplace(stored.record.key());
                if (isNew || compareVersions(stored.record, kept->second) > 0)
                    kept->second = stored.record.clone();
            }
    return true;
}

void ClusterModel::written(std::size_t /*node*/, const Record &record)
{
    const auto [kept, isNew] = m_greatest.try_emplace(record.key());
    if (isNew || compareVersions(record, kept->second) > 0)
        kept->second = record.clone();
}

void ClusterModel::dropped(Simulator &simulator, std::size_t node, const Record &tombstone)
{
    const std::string what = "node " + std::to_string(node) + " drops " + nameOf(tombstone);
    if (tombstone.stamp.unixMs() > simulator.wallMs(node) - cluster::rules::Tombstones::kKeptMs)
        simulator.broken(what + " before its time");
    if (tombstone.kind == Kind::Node)
        simulator.broken(what + ": a removed node would be let in again");
    if (tombstone.kind == Kind::Location)
        simulator.broken(what + ": the bucket's epoch would begin anew");
    for (std::size_t i = 0; i < m_disks.size(); ++i) {
        const Record *other = m_disks[i].find(tombstone.key());
        if (other != nullptr && compareVersions(*other, tombstone) < 0)
            simulator.broken(what + " while node " + std::to_string(i) + " has " + nameOf(*other));
    }
}

void ClusterModel::mustBeSettled(Simulator &simulator, std::size_t node, const Record &record)
{
    const ClusterNode *self = nodeOf(simulator, node);
    for (std::size_t i = 0; i < m_disks.size(); ++i) {
        if (i == node || !self->isHealthy(m_ids[i]))
            continue;
        const Record *there = m_disks[i].find(record.key());
        if (there == nullptr || compareVersions(*there, record) < 0)
            simulator.broken("node " + std::to_string(node) + " calls " + nameOf(record) +
                             " settled, and node " + std::to_string(i) + " has not got it");
    }
}

std::optional<std::string> ClusterModel::checkKey(Simulator &simulator, const RecordKey &key)
{
    const Record &greatest = m_greatest.at(key);
    for (std::size_t i = 0; i < m_disks.size(); ++i) {
        const Record *record = m_disks[i].find(key);
        const std::string who = "after all is well node " + std::to_string(i);
        if (record == nullptr) {
            const bool old =
                greatest.stamp.unixMs() + cluster::rules::Tombstones::kKeptMs < simulator.wallMs(i);
            if (!greatest.deleted || !old)
                return who + " has not got " + nameOf(greatest);
        } else if (compareVersions(*record, greatest) != 0 || record->deleted != greatest.deleted ||
                   record->body != greatest.body) {
            return who + " has " + nameOf(*record) + " and not " + nameOf(greatest);
        }
    }
    return std::nullopt;
}

std::optional<std::string> ClusterModel::check(Simulator &simulator)
{
    for (const auto &[key, greatest] : m_greatest)
        if (auto broken = checkKey(simulator, key))
            return broken;
    return std::nullopt;
}

}  // namespace maxiofs::sim
