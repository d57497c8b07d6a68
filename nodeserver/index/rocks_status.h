// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"

#include <rocksdb/status.h>

namespace maxiofs::index {

/// What RocksDB answered, in the node's terms. `action` completes "cannot ...".
[[nodiscard]] Error errorOf(const rocksdb::Status &status, std::string_view action);
[[nodiscard]] Status statusOf(const rocksdb::Status &status, std::string_view action);

}  // namespace maxiofs::index
