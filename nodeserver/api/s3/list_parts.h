// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "api/s3/call.h"

namespace maxiofs::api::s3 {

/// The parts of an open upload by number (S3 API: ListParts).
struct ListParts {
    static constexpr OperationId kId = OperationId::ListParts;

    Id128 uploadId;
    unsigned after = 0;
    std::size_t limit = store::kMaxListing;

    [[nodiscard]] static S3Result<ListParts> parse(const Request &request);
    [[nodiscard]] Access access(const Request &request) const;
    net::Awaitable<S3Result<Reply>> run(Call &call) const;
};

}  // namespace maxiofs::api::s3
