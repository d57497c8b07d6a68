// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "api/s3/call.h"
#include "api/s3/copy_source.h"

namespace maxiofs::api::s3 {

/// Replaces the tags of an object (S3 API: PutObjectTagging).
struct PutObjectTagging {
    static constexpr OperationId kId = OperationId::PutObjectTagging;

    NamedVersion version;

    [[nodiscard]] static S3Result<PutObjectTagging> parse(const Request &request);
    [[nodiscard]] Access access(const Request &request) const;
    net::Awaitable<S3Result<Reply>> run(Call &call) const;
};

}  // namespace maxiofs::api::s3
