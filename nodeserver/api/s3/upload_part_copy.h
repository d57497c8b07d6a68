// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "api/s3/copy_from.h"

namespace maxiofs::api::s3 {

/// Stores a part from bytes of another object (S3 API: UploadPartCopy).
struct UploadPartCopy {
    static constexpr OperationId kId = OperationId::UploadPartCopy;

    CopyFrom from;
    std::optional<ByteRange> range;
    std::string rangeText;
    Id128 uploadId;
    unsigned number = 0;

    [[nodiscard]] static S3Result<UploadPartCopy> parse(const Request &request);
    [[nodiscard]] Access access(const Request &request) const;
    net::Awaitable<S3Result<Reply>> run(Call &call) const;
};

}  // namespace maxiofs::api::s3
