// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "api/s3/call.h"

namespace maxiofs::api::s3 {

/// Makes an object from the parts of an upload; no byte moves (S3 API: CompleteMultipartUpload).
struct CompleteMultipartUpload {
    static constexpr OperationId kId = OperationId::CompleteMultipartUpload;

    Id128 uploadId;
    store::WriteConditions conditions;
    std::optional<store::ObjectChecksum> expected;
    std::optional<store::ChecksumType> expectedType;
    std::optional<std::uint64_t> expectedSize;

    using Parts = std::vector<store::ObjectStore::CompletePart>;
    [[nodiscard]] static S3Result<Parts> parseDocument(std::string_view document);

    [[nodiscard]] static S3Result<CompleteMultipartUpload> parse(const Request &request);
    [[nodiscard]] Access access(const Request &request) const;
    net::Awaitable<S3Result<Reply>> run(Call &call) const;
};

}  // namespace maxiofs::api::s3
