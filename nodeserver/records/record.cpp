// SPDX-License-Identifier: GPL-3.0-or-later
#include "records/record.h"

#include <algorithm>
#include <array>
#include <charconv>

using namespace Qt::StringLiterals;

namespace maxiofs::records {

namespace {

constexpr std::array kAllKinds{Kind::UserProfile,      Kind::UserPassword, Kind::UserPreferences,
                               Kind::AccessKey,        Kind::Grant,        Kind::Session,
                               Kind::Tenant,           Kind::TenantQuota,  Kind::Bucket,
                               Kind::BucketVersioning, Kind::BucketQuota,  Kind::BucketFailover,
                               Kind::Location,         Kind::Setting,      Kind::Node,
                               Kind::ReplicationRule,  Kind::ClusterSecret};

// ClusterSecret is the last.
constexpr std::size_t kSyncedCount = kAllKinds.size() - 1;

QString text(std::string_view bytes)
{
    return QString::fromUtf8(bytes.data(), static_cast<qsizetype>(bytes.size()));
}

NodeId nodeIn(const QJsonObject &body, QLatin1StringView field)
{
    return NodeId::fromUuid(body.value(field).toString().toStdString()).value_or(NodeId());
}

}  // namespace

std::string_view tableOf(Kind kind)
{
    switch (kind) {
    case Kind::UserProfile: return "users";
    case Kind::UserPassword: return "user_passwords";
    case Kind::UserPreferences: return "user_preferences";
    case Kind::AccessKey: return "access_keys";
    case Kind::Grant: return "grants";
    case Kind::Session: return "sessions";
    case Kind::Tenant: return "tenants";
    case Kind::TenantQuota: return "tenant_quotas";
    case Kind::Bucket: return "buckets";
    case Kind::BucketVersioning: return "bucket_versioning";
    case Kind::BucketQuota: return "bucket_quotas";
    case Kind::BucketFailover: return "bucket_failover";
    case Kind::Location: return "bucket_locations";
    case Kind::Setting: return "settings";
    case Kind::Node: return "cluster_nodes";
    case Kind::ReplicationRule: return "cluster_bucket_replication";
    case Kind::ClusterSecret: return "cluster_secrets";
    }
    return {};
}

std::span<const Kind> allKinds()
{
    return kAllKinds;
}

std::span<const Kind> syncedKinds()
{
    return std::span(kAllKinds).first<kSyncedCount>();
}

std::optional<Kind> kindOfTable(std::string_view table)
{
    const auto found = std::ranges::find(kAllKinds, table, tableOf);
    return found == kAllKinds.end() ? std::nullopt : std::optional(*found);
}

std::string textOf(const Stamp &stamp)
{
    return std::to_string(stamp.time) + '-' + stamp.node.uuid();
}

std::optional<Stamp> stampFrom(std::string_view text)
{
    Stamp stamp;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), stamp.time);
    const auto digits = static_cast<std::size_t>(end - text.data());
    if (error != std::errc() || digits == text.size() || text[digits] != '-')
        return std::nullopt;
    const auto node = NodeId::fromUuid(text.substr(digits + 1));
    if (!node)
        return std::nullopt;
    stamp.node = *node;
    return stamp;
}

Record Record::clone() const
{
    return {kind, id, body, secret.clone(), stamp, deleted, clusterId};
}

QJsonObject bodyOf(const Location &location)
{
    QJsonObject body{{"owner"_L1, text(location.owner.uuid())},
                     {"epoch"_L1, static_cast<qint64>(location.epoch.number)},
                     {"epoch_node"_L1, text(location.epoch.node.uuid())}};
    if (location.unavailable)
        body.insert("unavailable"_L1, true);
    return body;
}

Location locationOf(const QJsonObject &body)
{
    const qint64 number = std::max<qint64>(body.value("epoch"_L1).toInteger(), 0);
    return {nodeIn(body, "owner"_L1),
            {static_cast<std::uint64_t>(number), nodeIn(body, "epoch_node"_L1)},
            body.value("unavailable"_L1).toBool()};
}

bool supersedes(const Record &a, const Record &b)
{
    if (a.kind == Kind::Location)
        return locationOf(a.body).epoch > locationOf(b.body).epoch;
    if (a.kind == Kind::Node && a.deleted != b.deleted)
        return a.deleted;
    return a.stamp > b.stamp;
}

}  // namespace maxiofs::records
