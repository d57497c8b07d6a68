// SPDX-License-Identifier: GPL-3.0-or-later
#include "records/schema.h"

namespace maxiofs::records {

namespace {

// Specification: SQLite Schema Reference. The columns after created_at or updated_at are this program's.
#define MAXIOFS_CLUSTER_TABLES                                                                               \
    "CREATE TABLE cluster_config ("                                                                          \
    " node_id TEXT PRIMARY KEY,"                                                                             \
    " node_name TEXT NOT NULL,"                                                                              \
    " cluster_token TEXT NOT NULL,"                                                                          \
    " is_cluster_enabled INTEGER NOT NULL DEFAULT 0,"                                                        \
    " region TEXT,"                                                                                          \
    " created_at INTEGER NOT NULL);"                                                                         \
    "CREATE TABLE cluster_nodes ("                                                                           \
    " id TEXT PRIMARY KEY,"                                                                                  \
    " name TEXT NOT NULL,"                                                                                   \
    " endpoint TEXT NOT NULL,"                                                                               \
    " node_token TEXT NOT NULL,"                                                                             \
    " region TEXT,"                                                                                          \
    " priority INTEGER NOT NULL DEFAULT 100,"                                                                \
    " health_status TEXT NOT NULL DEFAULT 'unknown',"                                                        \
    " last_health_check INTEGER,"                                                                            \
    " last_seen INTEGER,"                                                                                    \
    " latency_ms INTEGER DEFAULT 0,"                                                                         \
    " capacity_total INTEGER DEFAULT 0,"                                                                     \
    " capacity_used INTEGER DEFAULT 0,"                                                                      \
    " bucket_count INTEGER DEFAULT 0,"                                                                       \
    " metadata TEXT,"                                                                                        \
    " created_at INTEGER NOT NULL,"                                                                          \
    " updated_at INTEGER NOT NULL,"                                                                          \
    " stamp_time INTEGER NOT NULL,"                                                                          \
    " stamp_node TEXT NOT NULL,"                                                                             \
    " deleted INTEGER NOT NULL DEFAULT 0,"                                                                   \
    " cluster_id TEXT NOT NULL DEFAULT '');"

#define MAXIOFS_RECORD_TABLE(name)                                                                           \
    "CREATE TABLE " name " ("                                                                                \
    " id TEXT PRIMARY KEY,"                                                                                  \
    " body TEXT NOT NULL,"                                                                                   \
    " secret BLOB,"                                                                                          \
    " stamp_time INTEGER NOT NULL,"                                                                          \
    " stamp_node TEXT NOT NULL,"                                                                             \
    " deleted INTEGER NOT NULL DEFAULT 0,"                                                                   \
    " cluster_id TEXT NOT NULL DEFAULT '') WITHOUT ROWID;"

// What a node remembers of itself in a cluster, and the members' rows as records: `body` is what counts, the
// specification's columns repeat it.
constexpr std::string_view kNodesAsRecords =
    "ALTER TABLE cluster_config ADD COLUMN cluster_id TEXT NOT NULL DEFAULT '';"
    "ALTER TABLE cluster_config ADD COLUMN was_member INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE cluster_config ADD COLUMN endpoint TEXT NOT NULL DEFAULT '';"
    "ALTER TABLE cluster_config ADD COLUMN certificate TEXT NOT NULL DEFAULT '';"
    "ALTER TABLE cluster_nodes ADD COLUMN certificate TEXT NOT NULL DEFAULT '';"
    "ALTER TABLE cluster_nodes ADD COLUMN member_number INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE cluster_nodes ADD COLUMN body TEXT NOT NULL DEFAULT '{}';"
    "ALTER TABLE cluster_nodes ADD COLUMN secret BLOB;"
    "UPDATE cluster_nodes SET body = json_object("
    " 'name', name, 'endpoint', endpoint, 'region', coalesce(region, ''), 'priority', priority,"
    " 'metadata', json(coalesce(nullif(metadata, ''), '{}')),"
    " 'created_ms', created_at * 1000, 'updated_ms', updated_at * 1000);";

// Buckets were records by name of a lone node, which owned them all. What it deleted nobody else knows.
constexpr std::string_view kBucketsById =
    "DELETE FROM buckets WHERE deleted = 1;"
    "UPDATE buckets SET id = coalesce(json_extract(body, '$.bucket_id'), id), body = json_remove("
    " json_set(body, '$.name', id, '$.name_stamp', stamp_time || '-' || stamp_node), '$.bucket_id');"
    "INSERT INTO bucket_locations (id, body, stamp_time, stamp_node)"
    " SELECT b.id, json_object('owner', c.node_id, 'epoch', 1, 'epoch_node', c.node_id),"
    " b.stamp_time, b.stamp_node FROM buckets b, cluster_config c;";

// The specification's columns, policy, limit and bucket ids repeat what `body` says; those from last_sync_at
// to bytes_replicated, the last three and verified_at are what this node observes as the owner of the source
// bucket, and are never synced. No key refers to cluster_nodes: a rule may arrive before the node that it
// names.
constexpr std::string_view kReplication =
    "CREATE TABLE cluster_bucket_replication ("
    " id TEXT PRIMARY KEY,"
    " tenant_id TEXT NOT NULL DEFAULT '',"
    " source_bucket TEXT NOT NULL,"
    " destination_node_id TEXT NOT NULL,"
    " destination_bucket TEXT NOT NULL,"
    " sync_interval_seconds INTEGER NOT NULL DEFAULT 10,"
    " enabled INTEGER NOT NULL DEFAULT 1,"
    " replicate_deletes INTEGER NOT NULL DEFAULT 1,"
    " replicate_metadata INTEGER NOT NULL DEFAULT 1,"
    " prefix TEXT DEFAULT '',"
    " priority INTEGER NOT NULL DEFAULT 0,"
    " last_sync_at INTEGER,"
    " last_error TEXT,"
    " objects_replicated INTEGER NOT NULL DEFAULT 0,"
    " bytes_replicated INTEGER NOT NULL DEFAULT 0,"
    " created_at INTEGER NOT NULL,"
    " updated_at INTEGER NOT NULL,"
    " policy TEXT NOT NULL DEFAULT 'fail',"
    " bandwidth_limit_bytes_per_second INTEGER NOT NULL DEFAULT 0,"
    " source_bucket_id TEXT NOT NULL DEFAULT '',"
    " body TEXT NOT NULL,"
    " secret BLOB,"
    " stamp_time INTEGER NOT NULL,"
    " stamp_node TEXT NOT NULL,"
    " deleted INTEGER NOT NULL DEFAULT 0,"
    " cluster_id TEXT NOT NULL DEFAULT '',"
    " compared INTEGER NOT NULL DEFAULT 0,"
    " compared_epoch INTEGER NOT NULL DEFAULT 0,"
    " compared_epoch_node TEXT NOT NULL DEFAULT '');"
    "CREATE TABLE cluster_replication_queue ("
    " id TEXT PRIMARY KEY,"
    " replication_rule_id TEXT NOT NULL,"
    " tenant_id TEXT NOT NULL DEFAULT '',"
    " source_bucket TEXT NOT NULL,"
    " object_key TEXT NOT NULL,"
    " destination_node_id TEXT NOT NULL,"
    " destination_bucket TEXT NOT NULL,"
    " operation TEXT NOT NULL DEFAULT 'PUT',"
    " status TEXT NOT NULL DEFAULT 'pending',"
    " attempts INTEGER NOT NULL DEFAULT 0,"
    " max_attempts INTEGER NOT NULL DEFAULT 3,"
    " last_error TEXT,"
    " priority INTEGER NOT NULL DEFAULT 0,"
    " created_at INTEGER NOT NULL,"
    " updated_at INTEGER NOT NULL,"
    " version_id TEXT NOT NULL DEFAULT '',"
    " size INTEGER NOT NULL DEFAULT 0,"
    " next_attempt_at INTEGER,"
    " FOREIGN KEY (replication_rule_id) REFERENCES cluster_bucket_replication(id) ON DELETE CASCADE);"
    "CREATE UNIQUE INDEX idx_cluster_replication_queue_object"
    " ON cluster_replication_queue(replication_rule_id, object_key, version_id);";

// What this node knows of its own copies of buckets (cluster/ownership/copy_table.h). Never synced.
constexpr std::string_view kBucketCopies = "CREATE TABLE bucket_copies ("
                                           " bucket_id TEXT PRIMARY KEY,"
                                           " state BLOB,"
                                           " received BLOB) WITHOUT ROWID;";

// When this node's replica, as the rule's destination, was last known to have everything: Unix milliseconds,
// never synced.
constexpr std::string_view kReplicaTimes =
    "ALTER TABLE cluster_bucket_replication ADD COLUMN replica_as_of INTEGER;";

constexpr std::array kMigrations{
    db::Migration{1,
                  MAXIOFS_CLUSTER_TABLES MAXIOFS_RECORD_TABLE("users") MAXIOFS_RECORD_TABLE("user_passwords")
                      MAXIOFS_RECORD_TABLE("user_preferences") MAXIOFS_RECORD_TABLE("access_keys")
                          MAXIOFS_RECORD_TABLE("grants") MAXIOFS_RECORD_TABLE("sessions")
                              MAXIOFS_RECORD_TABLE("buckets") MAXIOFS_RECORD_TABLE("bucket_versioning")
                                  MAXIOFS_RECORD_TABLE("bucket_quotas") MAXIOFS_RECORD_TABLE("settings")
                                      MAXIOFS_RECORD_TABLE("cluster_secrets")},
    db::Migration{2, MAXIOFS_RECORD_TABLE("tenants") MAXIOFS_RECORD_TABLE("tenant_quotas")
                         MAXIOFS_RECORD_TABLE("bucket_locations")},
    db::Migration{3, kNodesAsRecords},
    db::Migration{4, kBucketsById},
    db::Migration{5, "ALTER TABLE cluster_config ADD COLUMN former_ids TEXT NOT NULL DEFAULT '';"},
    db::Migration{6, kReplication},
    db::Migration{7, "ALTER TABLE cluster_bucket_replication ADD COLUMN verified_at INTEGER;"},
    db::Migration{8, kBucketCopies},
    db::Migration{9, kReplicaTimes},
    db::Migration{10, MAXIOFS_RECORD_TABLE("bucket_failover")},
};

}  // namespace

std::span<const db::Migration> schemaMigrations()
{
    return kMigrations;
}

}  // namespace maxiofs::records
