// SPDX-License-Identifier: GPL-3.0-or-later
#include "memory_store.h"

#include "crypto/digest.h"

#include <algorithm>

namespace maxiofs::sim {

using records::Kind;
using records::Record;
using records::RecordKey;

namespace {

struct Version {
    bool final = false;  // a removed node never comes back
    std::uint64_t number = 0;
    NodeId node;

    auto operator<=>(const Version &) const = default;
};

Version versionOf(const Record &record)
{
    if (record.kind == Kind::Location) {
        const records::Epoch epoch = records::locationOf(record.body).epoch;
        return {false, epoch.number, epoch.node};
    }
    return {record.kind == Kind::Node && record.deleted, record.stamp.time, record.stamp.node};
}

}  // namespace

std::strong_ordering compareVersions(const Record &a, const Record &b)
{
    return versionOf(a) <=> versionOf(b);
}

std::string nameOf(const Record &record)
{
    const auto [final, number, node] = versionOf(record);
    return std::string(records::tableOf(record.kind)) + '/' + record.id + " @" + std::to_string(number) +
           '-' + node.hex().substr(0, 4) + (record.deleted ? " deleted" : "");
}

const Record *RecordDisk::find(const RecordKey &key) const
{
    const auto table = tables.find(key.kind);
    if (table == tables.end())
        return nullptr;
    const auto found = table->second.kept.find(key.id);
    return found == table->second.kept.end() ? nullptr : &found->second.record;
}

MemoryStore::MemoryStore(Simulator &simulator, std::size_t node, RecordDisk &disk, const Rules &rules,
                         std::size_t pageRecords)
    : m_simulator(simulator),
      m_node(node),
      m_disk(disk),
      m_rules(rules),
      m_pageRecords(pageRecords)
{
}

void MemoryStore::whenWritten(Written written, Dropped dropped)
{
    m_written = std::move(written);
    m_dropped = std::move(dropped);
}

void MemoryStore::judge(const Record *stored, const Record &record)
{
    if (stored == nullptr)
        return;
    const auto order = compareVersions(record, *stored);
    if (order < 0)
        m_simulator.broken("node " + std::to_string(m_node) + " goes back from " + nameOf(*stored) + " to " +
                           nameOf(record));
    else if (order == 0)
        m_simulator.broken("node " + std::to_string(m_node) + " takes " + nameOf(record) +
                           " though it has it: changes would go round for ever");
}

void MemoryStore::drop(RecordDisk::Table &table, RecordDisk::Kept::iterator found)
{
    table.digests[found->second.slot] ^= found->second.digest;
    ++table.changes;
    table.kept.erase(found);
}

void MemoryStore::put(Record record)
{
    RecordDisk::Table &table = m_disk.tables[record.kind];
    const auto found = table.kept.find(record.id);
    judge(found == table.kept.end() ? nullptr : &found->second.record, record);
    if (found != table.kept.end())
        drop(table, found);
    if (m_written)
        m_written(record);
    if (record.deleted && !m_rules.keepsTombstones())
        return;
    RecordDisk::Stored stored{{}, records::slotOf(record.id), records::digestOf(record)};
    table.digests[stored.slot] ^= stored.digest;
    ++table.changes;
    stored.record = std::move(record);
    table.kept.emplace(stored.record.id, std::move(stored));
}

Record MemoryStore::change(const RecordKey &key, QJsonObject body, bool deleted, const NodeId &node)
{
    const Record *stored = m_disk.find(key);
    const Stamp replaced = stored != nullptr ? stored->stamp : Stamp();
    const std::int64_t wallMs = m_simulator.wallMs(m_node);
    Record record{key.kind, key.id, std::move(body), {}, {}, deleted, {}};
    record.stamp = m_rules.stamp(replaced, wallMs, node, m_seen);
    m_seen = std::max(m_seen, record.stamp);
    if (record.stamp.unixMs() > std::max(wallMs, replaced.unixMs() + 1))
        m_simulator.broken("node " + std::to_string(m_node) + " stamps " + nameOf(record) +
                           " ahead of its clock and of what it replaces");
    if (m_rules.writesThrough())
        m_simulator.durably(m_node, [&] { put(record.clone()); });
    else
        m_simulator.durably(m_node, [] {});
    return record;
}

Result<records::Merged> MemoryStore::merge(std::vector<Record> records)
{
    records::Merged merged;
    m_simulator.durably(m_node, [&] {
        for (Record &record : records) {
            m_seen = std::max(m_seen, record.stamp);
            const Record *stored = m_disk.find(record.key());
            if (stored != nullptr && !m_rules.replaces(record, *stored)) {
                ++merged.ignored;
                continue;
            }
            merged.applied.push_back(record.key());
            put(std::move(record));
        }
    });
    return merged;
}

Result<std::optional<Record>> MemoryStore::find(Kind kind, const std::string &id)
{
    const Record *found = m_disk.find({kind, id});
    return found != nullptr ? std::optional(found->clone()) : std::nullopt;
}

records::SlotDigests MemoryStore::digests(Kind kind)
{
    return m_disk.tables[kind].digests;
}

std::string MemoryStore::checksum(std::span<const Kind> kinds)
{
    std::vector<Kind> key(kinds.begin(), kinds.end());
    std::uint64_t changes = 1;
    for (const Kind kind : kinds)
        changes += m_disk.tables[kind].changes;
    Known &known = m_checksums[std::move(key)];
    if (known.changes != changes) {
        crypto::Sha256 hash;
        for (const Kind kind : kinds)
            for (const auto &[id, stored] : m_disk.tables[kind].kept)
                hash.update(records::versionLineOf(stored.record));
        const auto digest = hash.finish();
        known = {changes, toText(digest)};
    }
    return known.checksum;
}

Result<records::RecordPage> MemoryStore::page(Kind kind, const records::Slots &slots,
                                              const std::string &after, std::size_t /*limitBytes*/)
{
    records::RecordPage page;
    const RecordDisk::Kept &kept = m_disk.tables[kind].kept;
    for (auto it = kept.upper_bound(after); it != kept.end(); ++it) {
        if (!slots.test(it->second.slot))
            continue;
        if (page.records.size() == m_pageRecords) {
            page.more = true;
            break;
        }
        page.records.push_back(it->second.record.clone());
    }
    return page;
}

Result<std::vector<Record>> MemoryStore::oldTombstones(Kind kind, std::int64_t beforeMs, std::size_t limit)
{
    std::vector<Record> old;
    for (const auto &[id, stored] : m_disk.tables[kind].kept)
        if (stored.record.deleted && stored.record.stamp.unixMs() < beforeMs && old.size() < limit)
            old.push_back(stored.record.clone());
    return old;
}

Status MemoryStore::forget(const std::vector<Record> &tombstones)
{
    m_simulator.durably(m_node, [&] {
        for (const Record &tombstone : tombstones) {
            RecordDisk::Table &table = m_disk.tables[tombstone.kind];
            const auto found = table.kept.find(tombstone.id);
            if (found == table.kept.end() || compareVersions(found->second.record, tombstone) != 0 ||
                !found->second.record.deleted)
                continue;
            drop(table, found);
            if (m_dropped)
                m_dropped(tombstone);
        }
    });
    return {};
}

}  // namespace maxiofs::sim
