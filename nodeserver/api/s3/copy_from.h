// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "api/s3/byte_range.h"
#include "api/s3/call.h"
#include "api/s3/conditions.h"
#include "api/s3/copy_source.h"

namespace maxiofs::api::s3 {

// The source's side of a copy of an object or part.
struct CopyFrom {
    CopySource source;
    ReadConditions conditions;
    std::string expectedOwner;  // x-amz-source-expected-bucket-owner

    [[nodiscard]] static S3Result<CopyFrom> parse(const Request &request);

    struct Opened {
        std::shared_ptr<store::ObjectReader> reader;
        records::BucketPtr bucket;
        /// x-amz-copy-source-version-id, where the source's bucket gives out versions.
        void addVersion(http::ResponseHead &head) const;
    };
    /// Finds the source, checks that the caller may read it and that the conditions hold (412 for all).
    net::Awaitable<S3Result<Opened>> open(Call &call) const;
};

/// Copies the bytes of `extent` into `session` on the pool and finishes it. A long copy gives the pool's
/// thread back after every few MiB.
net::Awaitable<S3Result<store::PutSession::Digests>> copyBytes(Call &call, store::ObjectReader &reader,
                                                               Extent extent, store::PutSession &session);

}  // namespace maxiofs::api::s3
