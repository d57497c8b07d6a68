// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "api/s3/call.h"

namespace maxiofs::api::s3 {

/// Begins a part on the pool, with the checksum that its upload asks for. `promised`: the algorithm that the
/// client uses itself; InvalidRequest when it is another than the upload's.
net::Awaitable<S3Result<std::unique_ptr<store::PutSession>>>
beginPart(Call &call, Id128 uploadId, unsigned number, std::uint64_t length,
          std::optional<crypto::ChecksumAlgorithm> promised);

}  // namespace maxiofs::api::s3
