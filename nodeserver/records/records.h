// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/clock.h"
#include "db/database.h"
#include "records/change.h"
#include "records/record_store.h"
#include "records/record_transaction.h"
#include "records/secret_sealer.h"

#include <memory>

namespace maxiofs::records {

// Where a change comes from. Those that keep records in memory publish their own Local changes themselves and
// read Merged ones again; what is Local is to be pushed to the other members, so no secrets of the cluster
// are among it.
enum class Origin { Local, Merged };

// The records of auth.db. Any thread; writes wait for one another and for the disk.
class Records final : public RecordStore {
public:
    static constexpr std::int64_t kTombstoneMs = std::int64_t{30} * 24 * 3600 * 1000;

    /// `sealer` and `clock` must outlive it. The node's id is made at the first start and kept in
    /// cluster_config.
    [[nodiscard]] static Result<std::unique_ptr<Records>>
    open(const std::string &path, const SecretSealer &sealer, const Clock &clock);

    /// Writes all changes in one transaction, each under a new stamp and in the node's cluster; they are on
    /// the disk when it returns. A lone node also removes tombstones older than kTombstoneMs, once an hour;
    /// in a cluster forget() does.
    [[nodiscard]] Status apply(const std::vector<Change> &changes);
    /// All records of a kind that are not deleted, in order of id.
    [[nodiscard]] Result<std::vector<Record>> load(Kind kind);
    /// Those of the keys that are stored, tombstones too, as they are at one moment; in the order of `keys`.
    [[nodiscard]] Result<std::vector<Record>> findAll(const std::vector<RecordKey> &keys);

    using Work = std::function<Status(RecordTransaction &)>;
    /// Runs `work` in one transaction; then tells the listeners what it changed, once for each of `origins`.
    [[nodiscard]] Status write(const Work &work, std::initializer_list<Origin> origins);

    // RecordStore. Secrets of the cluster are never merged: they count as ignored.
    [[nodiscard]] Result<Merged> merge(std::vector<Record> records) override;
    [[nodiscard]] Result<std::optional<Record>> find(Kind kind, const std::string &id) override;
    [[nodiscard]] SlotDigests digests(Kind kind) override;
    [[nodiscard]] std::string checksum(std::span<const Kind> kinds) override;
    [[nodiscard]] Result<RecordPage> page(Kind kind, const Slots &slots, const std::string &after,
                                          std::size_t limitBytes) override;
    [[nodiscard]] Result<std::vector<Record>> oldTombstones(Kind kind, std::int64_t beforeMs,
                                                            std::size_t limit) override;
    [[nodiscard]] Status forget(const std::vector<Record> &tombstones) override;

    using Listener = std::function<void(const std::vector<RecordKey> &, Origin)>;
    // Ends the listening when it goes, which must be while no other thread changes records.
    class Listening {
    public:
        Listening() = default;
        ~Listening() { end(); }
        Listening(Listening &&other) noexcept { *this = std::move(other); }
        Listening &operator=(Listening &&other) noexcept;

    private:
        friend class Records;
        struct Table {
            base::Mutex mutex;
            std::map<std::uint64_t, std::shared_ptr<const Listener>> listeners GUARDED_BY(mutex);
            std::uint64_t next GUARDED_BY(mutex) = 1;
        };
        Listening(std::weak_ptr<Table> table, std::uint64_t number)
            : m_table(std::move(table)),
              m_number(number)
        {
        }
        void end();

        std::weak_ptr<Table> m_table;
        std::uint64_t m_number = 0;
    };
    /// Calls after each commit, on the changing thread, which may hold the change mutex of whoever made a
    /// Local change.
    [[nodiscard]] Listening whenChanged(Listener call);
    /// Grows with each change of a record of the kind: whether what was derived from them still holds.
    [[nodiscard]] std::uint64_t generation(Kind kind) const;

    [[nodiscard]] NodeId nodeId() const;
    /// Empty for a lone node.
    [[nodiscard]] std::string clusterId() const;
    [[nodiscard]] db::Database &database() { return *m_database; }
    [[nodiscard]] const SecretSealer &sealer() const { return m_sealer; }
    [[nodiscard]] const Clock &clock() const { return m_clock; }

private:
    struct CachedChecksum {
        std::vector<std::uint64_t> generations;  // of its kinds
        std::string checksum;
    };

    Records(std::unique_ptr<db::Database> database, const SecretSealer &sealer, const Clock &clock);
    [[nodiscard]] Status findWriter();
    [[nodiscard]] Status computeDigests();
    [[nodiscard]] Status dropOldTombstones();
    void publish(const Writer &writer, const std::map<Kind, SlotDigests> &digestChanges);
    void tell(std::vector<RecordKey> keys, Origin origin);
    [[nodiscard]] Result<std::string> computeChecksum(std::span<const Kind> kinds);
    [[nodiscard]] std::vector<std::uint64_t> generations(std::span<const Kind> kinds) const;

    const std::unique_ptr<db::Database> m_database;
    const SecretSealer &m_sealer;
    const Clock &m_clock;

    base::Mutex m_writeMutex;  // one write at a time, with what follows it in memory; before m_stateMutex

    mutable base::Mutex m_stateMutex;
    Writer m_writer GUARDED_BY(m_stateMutex);
    std::map<Kind, SlotDigests> m_digests GUARDED_BY(m_stateMutex);
    std::map<Kind, std::uint64_t> m_generations GUARDED_BY(m_stateMutex);
    std::map<std::vector<Kind>, CachedChecksum> m_checksums GUARDED_BY(m_stateMutex);
    std::int64_t m_tombstonesDroppedMs GUARDED_BY(m_stateMutex) = 0;

    const std::shared_ptr<Listening::Table> m_listening = std::make_shared<Listening::Table>();
};

}  // namespace maxiofs::records
