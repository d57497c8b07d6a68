// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "api/s3/s3_error.h"
#include "store/types.h"
#include "text/xml_reader.h"

namespace maxiofs::api::s3 {

// Limits of S3 (S3 User Guide: object tagging).
inline constexpr std::size_t kMaxTags = 10;
inline constexpr std::size_t kMaxTagKey = 128;    // Unicode characters
inline constexpr std::size_t kMaxTagValue = 256;  //

/// x-amz-tagging: "key=value&key=value", URI-encoded.
[[nodiscard]] S3Result<store::Pairs> parseTagHeader(std::string_view header);
/// The body of PutObjectTagging.
[[nodiscard]] S3Result<store::Pairs> parseTagDocument(std::string_view document);
[[nodiscard]] std::string renderTags(const store::Pairs &tags);

}  // namespace maxiofs::api::s3
