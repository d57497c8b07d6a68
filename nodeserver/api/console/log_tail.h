// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/clock.h"
#include "base/log_line.h"
#include "base/mutex.h"
#include "protocol/system.h"

#include <deque>

namespace maxiofs::api::console {

// The last lines of the node's log, for GET /system/log. Takes the tap while it lives. Any thread.
class LogTail final : public base::LogTap {
public:
    static constexpr std::size_t kKept = 5000;
    static constexpr std::size_t kMaxLine = 4096;  // longer lines are cut

    explicit LogTail(const Clock &clock);
    ~LogTail() override;
    LogTail(const LogTail &) = delete;
    LogTail &operator=(const LogTail &) = delete;

    void line(base::LogLevel level, std::string_view text) override;

    struct Query {
        std::string before;  // an id: only older lines
        std::size_t limit = 200;
        base::LogLevel lowest = base::LogLevel::Debug;
        std::string contains;
    };
    /// Newest first.
    [[nodiscard]] protocol::Page<protocol::LogEntry> read(const Query &query) const;

private:
    struct Line {
        std::uint64_t number;
        std::int64_t atMs;
        base::LogLevel level;
        std::string text;
    };

    const Clock &m_clock;
    mutable base::Mutex m_mutex;
    std::deque<Line> m_lines GUARDED_BY(m_mutex);
    std::uint64_t m_next GUARDED_BY(m_mutex) = 1;
};

/// "debug", "info", "warning", "error".
[[nodiscard]] std::string_view nameOf(base::LogLevel level);
[[nodiscard]] std::optional<base::LogLevel> logLevelOf(std::string_view name);

}  // namespace maxiofs::api::console
