// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "api/s3/call.h"

namespace maxiofs::api::s3 {

/// Whether a bucket keeps versions (S3 API: GetBucketVersioning).
struct GetBucketVersioning {
    static constexpr OperationId kId = OperationId::GetBucketVersioning;

    [[nodiscard]] static S3Result<GetBucketVersioning> parse(const Request &request);
    [[nodiscard]] Access access(const Request &request) const;
    net::Awaitable<S3Result<Reply>> run(Call &call) const;
};

}  // namespace maxiofs::api::s3
