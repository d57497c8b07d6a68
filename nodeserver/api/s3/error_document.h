// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "api/s3/s3_error.h"
#include "http/response_head.h"

namespace maxiofs::api::s3 {

struct ErrorDocument {
    http::ResponseHead head;
    std::string body;  // empty for HEAD and 304
};

/// The one renderer of refusals (S3 API: REST error responses). `resource` is the request's path, decoded.
[[nodiscard]] ErrorDocument renderError(const S3Error &error, std::string_view resource,
                                        std::string_view requestId, std::string_view hostId,
                                        bool withoutBody);

/// x-amz-request-id and x-amz-id-2, which every response has.
void addRequestIds(http::ResponseHead &head, std::string_view requestId, std::string_view hostId);

}  // namespace maxiofs::api::s3
