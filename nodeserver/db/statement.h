// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/bytes.h"
#include "base/result.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

struct sqlite3_stmt;

namespace maxiofs::db {

/// SQLite's answer as an Error: a full disk, a busy or damaged file, a broken constraint each have their
/// code.
[[nodiscard]] Error sqliteError(int code, std::string_view doing, const char *text);

// One prepared SQL statement of a connection; used on that connection's thread.
//
//     TRY_ASSIGN(auto rows, connection.prepare("SELECT id, name FROM t WHERE kind = ?"));
//     rows.bind(kind);
//     while (true) { TRY_ASSIGN(const bool row, rows.step()); if (!row) break; rows.text(1); }
class Statement {
public:
    explicit Statement(sqlite3_stmt *statement);
    ~Statement();
    Statement(Statement &&other) noexcept;
    Statement &operator=(Statement &&other) noexcept;

    /// Sets all parameters in order; anything bound before is forgotten.
    template <typename... Values>
    void bind(const Values &...values)
    {
        reset();
        (bindNext(values), ...);
    }

    /// True when a row is there, false at the end.
    [[nodiscard]] Result<bool> step();
    /// Steps to the end.
    [[nodiscard]] Status run();
    void reset();

    [[nodiscard]] std::int64_t integer(int column) const;
    [[nodiscard]] std::string text(int column) const;
    [[nodiscard]] Bytes blob(int column) const;
    [[nodiscard]] bool isNull(int column) const;

private:
    void bindNext(std::int64_t value);
    void bindNext(int value) { bindNext(static_cast<std::int64_t>(value)); }
    void bindNext(bool value) { bindNext(static_cast<std::int64_t>(value)); }
    void bindNext(std::string_view text);
    void bindNext(const std::string &text) { bindNext(std::string_view(text)); }
    void bindNext(const char *text) { bindNext(std::string_view(text)); }
    void bindNext(ByteView blob);
    void bindNext(const Bytes &blob) { bindNext(ByteView(blob)); }
    void bindNext(std::nullopt_t);
    template <typename T>
    void bindNext(const std::optional<T> &value)
    {
        if (value)
            bindNext(*value);
        else
            bindNext(std::nullopt);
    }

    sqlite3_stmt *m_statement;  // null after a move
    int m_bound = 0;
    int m_bindError = 0;
};

}  // namespace maxiofs::db
