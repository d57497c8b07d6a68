// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "api/s3/object_read.h"

namespace maxiofs::api::s3 {

/// An object: whole, a range of it, or a part (S3 API: GetObject).
struct GetObject {
    static constexpr OperationId kId = OperationId::GetObject;

    ObjectRead read;

    [[nodiscard]] static S3Result<GetObject> parse(const Request &request);
    [[nodiscard]] Access access(const Request &request) const;
    net::Awaitable<S3Result<Reply>> run(Call &call) const;
};

}  // namespace maxiofs::api::s3
