// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "db/statement.h"

struct sqlite3;

namespace maxiofs::db {

enum class Access { ReadWrite, ReadOnly };

// One connection to a SQLite file: WAL, synchronous=FULL, foreign keys, a busy timeout. One thread at a time.
// A read-only connection neither writes nor checkpoints, also not when it closes.
class Connection {
public:
    /// Creates the file (0600) where it is missing, unless `access` is ReadOnly.
    [[nodiscard]] static Result<std::unique_ptr<Connection>> open(const std::string &path, Access access);
    ~Connection();
    Connection(const Connection &) = delete;
    Connection &operator=(const Connection &) = delete;

    [[nodiscard]] Result<Statement> prepare(std::string_view sql);
    /// Runs statements without parameters, separated by semicolons.
    [[nodiscard]] Status execute(const std::string &sql);
    /// The first column of the first row; NotFound when there is none.
    [[nodiscard]] Result<std::int64_t> queryInteger(std::string_view sql);
    /// Moves the WAL into the file.
    [[nodiscard]] Status checkpoint();

private:
    explicit Connection(sqlite3 *handle) : m_handle(handle) {}

    sqlite3 *m_handle;
};

}  // namespace maxiofs::db
