// SPDX-License-Identifier: GPL-3.0-or-later
#include "records/record_rows.h"

#include <QJsonDocument>

using namespace Qt::StringLiterals;

namespace maxiofs::records {

namespace {

constexpr std::int64_t kMsPerSecond = 1000;
constexpr std::int64_t kUsualPriority = 100;
constexpr std::string_view kColumns = "id, body, secret, stamp_time, stamp_node, deleted, cluster_id";

std::string toJsonText(const QJsonObject &body)
{
    return QJsonDocument(body).toJson(QJsonDocument::Compact).toStdString();
}

Result<QJsonObject> fromJsonText(const std::string &text, Kind kind, std::string_view id)
{
    const QJsonDocument document = QJsonDocument::fromJson(QByteArray::fromStdString(text));
    if (!document.isObject()) {
        const std::string about = aboutOf(kind, id);
        return failure(Error::Corrupt, "the record " + about + " in auth.db is not a JSON object", about);
    }
    return document.object();
}

std::string selectFrom(Kind kind, std::string_view columns, std::string_view rest)
{
    return "SELECT " + std::string(columns) + " FROM " + std::string(tableOf(kind)) + std::string(rest);
}

std::string versionColumns(Kind kind)
{
    return std::string("id, stamp_time, stamp_node, deleted, ") + (kind == Kind::Location ? "body" : "NULL");
}

Stamp stampIn(const db::Statement &row, int timeColumn)
{
    return {static_cast<std::uint64_t>(row.integer(timeColumn)),
            NodeId::fromUuid(row.text(timeColumn + 1)).value_or(NodeId())};
}

Result<StoredRecord> rowOf(Kind kind, const db::Statement &row)
{
    StoredRecord stored;
    stored.record.kind = kind;
    stored.record.id = row.text(0);
    TRY_ASSIGN(stored.record.body, fromJsonText(row.text(1), kind, stored.record.id));
    if (!row.isNull(2))
        stored.sealed = row.blob(2);
    stored.record.stamp = stampIn(row, 3);
    stored.record.deleted = row.integer(5) != 0;
    stored.record.clusterId = row.text(6);
    return stored;
}

Result<Record> versionOf(Kind kind, const db::Statement &row)
{
    Record record;
    record.kind = kind;
    record.id = row.text(0);
    record.stamp = stampIn(row, 1);
    record.deleted = row.integer(3) != 0;
    if (kind == Kind::Location) {
        TRY_ASSIGN(record.body, fromJsonText(row.text(4), kind, record.id));
    }
    return record;
}

}  // namespace

std::string aboutOf(Kind kind, std::string_view id)
{
    return std::string(tableOf(kind)) + '/' + std::string(id);
}

Result<Record> openRecord(StoredRecord row, const SecretSealer &sealer)
{
    if (row.sealed) {
        TRY_ASSIGN(row.record.secret, sealer.open(*row.sealed, aboutOf(row.record.kind, row.record.id)));
    }
    return std::move(row.record);
}

Result<db::Statement *> RecordRows::prepared(std::optional<db::Statement> &statement, const std::string &sql)
{
    if (!statement) {
        TRY_ASSIGN(statement, m_connection.prepare(sql));
    }
    return &*statement;
}

Result<std::optional<StoredRecord>> RecordRows::find(Kind kind, const std::string &id)
{
    TRY_ASSIGN(db::Statement *const row,
               prepared(m_statements[kind].find, selectFrom(kind, kColumns, " WHERE id = ?")));
    row->bind(id);
    TRY_ASSIGN(const bool there, row->step());
    if (!there)
        return std::nullopt;
    TRY_ASSIGN(StoredRecord stored, rowOf(kind, *row));
    row->reset();
    return stored;
}

Result<std::optional<Record>> RecordRows::findVersion(Kind kind, const std::string &id)
{
    TRY_ASSIGN(db::Statement *const row, prepared(m_statements[kind].findVersion,
                                                  selectFrom(kind, versionColumns(kind), " WHERE id = ?")));
    row->bind(id);
    TRY_ASSIGN(const bool there, row->step());
    if (!there)
        return std::nullopt;
    TRY_ASSIGN(Record version, versionOf(kind, *row));
    row->reset();
    return version;
}

Status RecordRows::put(const StoredRecord &row)
{
    const Record &record = row.record;
    if (record.kind == Kind::Node)
        return putNode(row);
    if (record.kind == Kind::ReplicationRule)
        return putRule(row);
    TRY_ASSIGN(db::Statement *const insert,
               prepared(m_statements[record.kind].put,
                        "INSERT OR REPLACE INTO " + std::string(tableOf(record.kind)) + " (" +
                            std::string(kColumns) + ") VALUES (?, ?, ?, ?, ?, ?, ?)"));
    insert->bind(record.id, toJsonText(record.body), row.sealed, static_cast<std::int64_t>(record.stamp.time),
                 record.stamp.node.uuid(), record.deleted, record.clusterId);
    return insert->run();
}

// The columns of health are observations of this node: they stay as they are.
Status RecordRows::putNode(const StoredRecord &row)
{
    const Record &record = row.record;
    const QJsonObject &body = record.body;
    TRY_ASSIGN(
        db::Statement *const upsert,
        prepared(m_statements[record.kind].put,
                 "INSERT INTO cluster_nodes (id, body, secret, stamp_time, stamp_node, deleted, cluster_id,"
                 " name, endpoint, node_token, region, priority, metadata, certificate, member_number,"
                 " created_at, updated_at)"
                 " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, '', ?10, ?11, ?12, ?13, ?14, ?15, ?16)"
                 " ON CONFLICT (id) DO UPDATE SET body = ?2, secret = ?3, stamp_time = ?4, stamp_node = ?5,"
                 " deleted = ?6, cluster_id = ?7, name = ?8, endpoint = ?9, region = ?10, priority = ?11,"
                 " metadata = ?12, certificate = ?13, member_number = ?14, created_at = ?15,"
                 " updated_at = ?16"));
    const auto text = [&](QLatin1StringView field) { return body.value(field).toString().toStdString(); };
    const auto number = [&](QLatin1StringView field, std::int64_t otherwise = 0) -> std::int64_t {
        return body.value(field).toInteger(otherwise);
    };
    upsert->bind(record.id, toJsonText(body), row.sealed, static_cast<std::int64_t>(record.stamp.time),
                 record.stamp.node.uuid(), record.deleted, record.clusterId, text("name"_L1),
                 text("endpoint"_L1), text("region"_L1), number("priority"_L1, kUsualPriority),
                 toJsonText(body.value("metadata"_L1).toObject()), text("certificate"_L1),
                 number("member_number"_L1), number("created_ms"_L1) / kMsPerSecond,
                 number("updated_ms"_L1) / kMsPerSecond);
    return upsert->run();
}

// What this node observes of the rule stays as it is. A rule that has ended keeps no queue.
Status RecordRows::putRule(const StoredRecord &row)
{
    const Record &record = row.record;
    const QJsonObject &body = record.body;
    TRY_ASSIGN(
        db::Statement *const upsert,
        prepared(m_statements[record.kind].put,
                 "INSERT INTO cluster_bucket_replication (id, body, secret, stamp_time, stamp_node, deleted,"
                 " cluster_id, tenant_id, source_bucket, source_bucket_id, destination_node_id,"
                 " destination_bucket, sync_interval_seconds, enabled, replicate_deletes,"
                 " replicate_metadata, prefix, priority, policy, bandwidth_limit_bytes_per_second,"
                 " created_at, updated_at)"
                 " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18,"
                 " ?19, ?20, ?21, ?22)"
                 " ON CONFLICT (id) DO UPDATE SET body = ?2, secret = ?3, stamp_time = ?4, stamp_node = ?5,"
                 " deleted = ?6, cluster_id = ?7, tenant_id = ?8, source_bucket = ?9, source_bucket_id = ?10,"
                 " destination_node_id = ?11, destination_bucket = ?12, sync_interval_seconds = ?13,"
                 " enabled = ?14, replicate_deletes = ?15, replicate_metadata = ?16, prefix = ?17,"
                 " priority = ?18, policy = ?19, bandwidth_limit_bytes_per_second = ?20, created_at = ?21,"
                 " updated_at = ?22"));
    const auto text = [&](QLatin1StringView field) { return body.value(field).toString().toStdString(); };
    const auto number = [&](QLatin1StringView field) -> std::int64_t {
        return body.value(field).toInteger();
    };
    const auto yes = [&](QLatin1StringView field) { return body.value(field).toBool(); };
    upsert->bind(record.id, toJsonText(body), row.sealed, static_cast<std::int64_t>(record.stamp.time),
                 record.stamp.node.uuid(), record.deleted, record.clusterId, text("tenant_id"_L1),
                 text("source_bucket"_L1), text("source_bucket_id"_L1), text("destination_node_id"_L1),
                 text("destination_bucket"_L1), number("sync_interval_seconds"_L1), yes("enabled"_L1),
                 yes("replicate_deletes"_L1), yes("replicate_metadata"_L1), text("prefix"_L1),
                 number("priority"_L1), text("policy"_L1), number("bandwidth_limit_bytes_per_second"_L1),
                 number("created_ms"_L1) / kMsPerSecond, number("updated_ms"_L1) / kMsPerSecond);
    TRY_STATUS(upsert->run());
    if (!record.deleted)
        return {};
    TRY_ASSIGN(auto unqueue,
               m_connection.prepare("DELETE FROM cluster_replication_queue WHERE replication_rule_id = ?"));
    unqueue.bind(record.id);
    return unqueue.run();
}

Status RecordRows::drop(Kind kind, const std::string &id)
{
    TRY_ASSIGN(
        db::Statement *const drop,
        prepared(m_statements[kind].drop, "DELETE FROM " + std::string(tableOf(kind)) + " WHERE id = ?"));
    drop->bind(id);
    return drop->run();
}

Status RecordRows::eachAfter(Kind kind, const std::string &after,
                             const std::function<bool(std::string_view)> &wanted,
                             const std::function<bool(StoredRecord)> &visit)
{
    TRY_ASSIGN(db::Statement rows,
               m_connection.prepare(selectFrom(kind, kColumns, " WHERE id > ? ORDER BY id")));
    rows.bind(after);
    while (true) {
        TRY_ASSIGN(const bool row, rows.step());
        if (!row)
            return {};
        if (wanted && !wanted(rows.text(0)))
            continue;
        TRY_ASSIGN(StoredRecord stored, rowOf(kind, rows));
        if (!visit(std::move(stored)))
            return {};
    }
}

Status RecordRows::eachVersion(Kind kind, const std::function<void(const Record &)> &visit)
{
    TRY_ASSIGN(db::Statement rows,
               m_connection.prepare(selectFrom(kind, versionColumns(kind), " ORDER BY id")));
    while (true) {
        TRY_ASSIGN(const bool row, rows.step());
        if (!row)
            return {};
        TRY_ASSIGN(const Record version, versionOf(kind, rows));
        visit(version);
    }
}

Result<std::vector<Record>> RecordRows::oldTombstones(Kind kind, std::int64_t unixMs, std::size_t limit)
{
    TRY_ASSIGN(db::Statement rows,
               m_connection.prepare(selectFrom(kind, versionColumns(kind),
                                               " WHERE deleted = 1 AND stamp_time < ?"
                                               " ORDER BY stamp_time, stamp_node, id LIMIT ?")));
    rows.bind(std::max<std::int64_t>(unixMs, 0) << Stamp::kCounterBits, static_cast<std::int64_t>(limit));
    std::vector<Record> tombstones;
    while (true) {
        TRY_ASSIGN(const bool row, rows.step());
        if (!row)
            return tombstones;
        TRY_ASSIGN(Record version, versionOf(kind, rows));
        tombstones.push_back(std::move(version));
    }
}

}  // namespace maxiofs::records
