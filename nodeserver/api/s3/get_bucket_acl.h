// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "api/s3/call.h"

namespace maxiofs::api::s3 {

/// The one access control list that there is: the owner's (S3 API: GetBucketAcl).
struct GetBucketAcl {
    static constexpr OperationId kId = OperationId::GetBucketAcl;

    [[nodiscard]] static S3Result<GetBucketAcl> parse(const Request &request);
    [[nodiscard]] Access access(const Request &request) const;
    net::Awaitable<S3Result<Reply>> run(Call &call) const;
};

}  // namespace maxiofs::api::s3
