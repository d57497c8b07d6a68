// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "api/s3/object_read.h"

namespace maxiofs::api::s3 {

/// What GetObject would answer, without the bytes (S3 API: HeadObject).
struct HeadObject {
    static constexpr OperationId kId = OperationId::HeadObject;

    ObjectRead read;

    [[nodiscard]] static S3Result<HeadObject> parse(const Request &request);
    [[nodiscard]] Access access(const Request &request) const;
    net::Awaitable<S3Result<Reply>> run(Call &call) const;
};

}  // namespace maxiofs::api::s3
