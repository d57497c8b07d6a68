// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "api/s3/copy_from.h"

namespace maxiofs::api::s3 {

/// Makes an object from another one, on the server (S3 API: CopyObject).
struct CopyObject {
    static constexpr OperationId kId = OperationId::CopyObject;

    CopyFrom from;
    bool replacesMetadata = false;  // x-amz-metadata-directive: REPLACE
    bool replacesTags = false;      // x-amz-tagging-directive: REPLACE
    bool namesStorage = false;      // storage class or encryption are given
    store::Attributes given;
    std::optional<crypto::ChecksumAlgorithm> algorithm;
    store::WriteConditions conditions;

    [[nodiscard]] static S3Result<CopyObject> parse(const Request &request);
    [[nodiscard]] Access access(const Request &request) const;
    net::Awaitable<S3Result<Reply>> run(Call &call) const;

private:
    [[nodiscard]] store::Attributes merged(const store::Attributes &source, std::string ownerId) const;
    net::Awaitable<Result<store::Committed>> replaceAttributes(Call &call, std::string etag,
                                                               store::Attributes attributes) const;
    net::Awaitable<S3Result<store::Committed>> copy(Call &call, SourceObject &source,
                                                    store::Attributes attributes) const;
};

}  // namespace maxiofs::api::s3
