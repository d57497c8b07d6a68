// SPDX-License-Identifier: GPL-3.0-or-later
#include "db/statement.h"

#include <sqlite3.h>

#include <utility>

namespace maxiofs::db {

namespace {

Error::Code codeOf(int sqliteCode)
{
    switch (sqliteCode & 0xff) {
    case SQLITE_FULL: return Error::StorageFull;
    case SQLITE_BUSY:
    case SQLITE_LOCKED: return Error::Busy;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB: return Error::Corrupt;
    case SQLITE_CONSTRAINT: return Error::AlreadyExists;
    case SQLITE_READONLY: return Error::ReadOnly;
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
    case SQLITE_IOERR: return Error::Io;
    default: return Error::Internal;
    }
}

int lengthOf(std::size_t size)
{
    return static_cast<int>(size);
}

}  // namespace

Error sqliteError(int code, std::string_view doing, const char *text)
{
    return Error(codeOf(code), "cannot " + std::string(doing) + ": " +
                                   (text != nullptr ? text : sqlite3_errstr(code)) + " (SQLite " +
                                   std::to_string(code) + ")");
}

Statement::Statement(sqlite3_stmt *statement) : m_statement(statement) {}

Statement::~Statement()
{
    sqlite3_finalize(m_statement);
}

Statement::Statement(Statement &&other) noexcept
    : m_statement(std::exchange(other.m_statement, nullptr)),
      m_bound(other.m_bound),
      m_bindError(other.m_bindError)
{
}

Statement &Statement::operator=(Statement &&other) noexcept
{
    std::swap(m_statement, other.m_statement);
    std::swap(m_bound, other.m_bound);
    std::swap(m_bindError, other.m_bindError);
    return *this;
}

Result<bool> Statement::step()
{
    sqlite3 *handle = sqlite3_db_handle(m_statement);
    if (m_bindError != SQLITE_OK)
        return failure(sqliteError(m_bindError, "set a parameter", nullptr));
    const int code = sqlite3_step(m_statement);
    if (code == SQLITE_ROW)
        return true;
    if (code == SQLITE_DONE)
        return false;
    Error error =
        sqliteError(code, std::string("run \"") + sqlite3_sql(m_statement) + '"', sqlite3_errmsg(handle));
    sqlite3_reset(m_statement);
    return failure(std::move(error));
}

Status Statement::run()
{
    while (true) {
        TRY_ASSIGN(const bool row, step());
        if (!row)
            break;
    }
    sqlite3_reset(m_statement);
    return {};
}

void Statement::reset()
{
    sqlite3_reset(m_statement);
    sqlite3_clear_bindings(m_statement);
    m_bound = 0;
    m_bindError = SQLITE_OK;
}

std::int64_t Statement::integer(int column) const
{
    return sqlite3_column_int64(m_statement, column);
}

std::string Statement::text(int column) const
{
    const auto *text = reinterpret_cast<const char *>(sqlite3_column_text(m_statement, column));
    return text == nullptr
               ? std::string()
               : std::string(text, static_cast<std::size_t>(sqlite3_column_bytes(m_statement, column)));
}

Bytes Statement::blob(int column) const
{
    const auto *bytes = static_cast<const std::byte *>(sqlite3_column_blob(m_statement, column));
    return bytes == nullptr ? Bytes() : Bytes(bytes, bytes + sqlite3_column_bytes(m_statement, column));
}

bool Statement::isNull(int column) const
{
    return sqlite3_column_type(m_statement, column) == SQLITE_NULL;
}

void Statement::bindNext(std::int64_t value)
{
    m_bindError |= sqlite3_bind_int64(m_statement, ++m_bound, value);
}

void Statement::bindNext(std::string_view text)
{
    // An empty view may have a null pointer, which would bind NULL.
    m_bindError |= sqlite3_bind_text(m_statement, ++m_bound, text.empty() ? "" : text.data(),
                                     lengthOf(text.size()), SQLITE_TRANSIENT);
}

void Statement::bindNext(ByteView blob)
{
    m_bindError |= blob.empty() ? sqlite3_bind_zeroblob(m_statement, ++m_bound, 0)
                                : sqlite3_bind_blob(m_statement, ++m_bound, blob.data(),
                                                    lengthOf(blob.size()), SQLITE_TRANSIENT);
}

void Statement::bindNext(std::nullopt_t)
{
    m_bindError |= sqlite3_bind_null(m_statement, ++m_bound);
}

}  // namespace maxiofs::db
