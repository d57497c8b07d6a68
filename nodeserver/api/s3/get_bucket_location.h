// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "api/s3/call.h"

namespace maxiofs::api::s3 {

/// The region of a bucket (S3 API: GetBucketLocation).
struct GetBucketLocation {
    static constexpr OperationId kId = OperationId::GetBucketLocation;

    [[nodiscard]] static S3Result<GetBucketLocation> parse(const Request &request);
    [[nodiscard]] Access access(const Request &request) const;
    net::Awaitable<S3Result<Reply>> run(Call &call) const;
};

}  // namespace maxiofs::api::s3
