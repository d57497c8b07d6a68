// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "crypto/secret_bytes.h"

namespace maxiofs::identity {

// What an access token says. The user's rights are not in it: they are looked up at each request.
struct AccessToken {
    std::string userId;
    std::string sessionId;
    std::int64_t issuedSeconds = 0;  // Unix
    std::int64_t expiresSeconds = 0;
};

/// A JSON Web Token signed with HMAC-SHA-256 (RFC 7519, RFC 7515 section 3).
[[nodiscard]] std::string signToken(const AccessToken &token, const crypto::SecretBytes &key);
/// Unauthenticated for another form, algorithm, issuer or signature, and for a token that has ended.
[[nodiscard]] Result<AccessToken> verifyToken(std::string_view text, const crypto::SecretBytes &key,
                                              std::int64_t nowSeconds);

}  // namespace maxiofs::identity
