// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "sigv4/auth_error.h"
#include "sigv4/payload.h"
#include "sigv4/request_view.h"

#include <cstdint>
#include <string>
#include <vector>

namespace maxiofs::sigv4 {

inline constexpr std::int64_t kMaxSkewMs = 15 * 60 * 1000;
inline constexpr std::uint64_t kMaxPresignSeconds = 604'800;
inline constexpr std::string_view kAlgorithm = "AWS4-HMAC-SHA256";
inline constexpr std::string_view kService = "s3";

// Who signed, when, and what the signature covers. Owns its texts, so it outlives the request's head.
struct Authorization {
    enum class Kind { Anonymous, Header, Presigned };

    Kind kind = Kind::Anonymous;
    std::string accessKeyId;
    std::string day;     // 20130524
    std::string region;  // as signed
    std::string service;
    std::string amzDate;                     // 20130524T000000Z
    std::int64_t signedAtUnixMs = 0;         // of amzDate
    std::uint64_t expiresSeconds = 0;        // presigned only
    std::vector<std::string> signedHeaders;  // lower case, sorted, unique
    std::string signature;                   // 64 lower-case hex digits
    std::string securityToken;               // x-amz-security-token, of header or query
    PayloadMode payload = PayloadMode::Unsigned;
    std::string payloadHash;  // the last line of the canonical request

    /// "20130524/us-east-1/s3/aws4_request"
    [[nodiscard]] std::string scope() const;
};

/// Reads who signed a request from its head alone, and checks all that needs no key: form, dates (within 15
/// minutes of `nowUnixMs`, or the expiry of a presigned URL), that host and every x-amz- header are signed. A
/// request without any authentication gives Kind::Anonymous (S3 API: Authenticating Requests, signature
/// version 4).
[[nodiscard]] AuthResult<Authorization> parseAuthorization(const RequestView &request,
                                                           std::int64_t nowUnixMs);

}  // namespace maxiofs::sigv4
