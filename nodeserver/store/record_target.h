// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "frame/fields.h"
#include "store/types.h"

namespace maxiofs::store {

// What a record is about, from its clear fields.
struct RecordTarget {
    BucketId bucket;
    std::string key;
    VersionId version;
    std::optional<Id128> uploadId;
    std::uint64_t dataId = 0;
    std::uint16_t partNumber = 0;
    std::vector<std::uint64_t> endedData;
};

/// Error::Corrupt where a record names no bucket, or something that is not what it should be.
[[nodiscard]] Result<RecordTarget> targetOf(const frame::Fields &fields);

}  // namespace maxiofs::store
