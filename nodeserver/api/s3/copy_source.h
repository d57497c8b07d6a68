// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "api/s3/request.h"
#include "store/types.h"

namespace maxiofs::api::s3 {

// The version that a request names, if it names one.
struct NamedVersion {
    std::string text;  // as given, for error documents
    std::optional<store::VersionId> id;
};

// What x-amz-copy-source names.
struct CopySource {
    std::string bucket;
    std::string key;
    NamedVersion version;

    /// "[/]bucket/key[?versionId=...]", URI-encoded. InvalidArgument otherwise; NotImplemented for access
    /// points.
    [[nodiscard]] static S3Result<CopySource> parse(std::string_view header);
};

/// The parameter versionId of a request. InvalidArgument for an empty or impossible one.
[[nodiscard]] S3Result<NamedVersion> parseVersionId(const Request &request);
/// InvalidArgument when a request names a version where S3 takes none.
[[nodiscard]] S3Status refuseVersionId(const Request &request);

}  // namespace maxiofs::api::s3
