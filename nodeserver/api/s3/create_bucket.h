// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "api/s3/call.h"

namespace maxiofs::api::s3 {

/// Makes a bucket, durable before the answer (S3 API: CreateBucket).
struct CreateBucket {
    static constexpr OperationId kId = OperationId::CreateBucket;

    [[nodiscard]] static S3Result<CreateBucket> parse(const Request &request);
    [[nodiscard]] Access access(const Request &request) const;
    net::Awaitable<S3Result<Reply>> run(Call &call) const;
};

}  // namespace maxiofs::api::s3
