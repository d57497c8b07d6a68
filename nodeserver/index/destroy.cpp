// SPDX-License-Identifier: GPL-3.0-or-later
#include "index/index.h"

#include <rocksdb/db.h>

namespace maxiofs::index {

Status Index::destroy(const Options &options)
{
    if (options.inMemory)
        return {};
    const rocksdb::Status destroyed = rocksdb::DestroyDB(options.directory, rocksdb::Options());
    if (!destroyed.ok())
        return failure(Error::Io, "the index could not be removed: " + destroyed.ToString(), options.directory);
    return {};
}

}  // namespace maxiofs::index
