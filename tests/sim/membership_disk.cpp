// SPDX-License-Identifier: GPL-3.0-or-later
#include "membership_disk.h"

#include "cluster/rules/member_record.h"
#include "crypto/digest.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace maxiofs::sim {

using cluster::rules::ClusterSecrets;
using cluster::rules::JoinConfirmAnswer;
using cluster::rules::JoinIntent;
using cluster::rules::MemberState;
using cluster::rules::NodeDescription;
using records::Kind;
using records::Location;
using records::Record;
using records::RecordKey;

namespace {

QString qtText(const std::string &text)
{
    return QString::fromStdString(text);
}

}  // namespace

std::set<NodeId> MembershipDisk::members() const
{
    std::set<NodeId> live;
    for (const auto &[key, record] : records)
        if (const auto member = cluster::rules::memberOf(record))
            live.insert(member->description.id);
    return live;
}

std::set<NodeId> MembershipDisk::removed() const
{
    std::set<NodeId> gone;
    for (const auto &[key, record] : records)
        if (const auto id = cluster::rules::removedIn(record))
            gone.insert(*id);
    return gone;
}

MembershipDiskStore::MembershipDiskStore(Simulator &simulator, std::size_t node, MembershipDisk &disk,
                                         const MembershipFlaws &flaws, Learnt learnt)
    : m_simulator(simulator),
      m_node(node),
      m_disk(disk),
      m_flaws(flaws),
      m_learnt(std::move(learnt))
{
}

void MembershipDiskStore::whenWritten(Written own, Written merged)
{
    m_own = std::move(own);
    m_merged = std::move(merged);
}

template <typename Write>
void MembershipDiskStore::write(Write write)
{
    Keys keys;
    m_simulator.durably(m_node, [&] { write(keys); });
    if (!keys.empty() && m_own && m_disk.isMember())
        m_own(keys);
}

void MembershipDiskStore::learn(const ClusterSecrets &secrets, const NodeId &removed)
{
    if (m_disk.secrets && m_disk.secrets->generation > secrets.generation)
        m_simulator.broken("node " + std::to_string(m_node) + " goes back to older secrets");
    m_disk.secrets = secrets;
    m_learnt(m_disk.self, secrets, removed);
}

void MembershipDiskStore::change(Keys &keys, Kind kind, const std::string &id, QJsonObject body, bool deleted)
{
    const RecordKey key{kind, id};
    const auto stored = m_disk.records.find(key);
    const Stamp replaced = stored == m_disk.records.end() ? Stamp() : stored->second.stamp;
    Record record{kind, id, std::move(body), {}, {}, deleted, m_disk.clusterId};
    record.stamp = Stamp::after(replaced, m_simulator.wallMs(m_node), m_disk.self);
    m_disk.records.insert_or_assign(key, std::move(record));
    keys.push_back(key);
}

void MembershipDiskStore::moveBucket(Keys &keys, const std::string &name, const NodeId &owner,
                                     bool unavailable)
{
    const auto stored = m_disk.records.find({Kind::Location, name});
    const std::uint64_t number =
        stored == m_disk.records.end() ? 0 : records::locationOf(stored->second.body).epoch.number;
    change(keys, Kind::Location, name, records::bodyOf({owner, {number + 1, m_disk.self}, unavailable}));
}

void MembershipDiskStore::makeBucket(const std::string &name)
{
    write([&](Keys &keys) { moveBucket(keys, name, m_disk.self, false); });
}

void MembershipDiskStore::rename(const NodeId &node, const std::string &name)
{
    const auto stored = m_disk.records.find({Kind::Node, node.uuid()});
    if (stored == m_disk.records.end() || stored->second.deleted)
        return;
    write([&](Keys &keys) {
        QJsonObject body = stored->second.body;
        body.insert("name"_L1, qtText(name));
        change(keys, Kind::Node, node.uuid(), std::move(body));
    });
}

// --- What the membership asks

MemberState MembershipDiskStore::state() const
{
    MemberState state{m_disk.self, m_disk.clusterId, m_disk.secrets,
                      m_flaws.losesIntent ? m_lostIntent : m_disk.intent, m_disk.wasMember};
    if (m_flaws.keepsCoverage && state.secrets) {
        const auto removed = m_disk.removed();
        state.secrets->removed.assign(removed.begin(), removed.end());
    }
    return state;
}

std::vector<Record> MembershipDiskStore::nodes() const
{
    std::vector<Record> nodes;
    for (const auto &[key, record] : m_disk.records)
        if (key.kind == Kind::Node)
            nodes.push_back(record.clone());
    return nodes;
}

