// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/console/log_tail.h"

#include <array>
#include <charconv>

namespace maxiofs::api::console {

namespace {

constexpr std::array<std::pair<base::LogLevel, std::string_view>, 4> kLevels{{
    {base::LogLevel::Debug, "debug"},
    {base::LogLevel::Info, "info"},
    {base::LogLevel::Warning, "warning"},
    {base::LogLevel::Error, "error"},
}};

}  // namespace

std::string_view nameOf(base::LogLevel level)
{
    for (const auto &[known, name] : kLevels) {
        if (known == level)
            return name;
    }
    return {};
}

std::optional<base::LogLevel> logLevelOf(std::string_view name)
{
    for (const auto &[level, known] : kLevels) {
        if (known == name)
            return level;
    }
    return std::nullopt;
}

LogTail::LogTail(const Clock &clock) : m_clock(clock)
{
    base::setLogTap(this);
}

LogTail::~LogTail()
{
    base::setLogTap(nullptr);
}

void LogTail::line(base::LogLevel level, std::string_view text)
{
    const base::MutexLock lock(m_mutex);
    m_lines.push_back({m_next++, m_clock.unixMs(), level, std::string(text.substr(0, kMaxLine))});
    if (m_lines.size() > kKept)
        m_lines.pop_front();
}

protocol::Page<protocol::LogEntry> LogTail::read(const Query &query) const
{
    protocol::Page<protocol::LogEntry> page;
    std::uint64_t before = ~std::uint64_t{0};
    if (!query.before.empty())
        std::from_chars(query.before.data(), query.before.data() + query.before.size(), before);
    const base::MutexLock lock(m_mutex);
    for (auto line = m_lines.rbegin(); line != m_lines.rend(); ++line) {
        if (line->number >= before || line->level < query.lowest || !line->text.contains(query.contains))
            continue;
        if (page.items.size() == query.limit) {
            page.next = page.items.empty() ? std::string() : page.items.back().id;
            break;
        }
        page.items.push_back(
            {std::to_string(line->number), {line->atMs}, std::string(nameOf(line->level)), line->text});
    }
    return page;
}

}  // namespace maxiofs::api::console
