// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "log/log.h"

#include <optional>

namespace maxiofs::store {

// A small file that says how far the log is known to have been durable. It tells a log that lost its newest
// segments, or the end of the newest one, from a torn tail, also where the index was lost with them. It lags
// behind the log and is never ahead of it. One thread at a time.
class LogEnd {
public:
    LogEnd(os::FileSystem &fileSystem, std::string path);

    /// {} where there is no file, or none that can be read: then the index alone tells.
    [[nodiscard]] Result<log::Log::Position> load();
    /// Durable when it returns; costs nothing where the file says it already.
    [[nodiscard]] Status note(log::Log::Position end);

    /// The file's content, and what it says; absent where it is damaged.
    [[nodiscard]] static std::string encode(log::Log::Position end);
    [[nodiscard]] static std::optional<log::Log::Position> decode(std::string_view text);

private:
    os::FileSystem &m_fileSystem;
    const std::string m_path;
    std::optional<log::Log::Position> m_noted;
};

}  // namespace maxiofs::store
