// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/mutex.h"
#include "db/connection.h"

#include <functional>
#include <span>
#include <vector>

namespace maxiofs::db {

struct Migration {
    int number;  // 1, 2, 3, ... without gaps
    std::string_view sql;
};

// A SQLite file with numbered migrations (kept in `user_version`). One connection makes all writes and all
// checkpoints; reads have their own few. Any thread may call; writes wait for one another.
class Database {
public:
    static constexpr std::size_t kMaxReaders = 4;

    /// Brings the file to the newest migration. Error::Unsupported, naming both numbers, for a file that a
    /// newer program has migrated; Error::Corrupt for a damaged one.
    [[nodiscard]] static Result<std::unique_ptr<Database>> open(const std::string &path,
                                                                std::span<const Migration> migrations);
    ~Database();

    using Work = std::function<Status(Connection &)>;
    /// Runs `work` in one transaction that is on the disk when this returns; an error of `work` undoes it.
    [[nodiscard]] Status write(const Work &work) EXCLUDES(m_writeMutex);
    /// Runs `work` over a consistent state of the file.
    [[nodiscard]] Status read(const Work &work) EXCLUDES(m_readMutex);
    [[nodiscard]] Status checkpoint() EXCLUDES(m_writeMutex);

private:
    Database(std::string path, std::unique_ptr<Connection> writer);
    [[nodiscard]] Status migrate(std::span<const Migration> migrations) EXCLUDES(m_writeMutex);

    const std::string m_path;

    base::Mutex m_writeMutex;
    std::unique_ptr<Connection> m_writer GUARDED_BY(m_writeMutex);

    base::Mutex m_readMutex;
    std::condition_variable m_readerFree;
    std::vector<std::unique_ptr<Connection>> m_idleReaders GUARDED_BY(m_readMutex);
    std::size_t m_readers GUARDED_BY(m_readMutex) = 0;
};

}  // namespace maxiofs::db
