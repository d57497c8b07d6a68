// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "records/record_store.h"
#include "rules.h"
#include "simulator.h"

#include <map>

namespace maxiofs::sim {

/// Where a version of a record stands in the order of its key, told apart from the rules that are tested:
/// locations by epoch, nodes by whether they were removed, all others by stamp.
[[nodiscard]] std::strong_ordering compareVersions(const records::Record &a, const records::Record &b);
/// "users/u1 @3-5f00 deleted", for messages.
[[nodiscard]] std::string nameOf(const records::Record &record);

// What a simulated node has of records on its disk.
struct RecordDisk {
    struct Stored {
        records::Record record;
        std::size_t slot = 0;
        std::uint64_t digest = 0;
    };
    using Kept = std::map<std::string, Stored>;  // by id
    struct Table {
        Kept kept;
        records::SlotDigests digests{};
        std::uint64_t changes = 0;
    };
    std::map<records::Kind, Table> tables;

    [[nodiscard]] const records::Record *find(const records::RecordKey &key) const;
};

// A RecordStore in memory that writes like a disk: whole or not at all, with a crash before or after each
// write where the history says so. Judges each change that the rules make.
class MemoryStore final : public records::RecordStore {
public:
    using Written = std::function<void(const records::Record &)>;
    using Dropped = std::function<void(const records::Record &)>;

    MemoryStore(Simulator &simulator, std::size_t node, RecordDisk &disk, const Rules &rules,
                std::size_t pageRecords);
    /// Called for each record that is on the disk now, and each tombstone that is not any more.
    void whenWritten(Written written, Dropped dropped);

    /// A change made on this node: under a new stamp, or for a Location under the epoch in its body.
    [[nodiscard]] records::Record change(const records::RecordKey &key, QJsonObject body, bool deleted,
                                         const NodeId &node);

    [[nodiscard]] Result<records::Merged> merge(std::vector<records::Record> records) override;
    [[nodiscard]] Result<std::optional<records::Record>> find(records::Kind kind,
                                                              const std::string &id) override;
    [[nodiscard]] records::SlotDigests digests(records::Kind kind) override;
    [[nodiscard]] std::string checksum(std::span<const records::Kind> kinds) override;
    [[nodiscard]] Result<records::RecordPage> page(records::Kind kind, const records::Slots &slots,
                                                   const std::string &after, std::size_t limitBytes) override;
    [[nodiscard]] Result<std::vector<records::Record>>
    oldTombstones(records::Kind kind, std::int64_t beforeMs, std::size_t limit) override;
    [[nodiscard]] Status forget(const std::vector<records::Record> &tombstones) override;

private:
    void put(records::Record record);
    void drop(RecordDisk::Table &table, RecordDisk::Kept::iterator found);
    void judge(const records::Record *stored, const records::Record &record);

    Simulator &m_simulator;
    const std::size_t m_node;
    RecordDisk &m_disk;
    const Rules &m_rules;
    const std::size_t m_pageRecords;
    Written m_written;
    Dropped m_dropped;
    Stamp m_seen;  // the newest stamp that it has met since its start
    struct Known {
        std::uint64_t changes = 0;
        std::string checksum;
    };
    std::map<std::vector<records::Kind>, Known> m_checksums;
};

}  // namespace maxiofs::sim
