// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "api/s3/call.h"

namespace maxiofs::api::s3 {

/// Makes a bucket keep versions, or stop (S3 API: PutBucketVersioning).
struct PutBucketVersioning {
    static constexpr OperationId kId = OperationId::PutBucketVersioning;

    [[nodiscard]] static S3Result<PutBucketVersioning> parse(const Request &request);
    [[nodiscard]] Access access(const Request &request) const;
    net::Awaitable<S3Result<Reply>> run(Call &call) const;
};

}  // namespace maxiofs::api::s3
