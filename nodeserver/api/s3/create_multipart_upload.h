// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "api/s3/call.h"

namespace maxiofs::api::s3 {

/// Begins an upload in parts (S3 API: CreateMultipartUpload).
struct CreateMultipartUpload {
    static constexpr OperationId kId = OperationId::CreateMultipartUpload;

    store::Attributes attributes;
    store::ObjectStore::UploadOptions options;

    [[nodiscard]] static S3Result<CreateMultipartUpload> parse(const Request &request);
    [[nodiscard]] Access access(const Request &request) const;
    net::Awaitable<S3Result<Reply>> run(Call &call) const;
};

}  // namespace maxiofs::api::s3