std::vector<std::string> MembershipDiskStore::ownBucketNames() const
{
    std::vector<std::string> names;
    for (const auto &[key, record] : m_disk.records)
        if (key.kind == Kind::Location && record.clusterId.empty())
            names.push_back(key.id);
    return names;
}

bool MembershipDiskStore::isBucketName(std::string_view name) const
{
    return m_disk.records.contains({Kind::Location, std::string(name)});
}

std::vector<std::string> MembershipDiskStore::bucketsOf(const NodeId &node) const
{
    std::vector<std::string> names;
    for (const auto &[key, record] : m_disk.records) {
        const Location location = records::locationOf(record.body);
        if (key.kind == Kind::Location && location.owner == node && !location.unavailable)
            names.push_back(key.id);
    }
    return names;
}

Status MembershipDiskStore::found(const std::string &clusterId, const ClusterSecrets &secrets,
                                  const NodeDescription &self)
{
    write([&](Keys &keys) {
        std::erase_if(m_disk.records, [&](const auto &entry) {
            const bool isForeign = entry.first.kind == Kind::Location && !entry.second.clusterId.empty() &&
                                   records::locationOf(entry.second.body).owner != m_disk.self;
            return entry.first.kind == Kind::Node || isForeign;
        });
        m_disk.self = self.id;
        m_disk.clusterId = clusterId;
        m_disk.wasMember = false;
        m_disk.removedHere.clear();
        learn(secrets);
        for (const auto &key : [&] {
                 Keys buckets;
                 for (const auto &[known, record] : m_disk.records)
                     buckets.push_back(known);
                 return buckets;
             }())
            moveBucket(keys, key.id, m_disk.self, false);
        NodeDescription description = self;
        description.certificate = m_disk.certificate;
        QJsonObject body{{"name"_L1, qtText(self.name)},
                         {"endpoint"_L1, qtText(self.endpoint)},
                         {"certificate"_L1, qtText(m_disk.certificate)},
                         {"member_number"_L1, 1},
                         {"created_ms"_L1, static_cast<qint64>(m_simulator.wallMs(m_node))}};
        change(keys, Kind::Node, self.id.uuid(), std::move(body));
    });
    return {};
}

Status MembershipDiskStore::saveIntent(const std::optional<JoinIntent> &intent)
{
    m_lostIntent = intent;
    write([&](Keys &) {
        if (!m_flaws.losesIntent)
            m_disk.intent = intent;
    });
    return {};
}

Status MembershipDiskStore::enter(const JoinIntent &intent, const JoinConfirmAnswer &answer)
{
    write([&](Keys &keys) {
        std::erase_if(m_disk.records, [](const auto &entry) {
            return entry.first.kind == Kind::Node || !entry.second.clusterId.empty();
        });
        m_disk.self = intent.self.id;
        m_disk.clusterId = answer.clusterId;
        m_disk.wasMember = false;
        m_disk.removedHere.clear();
        m_disk.intent.reset();
        learn(answer.secrets);
        for (const std::string &name : ownBucketNames())
            moveBucket(keys, name, m_disk.self, false);
        for (const Record &node : answer.nodes)
            m_disk.records.insert_or_assign(node.key(), node.clone());
    });
    m_lostIntent.reset();
    return {};
}

Status MembershipDiskStore::becomeLone()
{
    write([&](Keys &) {
        m_disk.clusterId.clear();
        m_disk.secrets.reset();
        m_disk.intent.reset();
        m_disk.wasMember = true;
    });
    return {};
}

Status MembershipDiskStore::addNode(const NodeDescription &node, unsigned memberNumber)
{
    const RecordKey key{Kind::Node, node.id.uuid()};
    const auto stored = m_disk.records.find(key);
    if (stored != m_disk.records.end() && stored->second.deleted)
        m_simulator.broken("a removed node is written down as a member again");
    if (m_flaws.keepsNumber && node.id == m_disk.self)
        return failure(Error::Io, "The number was not written.");
    write([&](Keys &keys) {
        const bool isKnown = stored != m_disk.records.end();
        QJsonObject body = isKnown ? stored->second.body : QJsonObject();
        body.insert("name"_L1, qtText(node.name));
        body.insert("endpoint"_L1, qtText(node.endpoint));
        body.insert("certificate"_L1, qtText(node.certificate));
        body.insert("member_number"_L1, static_cast<int>(memberNumber));
        if (!isKnown)
            body.insert("created_ms"_L1, static_cast<qint64>(m_simulator.wallMs(m_node)));
        change(keys, key.kind, key.id, std::move(body));
    });
    return {};
}

