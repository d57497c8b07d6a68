// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "api/s3/byte_range.h"
#include "api/s3/call.h"
#include "api/s3/conditions.h"
#include "api/s3/copy_source.h"
#include "api/s3/source_object.h"

namespace maxiofs::api::s3 {

// The source's side of a copy of an object or part.
struct CopyFrom {
    CopySource source;
    ReadConditions conditions;
    std::string expectedOwner;  // x-amz-source-expected-bucket-owner

    [[nodiscard]] static S3Result<CopyFrom> parse(const Request &request);

    struct Opened {
        std::unique_ptr<SourceObject> object;
        records::BucketPtr bucket;
        /// x-amz-copy-source-version-id, where the source's bucket gives out versions.
        void addVersion(http::ResponseHead &head) const;
    };
    /// Finds the source, here or on another node, checks that the caller may read it and that the conditions
    /// hold (412 for all). `range` is what will be copied of it; absent: the whole.
    net::Awaitable<S3Result<Opened>> open(Call &call, std::optional<ByteRange> range) const;

private:
    net::Awaitable<S3Result<std::unique_ptr<SourceObject>>> openObject(Call &call, records::BucketPtr bucket,
                                                                       std::optional<ByteRange> range) const;
};

/// Copies the bytes of `extent` into `session` and finishes it.
net::Awaitable<S3Result<store::PutSession::Digests>> copyBytes(Call &call, SourceObject &source,
                                                               Extent extent, store::PutSession &session);

}  // namespace maxiofs::api::s3
