// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "records/change.h"
#include "records/record_rows.h"
#include "records/record_store.h"

namespace maxiofs::records {

// Who writes: the node, and the cluster it is in (empty: alone).
struct Writer {
    NodeId node;
    std::string clusterId;

    bool operator==(const Writer &) const = default;
};

// One write transaction over the records: what it changes is on the disk together, or not at all. Notes what
// it changed, for those that keep records in memory.
class RecordTransaction {
public:
    RecordTransaction(db::Connection &connection, const SecretSealer &sealer, Writer writer,
                      std::int64_t nowMs);

    [[nodiscard]] const Writer &writer() const { return m_writer; }
    /// Takes another id or cluster: of the changes that follow, and of the node once this is on the disk.
    [[nodiscard]] Status become(const Writer &writer);
    /// A stamp of this node now, later than `replaced`.
    [[nodiscard]] Stamp stampAfter(const Stamp &replaced) const;

    /// Tombstones too.
    [[nodiscard]] Result<std::optional<Record>> find(Kind kind, const std::string &id);
    /// Records and tombstones, in order of id.
    [[nodiscard]] Result<std::vector<StoredRecord>> all(Kind kind);

    /// Writes under a new stamp. PreconditionFailed for a Location that does not supersede the stored one,
    /// NotFound for a node that was removed.
    [[nodiscard]] Status apply(const Change &change);
    /// Takes the record if it supersedes what is stored: whether it did.
    [[nodiscard]] Result<bool> merge(const Record &record);
    /// Writes it as it is, whatever is stored.
    [[nodiscard]] Status put(const StoredRecord &row);
    /// Without a tombstone: as if it had never been here.
    [[nodiscard]] Status drop(Kind kind, const std::string &id);
    /// Drops a tombstone that is stored in exactly this version. Not noted as a change: nobody keeps it.
    [[nodiscard]] Status forget(const Record &tombstone);

    /// For other tables of auth.db.
    [[nodiscard]] db::Connection &connection() { return m_connection; }

    [[nodiscard]] std::vector<RecordKey> takeChanged() { return std::move(m_changed); }
    /// By how much each kind's digests change: exclusive or.
    [[nodiscard]] std::map<Kind, SlotDigests> takeDigestChanges() { return std::move(m_digestChanges); }

private:
    [[nodiscard]] Status write(const std::optional<Record> &before, const StoredRecord &after);
    void note(const Record &version);

    db::Connection &m_connection;
    const SecretSealer &m_sealer;
    Writer m_writer;
    const std::int64_t m_nowMs;
    RecordRows m_rows;
    std::vector<RecordKey> m_changed;
    std::map<Kind, SlotDigests> m_digestChanges;
};

}  // namespace maxiofs::records
