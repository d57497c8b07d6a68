// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cluster/replication/batch.h"

namespace maxiofs::cluster::replication {

// What a bucket has of one name by now, to be sent; or why nothing of it travels.
using ReadState = std::variant<EntryState, rules::EntryAnswer>;

// Whose states are read, and what of them travels.
struct ReadRules {
    BucketId bucket;
    BucketId destination;
    bool deletes = true;
    bool metadata = true;
};

/// Reads headers, and data up to kMaxInlineBytes. Any thread that may block. Gone for what is not there or
/// does not travel, also what came through the destination; Failed for what cannot be read.
[[nodiscard]] ReadState readState(store::VersionExchange &store, const ReadRules &rules,
                                  const rules::BatchEntry &entry);

}  // namespace maxiofs::cluster::replication
