// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "api/s3/call.h"
#include "api/s3/copy_source.h"

namespace maxiofs::api::s3 {

/// Chosen facts about an object, without its bytes (S3 API: GetObjectAttributes).
struct GetObjectAttributes {
    static constexpr OperationId kId = OperationId::GetObjectAttributes;

    NamedVersion version;
    bool etag = false;
    bool checksum = false;
    bool parts = false;
    bool storageClass = false;
    bool size = false;
    std::size_t maxParts = store::kMaxListing;
    unsigned partsAfter = 0;

    [[nodiscard]] static S3Result<GetObjectAttributes> parse(const Request &request);
    [[nodiscard]] Access access(const Request &request) const;
    net::Awaitable<S3Result<Reply>> run(Call &call) const;
};

}  // namespace maxiofs::api::s3
