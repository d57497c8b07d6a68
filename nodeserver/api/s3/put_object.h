// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "api/s3/call.h"
#include "api/s3/checksums.h"

namespace maxiofs::api::s3 {

/// Stores an object from one request (S3 API: PutObject).
struct PutObject {
    static constexpr OperationId kId = OperationId::PutObject;

    store::Attributes attributes;
    store::WriteConditions conditions;
    BodyPromises promises;

    [[nodiscard]] static S3Result<PutObject> parse(const Request &request);
    [[nodiscard]] Access access(const Request &request) const;
    net::Awaitable<S3Result<Reply>> run(Call &call) const;
};

}  // namespace maxiofs::api::s3
