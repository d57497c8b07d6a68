// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "api/s3/request.h"
#include "http/response_head.h"
#include "store/types.h"

namespace maxiofs::api::s3 {

/// Content headers, user metadata, storage class, encryption, tags and canned ACL of a request that makes an
/// object; the owner is left to be set. MetadataTooLarge, InvalidStorageClass, InvalidTag, NotImplemented.
[[nodiscard]] S3Result<store::Attributes> parseAttributes(const Request &request);
/// x-amz-storage-class: empty for STANDARD. NotImplemented for classes that need a restore before reading,
/// which is not how this store works.
[[nodiscard]] S3Result<std::string> parseStorageClass(const Request &request);

// The response-* parameters of GET and HEAD, which replace headers of the answer.
struct ResponseOverrides {
    std::vector<std::pair<std::string_view, std::string>> headers;

    /// InvalidArgument for a value with control characters.
    [[nodiscard]] static S3Result<ResponseOverrides> parse(const Request &request);
};

/// Last-Modified, ETag, Accept-Ranges, x-amz-version-id (where the bucket gives out versions),
/// x-amz-storage-class.
void addVersionHeaders(http::ResponseHead &head, const store::ObjectInfo &info, bool versioned);
/// Content headers, metadata, tag count and encryption.
void addAttributeHeaders(http::ResponseHead &head, const store::Attributes &attributes,
                         const ResponseOverrides &overrides);

/// `"etag"`
[[nodiscard]] std::string quoted(std::string_view etag);

}  // namespace maxiofs::api::s3
