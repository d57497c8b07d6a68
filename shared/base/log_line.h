// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <concepts>
#include <string>
#include <string_view>

namespace maxiofs::base {

enum class LogLevel { Debug, Info, Warning, Error };

/// Sets the lowest level that is written; the default is Info. Any thread.
void setLogLevel(LogLevel level);
[[nodiscard]] LogLevel logLevel();

// Sees each line that is written, without its line break. Called on the writing thread; must not log.
class LogTap {
public:
    virtual ~LogTap() = default;
    virtual void line(LogLevel level, std::string_view text) = 0;
};
/// One tap at a time; null takes it away and waits until no thread is inside it.
void setLogTap(LogTap *tap);

// One event, one line on standard error: ts=... level=info msg="..." key=value. Written whole when the object
// ends; values are quoted where they need it and control characters are escaped, so that no value can forge a
// line. Secrets never go in.
class LogLine {
public:
    LogLine(LogLevel level, std::string_view message);
    ~LogLine();
    LogLine(const LogLine &) = delete;
    LogLine &operator=(const LogLine &) = delete;

    LogLine &with(std::string_view key, std::string_view value);
    LogLine &with(std::string_view key, std::integral auto value)
    {
        return m_enabled ? with(key, std::string_view(std::to_string(value))) : *this;
    }

private:
    bool m_enabled;
    LogLevel m_level;
    std::string m_text;
};

inline LogLine debugLine(std::string_view message)
{
    return {LogLevel::Debug, message};
}
inline LogLine infoLine(std::string_view message)
{
    return {LogLevel::Info, message};
}
inline LogLine warningLine(std::string_view message)
{
    return {LogLevel::Warning, message};
}
inline LogLine errorLine(std::string_view message)
{
    return {LogLevel::Error, message};
}

}  // namespace maxiofs::base
