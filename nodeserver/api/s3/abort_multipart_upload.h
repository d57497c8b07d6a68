// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "api/s3/call.h"

namespace maxiofs::api::s3 {

/// Drops an upload and its parts (S3 API: AbortMultipartUpload).
struct AbortMultipartUpload {
    static constexpr OperationId kId = OperationId::AbortMultipartUpload;

    Id128 uploadId;

    [[nodiscard]] static S3Result<AbortMultipartUpload> parse(const Request &request);
    [[nodiscard]] Access access(const Request &request) const;
    net::Awaitable<S3Result<Reply>> run(Call &call) const;
};

}  // namespace maxiofs::api::s3
