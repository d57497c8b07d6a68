// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "records/buckets.h"
#include "store/types.h"

namespace maxiofs::api::s3 {

/// What the store must know of a bucket, from its record; to be handed to ObjectStore::setBucket() after each
/// change of the record.
[[nodiscard]] store::BucketState stateOf(const records::BucketRecord &bucket);

}  // namespace maxiofs::api::s3
