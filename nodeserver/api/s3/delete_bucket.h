// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "api/s3/call.h"

namespace maxiofs::api::s3 {

/// Closes an empty bucket in the store, then removes its record (S3 API: DeleteBucket).
struct DeleteBucket {
    static constexpr OperationId kId = OperationId::DeleteBucket;

    [[nodiscard]] static S3Result<DeleteBucket> parse(const Request &request);
    [[nodiscard]] Access access(const Request &request) const;
    net::Awaitable<S3Result<Reply>> run(Call &call) const;
};

}  // namespace maxiofs::api::s3
