// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/stamp.h"
#include "crypto/secret_bytes.h"

#include <QJsonObject>

#include <compare>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace maxiofs::records {

// Things that people edit apart are kinds of their own, so that two edits on two nodes both stay. Each kind
// is a table of auth.db.
enum class Kind {
    UserProfile,       // users: name, rights, canonical id
    UserPassword,      // user_passwords: the hash, secret
    UserPreferences,   // user_preferences: theme, language, metadata
    AccessKey,         // access_keys: the S3 secret
    Grant,             // grants
    Session,           // sessions: refresh tokens by their hash
    Tenant,            // tenants: name, status
    TenantQuota,       // tenant_quotas, by tenant id
    Bucket,            // buckets, by bucket id: name, owner, creation
    BucketVersioning,  // bucket_versioning, by bucket id
    BucketQuota,       // bucket_quotas, by bucket id
    BucketFailover,    // bucket_failover, by bucket id: who may take it over
    Location,          // bucket_locations, by bucket id: the node that owns the bucket, and its epoch
    Setting,           // settings, by name
    Node,              // cluster_nodes, by UUID: the members
    ReplicationRule,   // cluster_bucket_replication, by UUID
    ClusterSecret,     // cluster_secrets: never sent as a record
};

[[nodiscard]] std::string_view tableOf(Kind kind);
[[nodiscard]] std::span<const Kind> allKinds();
/// Every kind but ClusterSecret.
[[nodiscard]] std::span<const Kind> syncedKinds();
/// The kind whose table has this name.
[[nodiscard]] std::optional<Kind> kindOfTable(std::string_view table);

/// "<time, decimal>-<node's UUID>": a stamp inside bodies and on the wire.
[[nodiscard]] std::string textOf(const Stamp &stamp);
[[nodiscard]] std::optional<Stamp> stampFrom(std::string_view text);

struct RecordKey {
    Kind kind = Kind::Setting;
    std::string id;

    auto operator<=>(const RecordKey &) const = default;
};

// One record as members exchange it. A deleted one is a tombstone: without secret and, but for a Location,
// whose epoch counts, without body.
struct Record {
    Kind kind = Kind::Setting;
    std::string id;
    QJsonObject body;
    crypto::SecretBytes secret;  // opened; empty where there is none
    Stamp stamp;
    bool deleted = false;
    std::string clusterId;  // the cluster it was made in; empty for a lone node

    [[nodiscard]] RecordKey key() const { return {kind, id}; }
    [[nodiscard]] Record clone() const;
};

// Which change of a bucket's owner is the newest: compared as a whole, so that no two are equal. The
// authority on who answers for a bucket.
struct Epoch {
    std::uint64_t number = 0;
    NodeId node;  // that took the bucket

    auto operator<=>(const Epoch &) const = default;
};

// The body of a Location record.
struct Location {
    NodeId owner;
    Epoch epoch;
    bool unavailable = false;  // the owner was removed by force and no replica took over

    bool operator==(const Location &) const = default;
};
[[nodiscard]] QJsonObject bodyOf(const Location &location);
/// The null location for a body that is none.
[[nodiscard]] Location locationOf(const QJsonObject &body);

/// The one rule of merging: whether `a` replaces `b`, which has the same key. Locations by epoch alone, all
/// others by stamp, but that a node's tombstone replaces whatever was written of the node: a removed id never
/// comes back. Equal ones do not replace each other. A total order, so records converge whatever the order,
/// repetition or grouping in which they arrive.
///
/// What it cannot do: keep both of two edits of one record made apart; the older is lost.
[[nodiscard]] bool supersedes(const Record &a, const Record &b);

}  // namespace maxiofs::records
