// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "api/s3/listing.h"

namespace maxiofs::api::s3 {

/// The objects of a bucket by key (S3 API: ListObjectsV2).
struct ListObjectsV2 {
    static constexpr OperationId kId = OperationId::ListObjectsV2;

    ListParameters parameters;
    std::string startAfter;
    std::optional<std::string> token;  // as given
    std::string after;                 // where the page begins
    bool fetchOwner = false;

    [[nodiscard]] static S3Result<ListObjectsV2> parse(const Request &request);
    [[nodiscard]] Access access(const Request &request) const;
    net::Awaitable<S3Result<Reply>> run(Call &call) const;
};

}  // namespace maxiofs::api::s3
