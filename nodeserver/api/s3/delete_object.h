// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "api/s3/call.h"
#include "api/s3/copy_source.h"

namespace maxiofs::api::s3 {

/// Removes an object or a version, or hides it behind a delete marker (S3 API: DeleteObject).
struct DeleteObject {
    static constexpr OperationId kId = OperationId::DeleteObject;

    NamedVersion version;
    store::WriteConditions conditions;

    [[nodiscard]] static S3Result<DeleteObject> parse(const Request &request);
    [[nodiscard]] Access access(const Request &request) const;
    net::Awaitable<S3Result<Reply>> run(Call &call) const;
};

}  // namespace maxiofs::api::s3
