// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "api/s3/call.h"

namespace maxiofs::api::s3 {

// What the checksum headers of a request with a document mean.
enum class DigestNeeded {
    No,
    Yes,
    OfTheObject,  // x-amz-checksum-* tells of the object that is completed, only Content-MD5 of the document
};

/// Reads the XML of a request whole, at most `limit` bytes, and checks it against its signature, Content-MD5
/// and checksum. MaxMessageLengthExceeded; InvalidRequest when a digest is needed and there is none.
net::Awaitable<S3Result<std::string>> readDocument(Call &call, std::size_t limit,
                                                   DigestNeeded needed = DigestNeeded::No);

/// The same where an operation means nothing without a document: MissingRequestBodyError for an empty one.
net::Awaitable<S3Result<std::string>> readNeededDocument(Call &call, std::size_t limit,
                                                         DigestNeeded needed = DigestNeeded::No);

inline constexpr std::size_t kMaxSmallDocument = 64 * 1024;  // a bucket's configuration, an object's tags
inline constexpr std::size_t kMaxLargeDocument = 2U << 20;   // 1,000 keys to delete, 10,000 parts

}  // namespace maxiofs::api::s3
