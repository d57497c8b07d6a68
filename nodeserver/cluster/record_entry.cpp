// SPDX-License-Identifier: GPL-3.0-or-later
#include "cluster/record_entry.h"

#include "records/bucket_names.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace maxiofs::cluster {

namespace {

using records::Kind;
using records::Record;
using records::StoredRecord;

constexpr std::string_view kAdminId = "admin";  // as identity::kAdminId
constexpr std::size_t kLongestName = 128;       // as identity::Users::kLongestName and of Tenants
constexpr auto kUserName = "username"_L1;
constexpr auto kName = "name"_L1;

std::string textIn(const QJsonObject &body, QLatin1StringView field)
{
    return body.value(field).toString().toStdString();
}

bool isOfAdmin(const Record &record)
{
    const bool isOfUser = record.kind == Kind::UserProfile || record.kind == Kind::UserPassword ||
                          record.kind == Kind::UserPreferences;
    return isOfUser && record.id == kAdminId;
}

// The kind of the record with the same id without which one of this kind means nothing.
std::optional<Kind> principalOf(Kind kind)
{
    switch (kind) {
    case Kind::UserPassword:
    case Kind::UserPreferences: return Kind::UserProfile;
    case Kind::TenantQuota: return Kind::Tenant;
    case Kind::BucketVersioning:
    case Kind::BucketQuota:
    case Kind::BucketFailover:
    case Kind::Location: return Kind::Bucket;
    default: return std::nullopt;
    }
}

// A node's name may have characters that a user's and a tenant's have not.
std::string nameTail(std::string_view nodeName)
{
    std::string tail = "-" + std::string(nodeName);
    for (char &c : tail) {
        if (static_cast<unsigned char>(c) <= ' ' || c == '\x7f')
            c = '-';
    }
    return tail;
}

// As many bytes as fit, and whole characters.
std::string cutTo(std::string text, std::size_t size)
{
    if (text.size() <= size)
        return text;
    while (size > 0 && (static_cast<unsigned char>(text[size]) & 0xc0U) == 0x80U)
        --size;
    text.resize(size);
    return text;
}

void moveOwner(Record &record, const NodeId &before, const NodeId &now)
{
    records::Location location = records::locationOf(record.body);
    if (location.owner == before)
        location.owner = now;
    if (location.epoch.node == before)
        location.epoch.node = now;
    const QJsonObject moved = records::bodyOf(location);
    for (auto field = moved.begin(); field != moved.end(); ++field)
        record.body.insert(field.key(), field.value());
}

}  // namespace

std::string settingTailOf(const NodeId &node)
{
    return "/" + node.uuid();
}

Status moveToNewId(records::RecordTransaction &transaction, const NodeId &before, const NodeId &now)
{
    TRY_ASSIGN(auto locations, transaction.all(Kind::Location));
    for (StoredRecord &row : locations) {
        if (records::locationOf(row.record.body).owner != before)
            continue;
        moveOwner(row.record, before, now);
        TRY_STATUS(transaction.put(row));
    }
    const std::string tail = settingTailOf(before);
    TRY_ASSIGN(auto settings, transaction.all(Kind::Setting));
    for (StoredRecord &row : settings) {
        if (!row.record.id.ends_with(tail))
            continue;
        TRY_STATUS(transaction.drop(Kind::Setting, row.record.id));
        row.record.id.replace(row.record.id.size() - tail.size(), tail.size(), settingTailOf(now));
        TRY_STATUS(transaction.put(row));
    }
    return {};
}

RecordEntry::RecordEntry(records::RecordTransaction &transaction, const rules::JoinIntent &intent,
                         const rules::JoinConfirmAnswer &answer, std::int64_t nowMs)
    : m_transaction(transaction),
      m_intent(intent),
      m_answer(answer),
      m_before(transaction.writer().node),
      m_self(intent.self.id),
      m_nameStamp(Stamp::after({}, std::max(nowMs, intent.offer.wallMs) + 1, intent.self.id)),
      m_userNames(intent.offer.userClashes.begin(), intent.offer.userClashes.end()),
      m_tenantNames(intent.offer.tenantClashes.begin(), intent.offer.tenantClashes.end())
{
}

