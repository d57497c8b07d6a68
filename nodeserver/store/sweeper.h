// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "blob/blob_store.h"
#include "index/index.h"
#include "store/damage_list.h"

#include <functional>
#include <string>

namespace maxiofs::store {

// Finds large-object files that no row names: what a crash left between writing a file and its record, or
// between a record's death and the unlinking. They are moved to a folder of this sweep among the orphans and
// removed from there after a week. Runs once after a start, when the log has been replayed, and only over
// files older than the start; not while any damage is known, since a damaged record may be the one that names
// a file. One thread.
class Sweeper {
public:
    struct Parts {
        blob::BlobStore &blobs;
        const index::Index &index;
        const DamageList &damage;
        os::FileSystem &fileSystem;
        std::string orphans;
        std::int64_t startedMs = 0;
        std::function<bool()> cancelled;
    };
    explicit Sweeper(Parts parts) : m_parts(std::move(parts)) {}

    /// The number of files that were moved away.
    [[nodiscard]] Result<std::size_t> run();

private:
    [[nodiscard]] Result<std::size_t> sweepSlice(std::size_t slice, std::size_t slices);
    [[nodiscard]] Status removeOldOrphans();

    const Parts m_parts;
};

}  // namespace maxiofs::store
