// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/log_line.h"

#include <atomic>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <mutex>
#include <shared_mutex>
#include <unistd.h>

namespace maxiofs::base {

namespace {

std::atomic<LogLevel> lowestLevel{LogLevel::Info};
std::shared_mutex tapMutex;
LogTap *currentTap = nullptr;  // under tapMutex

std::string_view nameOf(LogLevel level)
{
    switch (level) {
    case LogLevel::Debug: return "debug";
    case LogLevel::Info: return "info";
    case LogLevel::Warning: return "warning";
    case LogLevel::Error: return "error";
    }
    return "unknown";
}

std::string timeNow()
{
    const auto now = std::chrono::system_clock::now();
    const auto ms =
        std::chrono::duration_cast<std::chrono::milliseconds>(now.time_since_epoch()).count() % 1000;
    const std::time_t seconds = std::chrono::system_clock::to_time_t(now);
    std::tm parts{};
    ::gmtime_r(&seconds, &parts);
    char text[40];
    const std::size_t length = std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &parts);
    std::snprintf(text + length, sizeof text - length, ".%03dZ", static_cast<int>(ms));
    return text;
}

void appendQuoted(std::string &to, std::string_view value)
{
    to.push_back('"');
    for (const char c : value) {
        const auto code = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\') {
            to.push_back('\\');
            to.push_back(c);
        } else if (c == '\n') {
            to.append("\\n");
        } else if (code < 0x20 || code == 0x7f) {
            char escape[8];
            std::snprintf(escape, sizeof escape, "\\x%02x", code);
            to.append(escape);
        } else {
            to.push_back(c);
        }
    }
    to.push_back('"');
}

bool isPlain(std::string_view value)
{
    if (value.empty())
        return false;
    for (const char c : value) {
        const auto code = static_cast<unsigned char>(c);
        if (code <= 0x20 || code == 0x7f || c == '"' || c == '=' || c == '\\')
            return false;
    }
    return true;
}

}  // namespace

void setLogLevel(LogLevel level)
{
    lowestLevel.store(level, std::memory_order_relaxed);
}

LogLevel logLevel()
{
    return lowestLevel.load(std::memory_order_relaxed);
}

void setLogTap(LogTap *tap)
{
    const std::unique_lock lock(tapMutex);
    currentTap = tap;
}

LogLine::LogLine(LogLevel level, std::string_view message) : m_enabled(level >= logLevel()), m_level(level)
{
    if (!m_enabled)
        return;
    m_text = "ts=" + timeNow() + " level=" + std::string(nameOf(level)) + " msg=";
    appendQuoted(m_text, message);
}

LogLine::~LogLine()
{
    if (!m_enabled)
        return;
    {
        const std::shared_lock lock(tapMutex);
        if (currentTap != nullptr)
            currentTap->line(m_level, m_text);
    }
    m_text.push_back('\n');
    // One write, so that lines of several threads do not mix; a log that cannot be written stops nothing.
    [[maybe_unused]] const ssize_t written = ::write(STDERR_FILENO, m_text.data(), m_text.size());
}

LogLine &LogLine::with(std::string_view key, std::string_view value)
{
    if (!m_enabled)
        return *this;
    m_text.push_back(' ');
    m_text.append(key);
    m_text.push_back('=');
    if (isPlain(value))
        m_text.append(value);
    else
        appendQuoted(m_text, value);
    return *this;
}

}  // namespace maxiofs::base
