// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "api/s3/request.h"

namespace maxiofs::api::s3 {

/// Refuses (NotImplemented, by name) every operation and header of S3 that changes what a request means and
/// is not built: nothing is accepted and dropped.
[[nodiscard]] S3Status refuseUnbuilt(const Request &request);

}  // namespace maxiofs::api::s3
