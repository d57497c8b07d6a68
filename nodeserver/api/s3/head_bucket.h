// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "api/s3/call.h"

namespace maxiofs::api::s3 {

/// Whether a bucket exists and is open to the caller (S3 API: HeadBucket).
struct HeadBucket {
    static constexpr OperationId kId = OperationId::HeadBucket;

    [[nodiscard]] static S3Result<HeadBucket> parse(const Request &request);
    [[nodiscard]] Access access(const Request &request) const;
    net::Awaitable<S3Result<Reply>> run(Call &call) const;
};

}  // namespace maxiofs::api::s3
