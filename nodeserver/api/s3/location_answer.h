// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "records/record_store.h"

namespace maxiofs::api::s3 {

/// What a node that does not own a bucket tells a node that thought so: the bucket's Location record, in the
/// form in which members exchange records. NotFound when there is none. Reads the disk.
[[nodiscard]] Result<std::string> locationAnswer(records::RecordStore &records, const BucketId &bucket);

/// Takes what another member told; not an error when it is older than what is stored. InvalidArgument for
/// anything but a Location record of this bucket. Writes to the disk.
[[nodiscard]] Status learnLocation(records::RecordStore &records, const BucketId &bucket,
                                   std::string_view answer);

}  // namespace maxiofs::api::s3
