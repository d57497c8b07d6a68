// SPDX-License-Identifier: GPL-3.0-or-later
#include "records/record_transaction.h"

using namespace Qt::StringLiterals;

namespace maxiofs::records {

namespace {

// The fields of a Location are one value: none of the stored one stays.
void dropLocationFields(QJsonObject &body)
{
    for (const auto field : {"owner"_L1, "epoch"_L1, "epoch_node"_L1, "unavailable"_L1})
        body.remove(field);
}

QJsonObject bodyOfTombstone(Kind kind, const QJsonObject &stored, const NodeId &self)
{
    if (kind != Kind::Location)
        return {};
    Location location = locationOf(stored);
    location.epoch = {location.epoch.number + 1, self};
    return bodyOf(location);
}

std::unexpected<Error> overtaken(const Change &change)
{
    if (change.kind == Kind::Node)
        return failure(Error::NotFound, "The node " + change.id + " was removed.", change.id);
    return failure(Error::PreconditionFailed,
                   "The bucket " + change.id + " has changed its owner meanwhile: try again.", change.id);
}

}  // namespace

RecordTransaction::RecordTransaction(db::Connection &connection, const SecretSealer &sealer, Writer writer,
                                     std::int64_t nowMs)
    : m_connection(connection),
      m_sealer(sealer),
      m_writer(std::move(writer)),
      m_nowMs(nowMs),
      m_rows(connection)
{
}

Status RecordTransaction::become(const Writer &writer)
{
    TRY_ASSIGN(auto update,
               m_connection.prepare(
                   "UPDATE cluster_config SET node_id = ?, cluster_id = ?, is_cluster_enabled = ?"));
    update.bind(writer.node.uuid(), writer.clusterId, !writer.clusterId.empty());
    TRY_STATUS(update.run());
    m_writer = writer;
    return {};
}

Stamp RecordTransaction::stampAfter(const Stamp &replaced) const
{
    return Stamp::after(replaced, m_nowMs, m_writer.node);
}

Result<std::optional<Record>> RecordTransaction::find(Kind kind, const std::string &id)
{
    TRY_ASSIGN(auto row, m_rows.find(kind, id));
    if (!row)
        return std::nullopt;
    TRY_ASSIGN(Record record, openRecord(*std::move(row), m_sealer));
    return record;
}

Result<std::vector<StoredRecord>> RecordTransaction::all(Kind kind)
{
    std::vector<StoredRecord> rows;
    TRY_STATUS(m_rows.eachAfter(kind, {}, {}, [&](StoredRecord row) {
        rows.push_back(std::move(row));
        return true;
    }));
    return rows;
}

Status RecordTransaction::apply(const Change &change)
{
    TRY_ASSIGN(auto stored, m_rows.find(change.kind, change.id));
    if (change.deleted && (!stored || stored->record.deleted))
        return {};

    std::optional<Record> before;
    StoredRecord row;
    Record &record = row.record;
    record.kind = change.kind;
    record.id = change.id;
    record.deleted = change.deleted;
    record.clusterId = m_writer.clusterId;
    if (stored) {
        before = stored->record.clone();
        record.body = std::move(stored->record.body);
        row.sealed = std::move(stored->sealed);
        // What a node changes while it is alone stays of the cluster it was made in.
        if (record.clusterId.empty() && !before->deleted)
            record.clusterId = before->clusterId;
    }
    if (change.deleted || (before && before->deleted)) {
        record.body =
            change.deleted ? bodyOfTombstone(change.kind, record.body, m_writer.node) : QJsonObject();
        row.sealed.reset();
    } else if (change.kind == Kind::Location) {
        dropLocationFields(record.body);
    }
    for (auto field = change.body.begin(); field != change.body.end(); ++field)
        record.body.insert(field.key(), field.value());
    if (!change.secret.empty())
        row.sealed = m_sealer.seal(change.secret.view(), aboutOf(change.kind, change.id));
    record.stamp = stampAfter(before ? before->stamp : Stamp());

    if (before && !supersedes(record, *before))
        return overtaken(change);
    return write(before, row);
}

Result<bool> RecordTransaction::merge(const Record &record)
{
    TRY_ASSIGN(const auto before, m_rows.findVersion(record.kind, record.id));
    if (before && !supersedes(record, *before))
        return false;
    StoredRecord row{record.clone(), std::nullopt};
    if (record.deleted && record.kind != Kind::Location)
        row.record.body = {};
    else if (!record.secret.empty())
        row.sealed = m_sealer.seal(record.secret.view(), aboutOf(record.kind, record.id));
    TRY_STATUS(write(before, row));
    return true;
}

Status RecordTransaction::put(const StoredRecord &row)
{
    TRY_ASSIGN(const auto before, m_rows.findVersion(row.record.kind, row.record.id));
    return write(before, row);
}

Status RecordTransaction::drop(Kind kind, const std::string &id)
{
    TRY_ASSIGN(const auto stored, m_rows.findVersion(kind, id));
    if (!stored)
        return {};
    note(*stored);
    m_changed.push_back(stored->key());
    return m_rows.drop(kind, id);
}

Status RecordTransaction::forget(const Record &tombstone)
{
    TRY_ASSIGN(const auto stored, m_rows.findVersion(tombstone.kind, tombstone.id));
    if (!stored || !stored->deleted || versionLineOf(*stored) != versionLineOf(tombstone))
        return {};
    note(*stored);
    return m_rows.drop(stored->kind, stored->id);
}

Status RecordTransaction::write(const std::optional<Record> &before, const StoredRecord &after)
{
    if (before)
        note(*before);
    note(after.record);
    m_changed.push_back(after.record.key());
    return m_rows.put(after);
}

// A version comes or goes: either way its share of the digest.
void RecordTransaction::note(const Record &version)
{
    m_digestChanges[version.kind][slotOf(version.id)] ^= digestOf(version);
}

}  // namespace maxiofs::records
