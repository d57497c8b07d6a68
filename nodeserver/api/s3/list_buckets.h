// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "api/s3/call.h"

namespace maxiofs::api::s3 {

/// The buckets that the caller may see, by page (S3 API: ListBuckets).
struct ListBuckets {
    static constexpr OperationId kId = OperationId::ListBuckets;

    static constexpr std::size_t kMaxBuckets = 10'000;

    std::string prefix;
    std::string after;
    std::string region;  // empty: all
    std::size_t limit = kMaxBuckets;

    [[nodiscard]] static S3Result<ListBuckets> parse(const Request &request);
    [[nodiscard]] Access access(const Request &request) const;
    net::Awaitable<S3Result<Reply>> run(Call &call) const;
};

}  // namespace maxiofs::api::s3
