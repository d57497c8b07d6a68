// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <rocksdb/env.h>

namespace maxiofs::index {

// Brings RocksDB's warnings and errors into the node's own log. The rest of what it tells is dropped, and no
// LOG files are made.
class RocksLogger final : public rocksdb::Logger {
public:
    RocksLogger() : Logger(rocksdb::InfoLogLevel::WARN_LEVEL) {}

    using Logger::Logv;
    void LogHeader(const char *, va_list) override {}
    void Logv(rocksdb::InfoLogLevel level, const char *format, va_list arguments) override;
};

}  // namespace maxiofs::index
