// SPDX-License-Identifier: GPL-3.0-or-later
#include "db/connection.h"

#include "os/file_system.h"

#include <sqlite3.h>

namespace maxiofs::db {

namespace {

constexpr int kBusyTimeoutMs = 10'000;
constexpr const char *kWriterPragmas =
    "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"
    "PRAGMA trusted_schema=OFF;";
constexpr const char *kReaderPragmas = "PRAGMA query_only=ON; PRAGMA trusted_schema=OFF;";

// SQLite would make the file readable for all; its WAL takes the file's mode.
Status makePrivateFile(const std::string &path)
{
    os::FileSystem &files = os::posixFileSystem();
    TRY_ASSIGN(const bool there, files.exists(path));
    if (there)
        return {};
    TRY_ASSIGN(const auto file, files.open(path, os::OpenMode::CreateNew));
    TRY_STATUS(file->sync());
    const std::size_t slash = path.rfind('/');
    return files.syncDirectory(slash == std::string::npos ? "." : path.substr(0, slash));
}

}  // namespace

Result<std::unique_ptr<Connection>> Connection::open(const std::string &path, Access access)
{
    const bool writer = access == Access::ReadWrite;
    if (writer)
        TRY_STATUS(makePrivateFile(path));
    sqlite3 *handle = nullptr;
    const int flags = (writer ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY) | SQLITE_OPEN_NOMUTEX;
    const int code = sqlite3_open_v2(path.c_str(), &handle, flags, nullptr);
    std::unique_ptr<Connection> connection(new Connection(handle));
    if (code != SQLITE_OK) {
        Error error = sqliteError(code, "open " + path, handle != nullptr ? sqlite3_errmsg(handle) : nullptr);
        error.subject = path;
        return failure(std::move(error));
    }
    sqlite3_extended_result_codes(handle, 1);
    sqlite3_busy_timeout(handle, kBusyTimeoutMs);
    sqlite3_db_config(handle, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
    if (!writer)
        sqlite3_db_config(handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
    TRY_STATUS(connection->execute(writer ? kWriterPragmas : kReaderPragmas));
    return connection;
}

Connection::~Connection()
{
    sqlite3_close_v2(m_handle);
}

Result<Statement> Connection::prepare(std::string_view sql)
{
    sqlite3_stmt *statement = nullptr;
    const int code =
        sqlite3_prepare_v2(m_handle, sql.data(), static_cast<int>(sql.size()), &statement, nullptr);
    if (code != SQLITE_OK)
        return failure(sqliteError(code, "prepare \"" + std::string(sql) + '"', sqlite3_errmsg(m_handle)));
    return Statement(statement);
}

Status Connection::execute(const std::string &sql)
{
    const int code = sqlite3_exec(m_handle, sql.c_str(), nullptr, nullptr, nullptr);
    if (code != SQLITE_OK)
        return failure(sqliteError(code, "run \"" + sql + '"', sqlite3_errmsg(m_handle)));
    return {};
}

Result<std::int64_t> Connection::queryInteger(std::string_view sql)
{
    TRY_ASSIGN(Statement statement, prepare(sql));
    TRY_ASSIGN(const bool row, statement.step());
    if (!row)
        return failure(Error::NotFound, "no row for \"" + std::string(sql) + '"');
    return statement.integer(0);
}

Status Connection::checkpoint()
{
    const int code =
        sqlite3_wal_checkpoint_v2(m_handle, nullptr, SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
    if (code != SQLITE_OK)
        return failure(sqliteError(code, "checkpoint", sqlite3_errmsg(m_handle)));
    return {};
}

}  // namespace maxiofs::db
