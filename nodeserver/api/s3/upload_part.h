// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "api/s3/call.h"
#include "api/s3/checksums.h"

namespace maxiofs::api::s3 {

/// Stores one part of an upload (S3 API: UploadPart).
struct UploadPart {
    static constexpr OperationId kId = OperationId::UploadPart;

    Id128 uploadId;
    unsigned number = 0;
    BodyPromises promises;

    [[nodiscard]] static S3Result<UploadPart> parse(const Request &request);
    [[nodiscard]] Access access(const Request &request) const;
    net::Awaitable<S3Result<Reply>> run(Call &call) const;
};

}  // namespace maxiofs::api::s3
