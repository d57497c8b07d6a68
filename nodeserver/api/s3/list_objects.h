// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "api/s3/listing.h"

namespace maxiofs::api::s3 {

/// The objects of a bucket by key, in its first form (S3 API: ListObjects).
struct ListObjects {
    static constexpr OperationId kId = OperationId::ListObjects;

    ListParameters parameters;
    std::string marker;

    [[nodiscard]] static S3Result<ListObjects> parse(const Request &request);
    [[nodiscard]] Access access(const Request &request) const;
    net::Awaitable<S3Result<Reply>> run(Call &call) const;
};

}  // namespace maxiofs::api::s3
