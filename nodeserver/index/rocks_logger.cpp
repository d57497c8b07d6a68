// SPDX-License-Identifier: GPL-3.0-or-later
#include "index/rocks_logger.h"

#include "base/log_line.h"

#include <array>
#include <cstdio>

namespace maxiofs::index {

void RocksLogger::Logv(rocksdb::InfoLogLevel level, const char *format, va_list arguments)
{
    if (level < GetInfoLogLevel() || level >= rocksdb::InfoLogLevel::HEADER_LEVEL)
        return;
    constexpr std::size_t kLongestLine = 512;
    std::array<char, kLongestLine> text{};
    std::vsnprintf(text.data(), text.size(), format, arguments);
    const bool warning = level == rocksdb::InfoLogLevel::WARN_LEVEL;
    base::LogLine(warning ? base::LogLevel::Warning : base::LogLevel::Error, "object index")
        .with("rocksdb", std::string_view(text.data()));
}

}  // namespace maxiofs::index