Status RecordEntry::run()
{
    TRY_STATUS(m_transaction.become({m_self, m_answer.clusterId}));
    // Each after its principal.
    for (const Kind kind : records::syncedKinds())
        TRY_STATUS(enter(kind));
    for (const Record &node : m_answer.nodes) {
        if (node.kind != Kind::Node)
            continue;
        TRY_ASSIGN([[maybe_unused]] const bool isNew, m_transaction.merge(node));
    }
    return moveToNewId(m_transaction, m_before, m_self);
}

Status RecordEntry::enter(Kind kind)
{
    TRY_ASSIGN(auto rows, m_transaction.all(kind));
    for (const StoredRecord &row : rows) {
        if (kind == Kind::UserProfile && comesAlong(row.record))
            m_userNames.insert(textIn(row.record.body, kUserName));
        if (kind == Kind::Tenant && comesAlong(row.record))
            m_tenantNames.insert(textIn(row.record.body, kName));
    }
    for (StoredRecord &row : rows) {
        if (comesAlong(row.record)) {
            m_brought[kind].insert(row.record.id);
            TRY_STATUS(bring(std::move(row)));
        } else {
            TRY_STATUS(m_transaction.drop(kind, row.record.id));
        }
    }
    return {};
}

bool RecordEntry::comesAlong(const Record &record) const
{
    if (isOfAdmin(record))
        return !record.deleted;
    if (record.deleted || !record.clusterId.empty() || record.kind == Kind::Session ||
        record.kind == Kind::Node)
        return false;
    if (record.kind == Kind::Setting)
        return record.id.ends_with(settingTailOf(m_before));
    const auto principal = principalOf(record.kind);
    if (!principal)
        return true;
    const auto brought = m_brought.find(*principal);
    return brought != m_brought.end() && brought->second.contains(record.id);
}

Status RecordEntry::bring(StoredRecord row)
{
    Record &record = row.record;
    record.clusterId = m_answer.clusterId;
    if (isOfAdmin(record)) {
        record.stamp = {1, m_self};  // older than any that the cluster has
        return m_transaction.put(row);
    }
    record.stamp = m_transaction.stampAfter(record.stamp);
    if (record.kind == Kind::UserProfile)
        rename(record, kUserName, m_intent.offer.userClashes, m_userNames);
    else if (record.kind == Kind::Tenant)
        rename(record, kName, m_intent.offer.tenantClashes, m_tenantNames);
    else if (record.kind == Kind::Bucket)
        renameBucket(record);
    else if (record.kind == Kind::Location)
        moveOwner(record, m_before, m_self);
    return m_transaction.put(row);
}

// Whoever had the name in the cluster before keeps it, also where it was taken there a moment ago.
void RecordEntry::rename(Record &record, QLatin1StringView field, const std::vector<std::string> &clashes,
                         std::set<std::string> &taken) const
{
    record.body.insert("name_taken_ms"_L1, static_cast<qint64>(m_nameStamp.unixMs()));
    const std::string name = textIn(record.body, field);
    if (std::ranges::find(clashes, name) == clashes.end())
        return;
    const std::string tail = nameTail(m_intent.self.name);
    std::string free;
    for (unsigned number = 1; free.empty() || taken.contains(free); ++number) {
        const std::string end =
            cutTo(tail, kLongestName / 2) + (number == 1 ? std::string() : "-" + std::to_string(number));
        free = cutTo(name, kLongestName - end.size()) + end;
    }
    taken.insert(free);
    record.body.insert(field, QString::fromStdString(free));
}

void RecordEntry::renameBucket(Record &bucket) const
{
    const auto &clashes = m_intent.offer.bucketClashes;
    const std::string name = textIn(bucket.body, kName);
    const auto id = BucketId::fromHex(bucket.id);
    if (id && std::ranges::find(clashes, name) != clashes.end())
        bucket.body.insert(kName, QString::fromStdString(records::conflictNameOf(name, *id)));
    bucket.body.insert("name_stamp"_L1, QString::fromStdString(records::textOf(m_nameStamp)));
}

}  // namespace maxiofs::cluster
