// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cluster/rules/replication.h"
#include "store/version_exchange.h"

namespace maxiofs::cluster::replication {

// The store's words in those of the machines.
[[nodiscard]] rules::FeedPage feedPageOf(const store::FeedPage &page);
[[nodiscard]] rules::ManifestEntry manifestEntryOf(const store::ManifestEntry &entry);
[[nodiscard]] rules::FeedLag lagOf(const store::FeedLag &lag);

/// What a bucket has of the keys that begin with `prefix`, after one name. May block.
[[nodiscard]] Result<rules::ManifestPage> readManifest(store::VersionExchange &store, const BucketId &bucket,
                                                       const std::string &prefix,
                                                       const std::optional<rules::VersionName> &after,
                                                       std::size_t most);

}  // namespace maxiofs::cluster::replication
