// SPDX-License-Identifier: GPL-3.0-or-later
#include "index/rocks_status.h"

namespace maxiofs::index {

namespace {

Error::Code codeOf(const rocksdb::Status &status)
{
    if (status.IsIncomplete())
        return Error::WouldBlock;
    if (status.IsCorruption())
        return Error::Corrupt;
    if (status.IsNoSpace())
        return Error::StorageFull;
    return status.IsIOError() ? Error::Io : Error::Internal;
}

}  // namespace

Error errorOf(const rocksdb::Status &status, std::string_view action)
{
    return {codeOf(status), "cannot " + std::string(action) + ": " + status.ToString()};
}

Status statusOf(const rocksdb::Status &status, std::string_view action)
{
    if (status.ok())
        return {};
    return failure(errorOf(status, action));
}

}  // namespace maxiofs::index
