// SPDX-License-Identifier: GPL-3.0-or-later
#include "cluster/member_store.h"

#include "base/log_line.h"
#include "cluster/lone_records.h"
#include "cluster/record_entry.h"
#include "cluster/rules/member_record.h"
#include "records/cluster_nodes.h"

#include <algorithm>
#include <limits>

using namespace Qt::StringLiterals;

namespace maxiofs::cluster {

using records::Change;
using records::Kind;
using records::Location;
using records::Origin;
using records::Record;
using records::RecordTransaction;

namespace {

constexpr std::string_view kAdminId = "admin";  // as identity::kAdminId
constexpr unsigned kFirstMember = 1;
constexpr std::size_t kMaxFormerIds = 100;  // the oldest goes

std::string nameOf(const Record &record)
{
    const auto field = record.kind == Kind::UserProfile ? "username"_L1 : "name"_L1;
    return record.body.value(field).toString().toStdString();
}

// What is told of a member; `before` is what its record says already.
Change nodeChange(const rules::NodeDescription &node, unsigned memberNumber, const QJsonObject &before,
                  std::int64_t nowMs)
{
    records::ClusterNode member;
    member.id = node.id;
    member.name = node.name;
    member.endpoint = node.endpoint;
    member.region = node.region;
    member.priority = node.priority;
    member.metadata = node.metadata;
    member.certificate = node.certificate;
    member.memberNumber = memberNumber;
    member.createdMs = before.value("created_ms"_L1).toInteger(nowMs);
    member.updatedMs = nowMs;
    return Change::put(Kind::Node, node.id.uuid(), records::bodyOf(member));
}

}  // namespace

MemberStore::MemberStore(records::Records &records, const records::Buckets &buckets)
    : m_records(records),
      m_buckets(buckets)
{
}

Result<std::unique_ptr<MemberStore>> MemberStore::load(records::Records &records,
                                                       const records::Buckets &buckets)
{
    std::unique_ptr<MemberStore> store(new MemberStore(records, buckets));
    TRY_STATUS(store->readMemoryAgain());
    return store;
}

Status MemberStore::readMemoryAgain()
{
    TRY_ASSIGN(MemberMemory memory, readMemory(m_records));
    const base::MutexLock lock(m_mutex);
    m_memory = std::move(memory);
    return {};
}

Status MemberStore::write(const records::Records::Work &work, std::initializer_list<Origin> origins)
{
    TRY_STATUS(m_records.write(work, origins));
    return readMemoryAgain();
}

rules::MemberState MemberStore::state() const
{
    const base::MutexLock lock(m_mutex);
    return m_memory.state;
}

std::vector<Record> MemberStore::nodes() const
{
    auto page =
        m_records.page(Kind::Node, records::Slots().set(), {}, std::numeric_limits<std::size_t>::max());
    if (!page) {
        base::errorLine("the cluster's members cannot be read").with("error", page.error().message);
        return {};
    }
    return std::move(page->records);
}

std::vector<std::string> MemberStore::ownNames(Kind kind) const
{
    std::vector<std::string> names;
    const auto loaded = m_records.load(kind);
    if (!loaded) {
        base::errorLine("what this node brings to a cluster cannot be read")
            .with("table", records::tableOf(kind))
            .with("error", loaded.error().message);
        return names;
    }
    for (const Record &record : *loaded) {
        if (record.clusterId.empty() && !(kind == Kind::UserProfile && record.id == kAdminId))
            names.push_back(nameOf(record));
    }
    return names;
}

std::vector<std::string> MemberStore::ownUserNames() const
{
    return ownNames(Kind::UserProfile);
}

std::vector<std::string> MemberStore::ownBucketNames() const
{
    return ownNames(Kind::Bucket);
}

std::vector<std::string> MemberStore::ownTenantNames() const
{
    return ownNames(Kind::Tenant);
}

bool MemberStore::isNameIn(Names &known, Kind kind, std::string_view name) const
{
    const std::uint64_t generation = m_records.generation(kind);
    if (known.of != generation) {
        const auto loaded = m_records.load(kind);
        if (!loaded) {
            base::errorLine("names that are taken cannot be read")
                .with("table", records::tableOf(kind))
                .with("error", loaded.error().message);
            return true;  // a name too many is renamed rather than one too few
        }
        known.names.clear();
        for (const Record &record : *loaded)
            known.names.insert(nameOf(record));
        known.of = generation;
    }
    return known.names.contains(std::string(name));
}

bool MemberStore::isUserName(std::string_view name) const
{
    const base::MutexLock lock(m_mutex);
    return isNameIn(m_userNames, Kind::UserProfile, name);
}

bool MemberStore::isTenantName(std::string_view name) const
{
    const base::MutexLock lock(m_mutex);
    return isNameIn(m_tenantNames, Kind::Tenant, name);
}

bool MemberStore::isBucketName(std::string_view name) const
{
    return m_buckets.find(name).has_value();
}

std::vector<std::string> MemberStore::bucketsOf(const NodeId &node) const
{
    std::vector<std::string> names;
    for (const records::BucketPtr &bucket : m_buckets.all()) {
        if (bucket->location.owner == node)
            names.push_back(bucket->name);
    }
    return names;
}

// Each transaction ends with an id that no cluster has known: if it is another than before, that is a former
// one from now on.
Status MemberStore::noteNewId(RecordTransaction &transaction, const NodeId &before)
{
    std::vector<NodeId> former = formerIds();
    if (before != transaction.writer().node)
        former.push_back(before);
    if (former.size() > kMaxFormerIds)
        former.erase(former.begin());
    return writeFormer(transaction, false, former);
}

Status MemberStore::found(const std::string &clusterId, const rules::ClusterSecrets &secrets,
                          const rules::NodeDescription &self)
{
    return write(
        [&](RecordTransaction &transaction) -> Status {
            const NodeId before = transaction.writer().node;
            TRY_ASSIGN(const QJsonObject body, dropMembers(transaction));
            TRY_STATUS(transaction.become({self.id, clusterId}));
            TRY_STATUS(moveToNewId(transaction, before, self.id));
            TRY_STATUS(takeIntoCluster(transaction, clusterId));
            TRY_STATUS(transaction.apply(nodeChange(self, kFirstMember, body, m_records.clock().unixMs())));
            TRY_STATUS(noteNewId(transaction, before));
            TRY_STATUS(writeIntent(transaction, std::nullopt));
            return writeSecrets(transaction, m_records.sealer(), secrets);
        },
        {Origin::Merged});
}

Status MemberStore::saveIntent(const std::optional<rules::JoinIntent> &intent)
{
    return write([&](RecordTransaction &transaction) { return writeIntent(transaction, intent); }, {});
}

Status MemberStore::enter(const rules::JoinIntent &intent, const rules::JoinConfirmAnswer &answer)
{
    return write(
        [&](RecordTransaction &transaction) -> Status {
            const NodeId before = transaction.writer().node;
            TRY_STATUS(RecordEntry(transaction, intent, answer, m_records.clock().unixMs()).run());
            TRY_STATUS(noteNewId(transaction, before));
            TRY_STATUS(writeIntent(transaction, std::nullopt));
            return writeSecrets(transaction, m_records.sealer(), answer.secrets);
        },
        {Origin::Merged});
}

Status MemberStore::becomeLone()
{
    const std::vector<NodeId> former = formerIds();
    return write(
        [&](RecordTransaction &transaction) -> Status {
            const NodeId self = transaction.writer().node;
            TRY_STATUS(transaction.become({self, {}}));
            TRY_ASSIGN(QJsonObject body, dropMembers(transaction));
            body.insert("member_number"_L1, 0);
            TRY_STATUS(transaction.apply(Change::put(Kind::Node, self.uuid(), std::move(body))));
            TRY_STATUS(keepOwnBuckets(transaction));
            TRY_STATUS(writeFormer(transaction, true, former));
            TRY_STATUS(writeIntent(transaction, std::nullopt));
            return forgetSecrets(transaction);
        },
        {Origin::Merged});
}

Status MemberStore::addNode(const rules::NodeDescription &node, unsigned memberNumber)
{
    return write(
        [&](RecordTransaction &transaction) -> Status {
            TRY_ASSIGN(const auto before, transaction.find(Kind::Node, node.id.uuid()));
            const QJsonObject body = before ? before->body : QJsonObject();
            return transaction.apply(nodeChange(node, memberNumber, body, m_records.clock().unixMs()));
        },
        {Origin::Merged, Origin::Local});
}

Status MemberStore::removeNode(const NodeId &node, const rules::ClusterSecrets &secrets)
{
    return write(
        [&](RecordTransaction &transaction) -> Status {
            TRY_STATUS(transaction.apply(Change::remove(Kind::Node, node.uuid())));
            TRY_STATUS(markUnavailable(transaction, {node}));
            return writeSecrets(transaction, m_records.sealer(), secrets);
        },
        {Origin::Merged, Origin::Local});
}

Status MemberStore::saveSecrets(const rules::ClusterSecrets &secrets)
{
    return write(
        [&](RecordTransaction &transaction) {
            return writeSecrets(transaction, m_records.sealer(), secrets);
        },
        {Origin::Merged});
}

Status MemberStore::markOwnersRemoved()
{
    std::set<NodeId> removed;
    for (const Record &node : nodes()) {
        if (const auto id = rules::removedIn(node))
            removed.insert(*id);
    }
    const auto isLost = [&](const Location &location) {
        return !location.unavailable && removed.contains(location.owner);
    };
    if (!hasBucket(isLost))
        return {};
    return write([&](RecordTransaction &transaction) { return markUnavailable(transaction, removed); },
                 {Origin::Merged, Origin::Local});
}

Status MemberStore::markUnavailable(RecordTransaction &transaction, const std::set<NodeId> &owners)
{
    const auto isLost = [&](const Location &location) {
        return !location.unavailable && owners.contains(location.owner);
    };
    TRY_STATUS(takeLocations(transaction, isLost, [](Location &location) { location.unavailable = true; }));
    return {};
}

Result<std::size_t> MemberStore::takeBackBuckets()
{
    const std::vector<NodeId> former = formerIds();
    const auto isOurs = [&](const Location &location) {
        return location.unavailable && std::ranges::find(former, location.owner) != former.end();
    };
    if (!hasBucket(isOurs))
        return 0;
    std::size_t taken = 0;
    TRY_STATUS(write(
        [&](RecordTransaction &transaction) -> Status {
            const NodeId self = transaction.writer().node;
            TRY_ASSIGN(taken, takeLocations(transaction, isOurs, [&](Location &location) {
                           location.owner = self;
                           location.unavailable = false;
                       }));
            return {};
        },
        {Origin::Merged, Origin::Local}));
    return taken;
}

Result<std::size_t> MemberStore::takeLocations(RecordTransaction &transaction,
                                               const std::function<bool(const Location &)> &wanted,
                                               const std::function<void(Location &)> &edit)
{
    std::size_t taken = 0;
    TRY_ASSIGN(const auto rows, transaction.all(Kind::Location));
    for (const records::StoredRecord &row : rows) {
        Location location = records::locationOf(row.record.body);
        if (row.record.deleted || !wanted(location))
            continue;
        edit(location);
        location.epoch = {location.epoch.number + 1, transaction.writer().node};
        TRY_STATUS(transaction.apply(Change::put(Kind::Location, row.record.id, records::bodyOf(location))));
        ++taken;
    }
    return taken;
}

bool MemberStore::hasBucket(const std::function<bool(const Location &)> &wanted) const
{
    return std::ranges::any_of(m_buckets.all(),
                               [&](const records::BucketPtr &bucket) { return wanted(bucket->location); });
}

std::vector<NodeId> MemberStore::formerIds() const
{
    const base::MutexLock lock(m_mutex);
    return m_memory.formerIds;
}

}  // namespace maxiofs::cluster
