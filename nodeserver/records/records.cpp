// SPDX-License-Identifier: GPL-3.0-or-later
#include "records/records.h"

#include "base/log_line.h"
#include "records/schema.h"

#include <utility>

namespace maxiofs::records {

namespace {

constexpr std::int64_t kTombstoneSweepMs = 3'600'000;
constexpr std::int64_t kMsPerSecond = 1000;
constexpr std::size_t kMaxTombstonesDropped = 10'000;  // of a kind in one sweep

}  // namespace

Result<std::unique_ptr<Records>> Records::open(const std::string &path, const SecretSealer &sealer,
                                               const Clock &clock)
{
    TRY_ASSIGN(auto database, db::Database::open(path, schemaMigrations()));
    std::unique_ptr<Records> records(new Records(std::move(database), sealer, clock));
    TRY_STATUS(records->findWriter());
    TRY_STATUS(records->computeDigests());
    return records;
}

Records::Records(std::unique_ptr<db::Database> database, const SecretSealer &sealer, const Clock &clock)
    : m_database(std::move(database)),
      m_sealer(sealer),
      m_clock(clock)
{
}

Status Records::findWriter()
{
    Writer writer;
    TRY_STATUS(m_database->write([&](db::Connection &connection) -> Status {
        TRY_ASSIGN(auto row, connection.prepare("SELECT node_id, cluster_id FROM cluster_config"));
        TRY_ASSIGN(const bool there, row.step());
        if (there) {
            const auto id = NodeId::fromUuid(row.text(0));
            if (!id)
                return failure(Error::Corrupt, "the node id in cluster_config is not a UUID");
            writer = {*id, row.text(1)};
            return {};
        }
        writer.node = NodeId::random();
        TRY_ASSIGN(
            auto insert,
            connection.prepare("INSERT INTO cluster_config"
                               " (node_id, node_name, cluster_token, created_at) VALUES (?, '', '', ?)"));
        insert.bind(writer.node.uuid(), m_clock.unixMs() / kMsPerSecond);
        return insert.run();
    }));
    const base::MutexLock lock(m_stateMutex);
    m_writer = writer;
    return {};
}

Status Records::apply(const std::vector<Change> &changes)
{
    TRY_STATUS(write(
        [&](RecordTransaction &transaction) -> Status {
            for (const Change &change : changes)
                TRY_STATUS(transaction.apply(change));
            return {};
        },
        {Origin::Local}));
    if (const Status dropped = dropOldTombstones(); !dropped)
        base::warningLine("old tombstones stay in auth.db").with("error", dropped.error().message);
    return {};
}

Status Records::write(const Work &work, std::initializer_list<Origin> origins)
{
    std::vector<RecordKey> changed;
    {
        const base::MutexLock lock(m_writeMutex);
        Writer writer{nodeId(), clusterId()};
        std::map<Kind, SlotDigests> digestChanges;
        TRY_STATUS(m_database->write([&](db::Connection &connection) -> Status {
            RecordTransaction transaction(connection, m_sealer, writer, m_clock.unixMs());
            TRY_STATUS(work(transaction));
            writer = transaction.writer();
            changed = transaction.takeChanged();
            digestChanges = transaction.takeDigestChanges();
            return {};
        }));
        publish(writer, digestChanges);
    }
    for (const Origin origin : origins)
        tell(changed, origin);
    return {};
}

void Records::publish(const Writer &writer, const std::map<Kind, SlotDigests> &digestChanges)
{
    const base::MutexLock lock(m_stateMutex);
    m_writer = writer;
    for (const auto &[kind, change] : digestChanges) {
        SlotDigests &digests = m_digests[kind];
        for (std::size_t slot = 0; slot < kSlots; ++slot)
            digests[slot] ^= change[slot];
        ++m_generations[kind];
    }
}

Result<Merged> Records::merge(std::vector<Record> records)
{
    Merged merged;
    TRY_STATUS(write(
        [&](RecordTransaction &transaction) -> Status {
            for (const Record &record : records) {
                bool applied = false;
                if (record.kind != Kind::ClusterSecret && !record.id.empty()) {
                    TRY_ASSIGN(applied, transaction.merge(record));
                }
                if (applied)
                    merged.applied.push_back(record.key());
                else
                    ++merged.ignored;
            }
            return {};
        },
        {Origin::Merged}));
    return merged;
}

Result<std::vector<Record>> Records::load(Kind kind)
{
    std::vector<Record> records;
    TRY_STATUS(m_database->read([&](db::Connection &connection) -> Status {
        Status opened;
        TRY_STATUS(RecordRows(connection).eachAfter(kind, {}, {}, [&](StoredRecord row) {
            if (row.record.deleted)
                return true;
            auto record = openRecord(std::move(row), m_sealer);
            if (record)
                records.push_back(*std::move(record));
            else
                opened = failure(std::move(record.error()));
            return opened.has_value();
        }));
        return opened;
    }));
    return records;
}

Result<std::vector<Record>> Records::findAll(const std::vector<RecordKey> &keys)
{
    std::vector<Record> records;
    TRY_STATUS(m_database->read([&](db::Connection &connection) -> Status {
        RecordRows rows(connection);
        for (const RecordKey &key : keys) {
            TRY_ASSIGN(auto row, rows.find(key.kind, key.id));
            if (!row)
                continue;
            TRY_ASSIGN(Record record, openRecord(*std::move(row), m_sealer));
            records.push_back(std::move(record));
        }
        return {};
    }));
    return records;
}

Result<std::optional<Record>> Records::find(Kind kind, const std::string &id)
{
    TRY_ASSIGN(auto found, findAll({{kind, id}}));
    if (found.empty())
        return std::nullopt;
    return std::move(found.front());
}

Status Records::dropOldTombstones()
{
    const std::int64_t now = m_clock.unixMs();
    {
        const base::MutexLock lock(m_stateMutex);
        if (!m_writer.clusterId.empty() || now - m_tombstonesDroppedMs < kTombstoneSweepMs)
            return {};
        m_tombstonesDroppedMs = now;
    }
    for (const Kind kind : allKinds()) {
        if (kind == Kind::Node)
            continue;  // a removed node is refused for ever
        TRY_ASSIGN(const auto old, oldTombstones(kind, now - kTombstoneMs, kMaxTombstonesDropped));
        if (!old.empty())
            TRY_STATUS(forget(old));
    }
    return {};
}

Result<std::vector<Record>> Records::oldTombstones(Kind kind, std::int64_t beforeMs, std::size_t limit)
{
    std::vector<Record> tombstones;
    TRY_STATUS(m_database->read([&](db::Connection &connection) -> Status {
        TRY_ASSIGN(tombstones, RecordRows(connection).oldTombstones(kind, beforeMs, limit));
        return {};
    }));
    return tombstones;
}

Status Records::forget(const std::vector<Record> &tombstones)
{
    return write(
        [&](RecordTransaction &transaction) -> Status {
            for (const Record &tombstone : tombstones)
                TRY_STATUS(transaction.forget(tombstone));
            return {};
        },
        {});
}

Records::Listening &Records::Listening::operator=(Listening &&other) noexcept
{
    end();
    m_table = std::exchange(other.m_table, {});
    m_number = other.m_number;
    return *this;
}

void Records::Listening::end()
{
    const auto table = m_table.lock();
    if (!table)
        return;
    const base::MutexLock lock(table->mutex);
    table->listeners.erase(m_number);
}

Records::Listening Records::whenChanged(Listener call)
{
    const base::MutexLock lock(m_listening->mutex);
    const std::uint64_t number = m_listening->next++;
    m_listening->listeners.emplace(number, std::make_shared<const Listener>(std::move(call)));
    return {m_listening, number};
}

void Records::tell(std::vector<RecordKey> keys, Origin origin)
{
    if (origin == Origin::Local)
        std::erase_if(keys, [](const RecordKey &key) { return key.kind == Kind::ClusterSecret; });
    if (keys.empty())
        return;
    std::vector<std::shared_ptr<const Listener>> listeners;
    {
        const base::MutexLock lock(m_listening->mutex);
        for (const auto &[number, listener] : m_listening->listeners)
            listeners.push_back(listener);
    }
    for (const auto &listener : listeners)
        (*listener)(keys, origin);
}

NodeId Records::nodeId() const
{
    const base::MutexLock lock(m_stateMutex);
    return m_writer.node;
}

std::string Records::clusterId() const
{
    const base::MutexLock lock(m_stateMutex);
    return m_writer.clusterId;
}

std::uint64_t Records::generation(Kind kind) const
{
    const base::MutexLock lock(m_stateMutex);
    const auto found = m_generations.find(kind);
    return found == m_generations.end() ? 0 : found->second;
}

}  // namespace maxiofs::records
