// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"

namespace maxiofs::records {

/// Checks the name of a new bucket: S3's rules for general purpose buckets (S3 User Guide: bucket naming
/// rules) and the names that the node itself needs (health, metrics, api). InvalidArgument says which rule.
[[nodiscard]] Status checkBucketName(std::string_view name);

}  // namespace maxiofs::records
