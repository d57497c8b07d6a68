// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "api/s3/listing.h"

namespace maxiofs::api::s3 {

/// Versions and delete markers by key, newest first (S3 API: ListObjectVersions).
struct ListObjectVersions {
    static constexpr OperationId kId = OperationId::ListObjectVersions;

    ListParameters parameters;
    std::string keyMarker;
    std::string versionMarkerText;
    std::optional<store::VersionId> versionMarker;

    [[nodiscard]] static S3Result<ListObjectVersions> parse(const Request &request);
    [[nodiscard]] Access access(const Request &request) const;
    net::Awaitable<S3Result<Reply>> run(Call &call) const;
};

}  // namespace maxiofs::api::s3
