// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "store/bucket_handover.h"

namespace maxiofs::api::console {

/// The id of a conflict version in the API: it names bucket, key and version, and is fit for a path.
[[nodiscard]] std::string conflictId(const BucketId &bucket, std::string_view key,
                                     const store::VersionId &version);
/// Empty for any other text.
[[nodiscard]] std::optional<store::ConflictPlace> conflictPlaceOf(std::string_view id);

/// The order of lists: by bucket, then key, then newest first.
[[nodiscard]] bool isBefore(const store::ConflictPlace &a, const store::ConflictPlace &b);

}  // namespace maxiofs::api::console
