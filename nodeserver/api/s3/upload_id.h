// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "api/s3/request.h"
#include "base/id.h"

namespace maxiofs::api::s3 {

/// The parameter uploadId. NoSuchUpload for a text that no upload can have.
[[nodiscard]] S3Result<Id128> parseUploadId(const Request &request);

}  // namespace maxiofs::api::s3
