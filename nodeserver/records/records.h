// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/clock.h"
#include "db/database.h"
#include "records/record.h"
#include "records/secret_sealer.h"

#include <vector>

namespace maxiofs::records {

// A record to be written. Fields of `body` replace those of the stored one; others, which a newer version may
// have written, stay.
struct Change {
    Kind kind;
    std::string id;
    QJsonObject body;
    crypto::SecretBytes secret;  // empty: the stored one stays
    bool deleted = false;

    [[nodiscard]] static Change put(Kind kind, std::string id, QJsonObject body,
                                    crypto::SecretBytes secret = {});
    /// Leaves a tombstone without body and secret.
    [[nodiscard]] static Change remove(Kind kind, std::string id);
};

// The records of auth.db. Any thread; writes wait for one another and for the disk.
class Records {
public:
    static constexpr std::int64_t kTombstoneMs = std::int64_t{30} * 24 * 3600 * 1000;

    /// `sealer` and `clock` must outlive it. The node's id is made at the first start and kept in
    /// cluster_config.
    [[nodiscard]] static Result<std::unique_ptr<Records>>
    open(const std::string &path, const SecretSealer &sealer, const Clock &clock);

    /// Writes all changes in one transaction, each under a new stamp; they are on the disk when it returns.
    /// Also removes tombstones older than kTombstoneMs, once an hour.
    [[nodiscard]] Status apply(const std::vector<Change> &changes);
    /// All records of a kind that are not deleted, in order of id.
    [[nodiscard]] Result<std::vector<Record>> load(Kind kind);

    [[nodiscard]] const NodeId &nodeId() const { return m_nodeId; }
    [[nodiscard]] db::Database &database() { return *m_database; }
    [[nodiscard]] const SecretSealer &sealer() const { return m_sealer; }
    [[nodiscard]] const Clock &clock() const { return m_clock; }

private:
    Records(std::unique_ptr<db::Database> database, const SecretSealer &sealer, const Clock &clock);
    [[nodiscard]] Status findNodeId();
    [[nodiscard]] Status write(db::Connection &connection, const Change &change, std::int64_t nowMs);
    [[nodiscard]] Status dropOldTombstones(db::Connection &connection, std::int64_t nowMs);

    const std::unique_ptr<db::Database> m_database;
    const SecretSealer &m_sealer;
    const Clock &m_clock;
    NodeId m_nodeId;
    std::int64_t m_tombstonesDroppedMs = 0;  // inside a write transaction only
};

}  // namespace maxiofs::records
