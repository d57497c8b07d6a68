// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "index/index.h"
#include "log/log.h"
#include "store/version_exchange.h"

namespace maxiofs::store {

// What a store tells other nodes of its versions. Any thread.

/// The header of a version by its row, whose record lies in `segment`. Error::NotFound where compaction was
/// faster: look the row up again.
[[nodiscard]] Result<VersionHeader> exportedHeader(log::Segment &segment, std::string_view key,
                                                   const index::ObjectRow &row);

/// As VersionExchange::manifest().
[[nodiscard]] Result<ManifestPage> manifestOf(log::Log &log, const index::Index &index,
                                              const BucketId &bucket, const std::string &afterKey,
                                              const std::optional<VersionId> &afterVersion,
                                              std::size_t limit);

}  // namespace maxiofs::store
