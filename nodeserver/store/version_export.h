// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "index/index.h"
#include "log/log.h"
#include "store/object_changes.h"
#include "store/version_exchange.h"

namespace maxiofs::store {

// What a store tells other nodes of its versions. Any thread.

/// The header of a version by its row, whose record lies in `segment`. Error::NotFound where compaction was
/// faster: look the row up again.
[[nodiscard]] Result<VersionHeader> exportedHeader(log::Segment &segment, std::string_view key,
                                                   const index::ObjectRow &row);

/// The same by its full header. `partTable`: of a version that lies here in parts.
[[nodiscard]] Result<VersionHeader> headerOf(const FullHeader &full, std::string_view key,
                                             const index::ObjectRow &row,
                                             const std::optional<ByteView> &partTable = {});

// One entry of a manifest, and the record that brought what it says.
struct WalkedEntry {
    ManifestEntry entry;
    std::uint64_t sequence = 0;
};
struct WalkedPage {
    std::vector<WalkedEntry> entries;
    bool truncated = false;
};
/// The manifest with more of each entry.
[[nodiscard]] Result<WalkedPage> walkVersions(log::Log &log, const index::Index &index,
                                              const BucketId &bucket, const std::string &afterKey,
                                              const std::optional<VersionId> &afterVersion,
                                              std::size_t limit);
/// As VersionExchange::manifest().
[[nodiscard]] Result<ManifestPage> manifestOf(log::Log &log, const index::Index &index,
                                              const BucketId &bucket, const std::string &afterKey,
                                              const std::optional<VersionId> &afterVersion,
                                              std::size_t limit);

}  // namespace maxiofs::store
