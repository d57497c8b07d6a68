// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "sigv4/request_view.h"

#include <optional>
#include <string>
#include <vector>

namespace maxiofs::sigv4 {

/// The URI encoding of the decoded path, not normalised (S3 keeps "//" and ".."). Empty for a broken
/// encoding.
[[nodiscard]] std::optional<std::string> canonicalPath(std::string_view rawPath);
/// Parameters encoded and sorted by name, then value; X-Amz-Signature is left out when `presigned`.
[[nodiscard]] std::optional<std::string> canonicalQuery(std::string_view rawQuery, bool presigned);

/// The canonical request over the headers named in `signedHeaders` (lower case, sorted). Empty for a broken
/// encoding.
[[nodiscard]] std::optional<std::string> canonicalRequest(const RequestView &request,
                                                          const std::vector<std::string> &signedHeaders,
                                                          std::string_view payloadHash, bool presigned);

/// What is signed: algorithm, date, scope and the hash of the canonical request.
[[nodiscard]] std::string stringToSign(std::string_view amzDate, std::string_view scope,
                                       std::string_view canonical);

}  // namespace maxiofs::sigv4
