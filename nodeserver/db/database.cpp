// SPDX-License-Identifier: GPL-3.0-or-later
#include "db/database.h"

namespace maxiofs::db {

namespace {

Status inTransaction(Connection &connection, const char *begin, const Database::Work &work)
{
    TRY_STATUS(connection.execute(begin));
    Status status = work(connection);
    if (status)
        status = connection.execute("COMMIT");
    if (!status) {
        // SQLite may have rolled back by itself; then this fails and changes nothing.
        [[maybe_unused]] const Status undone = connection.execute("ROLLBACK");
    }
    return status;
}

}  // namespace

Result<std::unique_ptr<Database>> Database::open(const std::string &path,
                                                 std::span<const Migration> migrations)
{
    TRY_ASSIGN(auto writer, Connection::open(path, Access::ReadWrite));
    std::unique_ptr<Database> database(new Database(path, std::move(writer)));
    TRY_STATUS(database->migrate(migrations));
    return database;
}

Database::Database(std::string path, std::unique_ptr<Connection> writer)
    : m_path(std::move(path)),
      m_writer(std::move(writer))
{
}

Database::~Database()
{
    // The last connection to close makes the final checkpoint: that must be the writer.
    const base::MutexLock writeLock(m_writeMutex);
    const base::MutexLock readLock(m_readMutex);
    m_idleReaders.clear();
    m_writer.reset();
}

Status Database::migrate(std::span<const Migration> migrations)
{
    const base::MutexLock lock(m_writeMutex);
    TRY_ASSIGN(const std::int64_t found, m_writer->queryInteger("PRAGMA user_version"));
    const auto newest = static_cast<std::int64_t>(migrations.size());
    if (found > newest) {
        return failure(Error::Unsupported,
                       m_path + " was written by a newer version (schema " + std::to_string(found) +
                           ", this program knows up to " + std::to_string(newest) +
                           "): start that version again.",
                       m_path);
    }
    for (const Migration &migration : migrations) {
        if (migration.number <= found)
            continue;
        const std::string number = std::to_string(migration.number);
        TRY_STATUS(inTransaction(*m_writer, "BEGIN IMMEDIATE", [&](Connection &connection) -> Status {
            TRY_STATUS(connection.execute(std::string(migration.sql)));
            return connection.execute("PRAGMA user_version=" + number);
        }));
    }
    return {};
}

Status Database::write(const Work &work)
{
    const base::MutexLock lock(m_writeMutex);
    return inTransaction(*m_writer, "BEGIN IMMEDIATE", work);
}

Status Database::read(const Work &work)
{
    std::unique_ptr<Connection> connection;
    {
        base::MutexLock lock(m_readMutex);
        while (m_idleReaders.empty() && m_readers == kMaxReaders)
            lock.wait(m_readerFree);
        if (m_idleReaders.empty()) {
            TRY_ASSIGN(connection, Connection::open(m_path, Access::ReadOnly));
            ++m_readers;
        } else {
            connection = std::move(m_idleReaders.back());
            m_idleReaders.pop_back();
        }
    }
    Status status = inTransaction(*connection, "BEGIN", work);
    const base::MutexLock lock(m_readMutex);
    m_idleReaders.push_back(std::move(connection));
    m_readerFree.notify_one();
    return status;
}

Status Database::checkpoint()
{
    const base::MutexLock lock(m_writeMutex);
    return m_writer->checkpoint();
}

}  // namespace maxiofs::db
