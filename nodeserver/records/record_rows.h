// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "db/connection.h"
#include "records/record.h"
#include "records/secret_sealer.h"

#include <functional>
#include <map>
#include <vector>

namespace maxiofs::records {

// A record as it lies in auth.db.
struct StoredRecord {
    Record record;                // without secret
    std::optional<Bytes> sealed;  // the secret
};

/// What is said of a record in errors and bound to its sealed secret: "access_keys/MX...".
[[nodiscard]] std::string aboutOf(Kind kind, std::string_view id);
/// Corrupt when the secret does not open.
[[nodiscard]] Result<Record> openRecord(StoredRecord row, const SecretSealer &sealer);

// The rows of records over one connection, inside one transaction; each statement is prepared once. Nodes and
// replication rules lie in the specification's tables, whose columns repeat what their body says.
class RecordRows {
public:
    explicit RecordRows(db::Connection &connection) : m_connection(connection) {}

    [[nodiscard]] Result<std::optional<StoredRecord>> find(Kind kind, const std::string &id);
    /// Without secret and, but for a Location, without body: what supersedes() and digestOf() look at.
    [[nodiscard]] Result<std::optional<Record>> findVersion(Kind kind, const std::string &id);
    [[nodiscard]] Status put(const StoredRecord &row);
    [[nodiscard]] Status drop(Kind kind, const std::string &id);

    /// Records and tombstones with an id greater than `after` that `wanted` (empty: all) takes, in order of
    /// id, until `visit` answers false.
    [[nodiscard]] Status eachAfter(Kind kind, const std::string &after,
                                   const std::function<bool(std::string_view id)> &wanted,
                                   const std::function<bool(StoredRecord)> &visit);
    /// As findVersion(), of all records and tombstones in order of id.
    [[nodiscard]] Status eachVersion(Kind kind, const std::function<void(const Record &)> &visit);
    /// At most `limit` tombstones made before `unixMs`, the oldest first, as findVersion().
    [[nodiscard]] Result<std::vector<Record>> oldTombstones(Kind kind, std::int64_t unixMs,
                                                            std::size_t limit);

private:
    struct Statements {
        std::optional<db::Statement> find;
        std::optional<db::Statement> findVersion;
        std::optional<db::Statement> put;
        std::optional<db::Statement> drop;
    };
    [[nodiscard]] Result<db::Statement *> prepared(std::optional<db::Statement> &statement,
                                                   const std::string &sql);
    [[nodiscard]] Status putNode(const StoredRecord &row);
    [[nodiscard]] Status putRule(const StoredRecord &row);

    db::Connection &m_connection;
    std::map<Kind, Statements> m_statements;
};

}  // namespace maxiofs::records
