// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cluster/replication/batch.h"

#include <string>

namespace maxiofs::cluster::replication {

/// A page has at most so many entries: with the longest keys it fits a message.
inline constexpr std::size_t kMaxManifestEntries = 5000;

// What the destination of a rule is asked for beside taking batches, as bytes in the manner of batches.

struct ManifestRequest {
    rules::BatchHeader header;
    std::string prefix;
    std::optional<rules::VersionName> after;
    std::uint32_t most = 0;
};
[[nodiscard]] std::string encodeManifestRequest(const ManifestRequest &request);
[[nodiscard]] Result<ManifestRequest> decodeManifestRequest(ByteView bytes);
[[nodiscard]] std::string encodeManifest(const rules::TheirManifest &manifest);
[[nodiscard]] Result<rules::TheirManifest> decodeManifest(ByteView bytes);

}  // namespace maxiofs::cluster::replication
