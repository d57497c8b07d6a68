// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "api/s3/call.h"
#include "api/s3/copy_source.h"

namespace maxiofs::api::s3 {

/// The tags of an object (S3 API: GetObjectTagging).
struct GetObjectTagging {
    static constexpr OperationId kId = OperationId::GetObjectTagging;

    NamedVersion version;

    [[nodiscard]] static S3Result<GetObjectTagging> parse(const Request &request);
    [[nodiscard]] Access access(const Request &request) const;
    net::Awaitable<S3Result<Reply>> run(Call &call) const;
};

}  // namespace maxiofs::api::s3
