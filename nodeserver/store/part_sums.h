// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "store/object_fields.h"
#include "store/object_store.h"

namespace maxiofs::store {

// What a completed upload's parts give together.

/// "<MD5 of the parts' MD5s>-<count>". Error::Corrupt where an ETag is no MD5.
[[nodiscard]] Result<std::string> combinedEtag(const std::vector<TablePart> &parts);
/// Whether an ETag is one of those.
[[nodiscard]] bool isMultipartEtag(std::string_view etag);
/// XXH3-128 over the parts' sizes and content hashes in order.
[[nodiscard]] Bytes combinedContentHash(const std::vector<TablePart> &parts);
/// Composite: the algorithm over the parts' values. Full object: their values combined (CRCs only).
/// Error::InvalidPart where a part has no checksum of that algorithm.
[[nodiscard]] Result<ObjectChecksum> combinedChecksum(const std::vector<TablePart> &parts,
                                                      crypto::ChecksumAlgorithm algorithm, ChecksumType type);

}  // namespace maxiofs::store
