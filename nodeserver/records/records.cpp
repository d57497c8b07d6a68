// SPDX-License-Identifier: GPL-3.0-or-later
#include "records/records.h"

#include "records/schema.h"

#include <QJsonDocument>

namespace maxiofs::records {

namespace {

constexpr std::int64_t kTombstoneSweepMs = 3'600'000;
constexpr std::int64_t kMsPerSecond = 1000;

std::string aboutOf(std::string_view table, std::string_view id)
{
    return std::string(table) + '/' + std::string(id);
}

std::string toJsonText(const QJsonObject &body)
{
    return QJsonDocument(body).toJson(QJsonDocument::Compact).toStdString();
}

Result<QJsonObject> fromJsonText(const std::string &text, const std::string &about)
{
    const QJsonDocument document = QJsonDocument::fromJson(QByteArray::fromStdString(text));
    if (!document.isObject())
        return failure(Error::Corrupt, "the record " + about + " in auth.db is not a JSON object", about);
    return document.object();
}

}  // namespace

Change Change::put(Kind kind, std::string id, QJsonObject body, crypto::SecretBytes secret)
{
    return {kind, std::move(id), std::move(body), std::move(secret), false};
}

Change Change::remove(Kind kind, std::string id)
{
    return {kind, std::move(id), {}, {}, true};
}

Result<std::unique_ptr<Records>> Records::open(const std::string &path, const SecretSealer &sealer,
                                               const Clock &clock)
{
    TRY_ASSIGN(auto database, db::Database::open(path, schemaMigrations()));
    std::unique_ptr<Records> records(new Records(std::move(database), sealer, clock));
    TRY_STATUS(records->findNodeId());
    return records;
}

Records::Records(std::unique_ptr<db::Database> database, const SecretSealer &sealer, const Clock &clock)
    : m_database(std::move(database)),
      m_sealer(sealer),
      m_clock(clock)
{
}

Status Records::findNodeId()
{
    return m_database->write([&](db::Connection &connection) -> Status {
        TRY_ASSIGN(auto row, connection.prepare("SELECT node_id FROM cluster_config"));
        TRY_ASSIGN(const bool there, row.step());
        if (there) {
            const auto id = NodeId::fromUuid(row.text(0));
            if (!id)
                return failure(Error::Corrupt, "the node id in cluster_config is not a UUID");
            m_nodeId = *id;
            return {};
        }
        m_nodeId = NodeId::random();
        TRY_ASSIGN(
            auto insert,
            connection.prepare("INSERT INTO cluster_config"
                               " (node_id, node_name, cluster_token, created_at) VALUES (?, '', '', ?)"));
        insert.bind(m_nodeId.uuid(), m_clock.unixMs() / kMsPerSecond);
        return insert.run();
    });
}

Status Records::apply(const std::vector<Change> &changes)
{
    return m_database->write([&](db::Connection &connection) -> Status {
        const std::int64_t now = m_clock.unixMs();
        for (const Change &change : changes)
            TRY_STATUS(write(connection, change, now));
        return dropOldTombstones(connection, now);
    });
}

Status Records::write(db::Connection &connection, const Change &change, std::int64_t nowMs)
{
    const std::string table(tableOf(change.kind));
    const std::string about = aboutOf(table, change.id);
    TRY_ASSIGN(auto stored, connection.prepare("SELECT body, secret, stamp_time, stamp_node FROM " + table +
                                               " WHERE id = ?"));
    stored.bind(change.id);
    TRY_ASSIGN(const bool there, stored.step());
    if (!there && change.deleted)
        return {};

    QJsonObject body;
    std::optional<Bytes> secret;
    Stamp replaced;
    if (there) {
        TRY_ASSIGN(body, fromJsonText(stored.text(0), about));
        if (!stored.isNull(1))
            secret = stored.blob(1);
        replaced.time = static_cast<std::uint64_t>(stored.integer(2));
        replaced.node = NodeId::fromUuid(stored.text(3)).value_or(NodeId());
    }
    if (change.deleted) {
        body = {};
        secret.reset();
    }
    for (auto field = change.body.begin(); field != change.body.end(); ++field)
        body.insert(field.key(), field.value());
    if (!change.secret.empty())
        secret = m_sealer.seal(change.secret.view(), about);

    const Stamp stamp = Stamp::after(replaced, nowMs, m_nodeId);
    TRY_ASSIGN(auto insert,
               connection.prepare("INSERT OR REPLACE INTO " + table +
                                  " (id, body, secret, stamp_time, stamp_node, deleted, cluster_id)"
                                  " VALUES (?, ?, ?, ?, ?, ?, '')"));
    insert.bind(change.id, toJsonText(body), secret, static_cast<std::int64_t>(stamp.time), stamp.node.uuid(),
                change.deleted);
    return insert.run();
}

Status Records::dropOldTombstones(db::Connection &connection, std::int64_t nowMs)
{
    if (nowMs - m_tombstonesDroppedMs < kTombstoneSweepMs)
        return {};
    m_tombstonesDroppedMs = nowMs;
    const std::int64_t oldest = (nowMs - kTombstoneMs) << Stamp::kCounterBits;
    for (const Kind kind : allKinds()) {
        if (kind == Kind::Node)
            continue;  // a removed node is refused for ever
        TRY_ASSIGN(auto drop, connection.prepare("DELETE FROM " + std::string(tableOf(kind)) +
                                                 " WHERE deleted = 1 AND stamp_time < ?"));
        drop.bind(oldest);
        TRY_STATUS(drop.run());
    }
    return {};
}

Result<std::vector<Record>> Records::load(Kind kind)
{
    std::vector<Record> records;
    TRY_STATUS(m_database->read([&](db::Connection &connection) -> Status {
        const std::string table(tableOf(kind));
        TRY_ASSIGN(auto rows,
                   connection.prepare("SELECT id, body, secret, stamp_time, stamp_node, cluster_id FROM " +
                                      table + " WHERE deleted = 0 ORDER BY id"));
        while (true) {
            TRY_ASSIGN(const bool row, rows.step());
            if (!row)
                return {};
            Record record;
            record.kind = kind;
            record.id = rows.text(0);
            const std::string about = aboutOf(table, record.id);
            TRY_ASSIGN(record.body, fromJsonText(rows.text(1), about));
            if (!rows.isNull(2)) {
                TRY_ASSIGN(record.secret, m_sealer.open(rows.blob(2), about));
            }
            record.stamp.time = static_cast<std::uint64_t>(rows.integer(3));
            record.stamp.node = NodeId::fromUuid(rows.text(4)).value_or(NodeId());
            record.clusterId = rows.text(5);
            records.push_back(std::move(record));
        }
    }));
    return records;
}

}  // namespace maxiofs::records
