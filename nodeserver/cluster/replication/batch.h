// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cluster/rules/replication.h"
#include "store/version_exchange.h"

#include <variant>

namespace maxiofs::cluster::replication {

/// A message holds at most so many changes; more in a batch make several messages.
inline constexpr std::size_t kMaxBatchEntries = 1000;
/// Data up to this size travels inside its batch; larger data is fetched by the receiver.
inline constexpr std::uint64_t kMaxInlineBytes = 256ULL << 10;

// One change of a bucket as it travels.
struct SentVersion {  // a version with its bytes, or a delete marker
    store::VersionHeader header;
    Bytes data;
    bool isRepair = false;  // replaces also what has the same stamps and another content
};
struct OfferedVersion {  // its bytes are fetched, from the node that sent the batch
    store::VersionHeader header;
    bool isRepair = false;
};
struct SentHeader {  // the bytes did not change
    store::VersionHeader header;
};
using EntryState = std::variant<SentVersion, OfferedVersion, SentHeader, store::VersionRemoval>;

// A batch of the machines with what its entries are by now. It may arrive twice, and in any order.
struct StateBatch {
    rules::BatchHeader header;
    std::vector<EntryState> states;
};

}  // namespace maxiofs::cluster::replication