void MembershipDiskStore::markRemoved(Keys &keys)
{
    for (const NodeId &node : m_disk.removed())
        for (const std::string &name : bucketsOf(node))
            moveBucket(keys, name, node, true);
}

Status MembershipDiskStore::removeNode(const NodeId &node, const ClusterSecrets &secrets)
{
    write([&](Keys &keys) {
        if (!m_flaws.keepsOwners)
            for (const std::string &name : bucketsOf(node))
                moveBucket(keys, name, node, true);
        ClusterSecrets next = secrets;
        if (m_flaws.keepsOverlap && m_disk.secrets) {
            next.previousToken = m_disk.secrets->token;
            next.previousUntilMs = m_simulator.wallMs(m_node) + cluster::rules::Membership::kOverlapMs;
        }
        learn(next, node);
        change(keys, Kind::Node, node.uuid(), {}, true);
        m_disk.removedHere.insert(node);
        if (m_flaws.forgetsRemoved)
            m_disk.records.erase({Kind::Node, node.uuid()});
    });
    return {};
}

Status MembershipDiskStore::saveSecrets(const ClusterSecrets &secrets)
{
    write([&](Keys &) { learn(secrets); });
    return {};
}

Status MembershipDiskStore::markOwnersRemoved()
{
    bool isNeeded = false;
    if (m_flaws.keepsOwners)
        return {};
    for (const NodeId &node : m_disk.removed())
        isNeeded |= !bucketsOf(node).empty();
    if (isNeeded)
        write([&](Keys &keys) { markRemoved(keys); });
    return {};
}

// --- What the record sync asks

Result<records::Merged> MembershipDiskStore::merge(std::vector<Record> records)
{
    records::Merged merged;
    if (!m_disk.isMember())
        return merged;
    m_simulator.durably(m_node, [&] {
        for (Record &record : records) {
            const auto stored = m_disk.records.find(record.key());
            const bool isNewer =
                stored == m_disk.records.end() || (m_flaws.revivesRemoved && record.kind == Kind::Node
                                                       ? record.stamp > stored->second.stamp
                                                       : records::supersedes(record, stored->second));
            if (!isNewer) {
                ++merged.ignored;
                continue;
            }
            if (stored != m_disk.records.end() && record.kind == Kind::Node && stored->second.deleted &&
                !record.deleted)
                m_simulator.broken("for node " + std::to_string(m_node) +
                                   " a removed node is a member again");
            merged.applied.push_back(record.key());
            m_disk.records.insert_or_assign(record.key(), std::move(record));
        }
    });
    if (!merged.applied.empty() && m_merged)
        m_merged(merged.applied);
    return merged;
}

Result<std::optional<Record>> MembershipDiskStore::find(Kind kind, const std::string &id)
{
    const auto found = m_disk.records.find({kind, id});
    return found == m_disk.records.end() ? std::nullopt : std::optional(found->second.clone());
}

records::SlotDigests MembershipDiskStore::digests(Kind kind)
{
    records::SlotDigests digests{};
    for (const auto &[key, record] : m_disk.records)
        if (key.kind == kind)
            digests[records::slotOf(key.id)] ^= records::digestOf(record);
    return digests;
}

std::string MembershipDiskStore::checksum(std::span<const Kind> kinds)
{
    std::string lines = "lines:";
    for (const Kind kind : kinds)
        for (const auto &[key, record] : m_disk.records)
            if (key.kind == kind)
                lines += records::versionLineOf(record);
    return lines;
}

Result<records::RecordPage> MembershipDiskStore::page(Kind kind, const records::Slots &slots,
                                                      const std::string &after, std::size_t /*limitBytes*/)
{
    records::RecordPage page;
    for (const auto &[key, record] : m_disk.records)
        if (key.kind == kind && key.id > after && slots.test(records::slotOf(key.id)))
            page.records.push_back(record.clone());
    return page;
}

Result<std::vector<Record>> MembershipDiskStore::oldTombstones(Kind /*kind*/, std::int64_t /*beforeMs*/,
                                                               std::size_t /*limit*/)
{
    return std::vector<Record>();
}

Status MembershipDiskStore::forget(const std::vector<Record> & /*tombstones*/)
{
    return {};
}

}  // namespace maxiofs::sim
