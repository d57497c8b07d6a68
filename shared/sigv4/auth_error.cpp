// SPDX-License-Identifier: GPL-3.0-or-later
#include "sigv4/auth_error.h"

namespace maxiofs::sigv4 {

std::string_view s3CodeOf(AuthErrorCode code)
{
    switch (code) {
    case AuthErrorCode::AuthorizationHeaderMalformed: return "AuthorizationHeaderMalformed";
    case AuthErrorCode::AuthorizationQueryParametersError: return "AuthorizationQueryParametersError";
    case AuthErrorCode::InvalidArgument: return "InvalidArgument";
    case AuthErrorCode::InvalidRequest: return "InvalidRequest";
    case AuthErrorCode::InvalidUri: return "InvalidURI";
    case AuthErrorCode::MissingSecurityHeader: return "MissingSecurityHeader";
    case AuthErrorCode::RequestTimeTooSkewed: return "RequestTimeTooSkewed";
    case AuthErrorCode::AccessDenied: return "AccessDenied";
    case AuthErrorCode::SignatureDoesNotMatch: return "SignatureDoesNotMatch";
    case AuthErrorCode::XAmzContentSha256Mismatch: return "XAmzContentSHA256Mismatch";
    case AuthErrorCode::IncompleteBody: return "IncompleteBody";
    case AuthErrorCode::MalformedTrailer: return "MalformedTrailerError";
    }
    return "InternalError";
}

unsigned httpStatusOf(AuthErrorCode code)
{
    constexpr unsigned kBadRequest = 400;
    constexpr unsigned kForbidden = 403;
    switch (code) {
    case AuthErrorCode::RequestTimeTooSkewed:
    case AuthErrorCode::AccessDenied:
    case AuthErrorCode::SignatureDoesNotMatch: return kForbidden;
    case AuthErrorCode::AuthorizationHeaderMalformed:
    case AuthErrorCode::AuthorizationQueryParametersError:
    case AuthErrorCode::InvalidArgument:
    case AuthErrorCode::InvalidRequest:
    case AuthErrorCode::InvalidUri:
    case AuthErrorCode::MissingSecurityHeader:
    case AuthErrorCode::XAmzContentSha256Mismatch:
    case AuthErrorCode::IncompleteBody:
    case AuthErrorCode::MalformedTrailer: return kBadRequest;
    }
    return kBadRequest;
}

}  // namespace maxiofs::sigv4
