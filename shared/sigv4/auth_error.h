// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <expected>
#include <string>
#include <string_view>

namespace maxiofs::sigv4 {

// Why a request is not authenticated, in S3's terms.
enum class AuthErrorCode {
    AuthorizationHeaderMalformed,
    AuthorizationQueryParametersError,
    InvalidArgument,
    InvalidRequest,
    InvalidUri,
    MissingSecurityHeader,
    RequestTimeTooSkewed,
    AccessDenied,
    SignatureDoesNotMatch,
    XAmzContentSha256Mismatch,
    IncompleteBody,
    MalformedTrailer,
};

struct AuthError {
    AuthErrorCode code;
    std::string message;
    std::string canonicalRequest;  // of a SignatureDoesNotMatch: what this server computed, for the answer
    std::string stringToSign;
};

template <typename T>
using AuthResult = std::expected<T, AuthError>;

/// The <Code> of S3's error document.
[[nodiscard]] std::string_view s3CodeOf(AuthErrorCode code);
/// The HTTP status that S3 answers with it: 400 or 403.
[[nodiscard]] unsigned httpStatusOf(AuthErrorCode code);

}  // namespace maxiofs::sigv4
