// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "api/s3/listing.h"

namespace maxiofs::api::s3 {

/// Open uploads by key, then by beginning (S3 API: ListMultipartUploads).
struct ListMultipartUploads {
    static constexpr OperationId kId = OperationId::ListMultipartUploads;

    ListParameters parameters;
    std::string keyMarker;
    std::string uploadMarkerText;
    std::optional<Id128> uploadMarker;

    [[nodiscard]] static S3Result<ListMultipartUploads> parse(const Request &request);
    [[nodiscard]] Access access(const Request &request) const;
    net::Awaitable<S3Result<Reply>> run(Call &call) const;
};

}  // namespace maxiofs::api::s3
