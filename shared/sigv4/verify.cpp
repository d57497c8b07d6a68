// SPDX-License-Identifier: GPL-3.0-or-later
#include "sigv4/verify.h"

#include "base/hex.h"
#include "crypto/constant_time.h"
#include "sigv4/canonical_request.h"

namespace maxiofs::sigv4 {

AuthResult<void> verify(const Authorization &authorization, const RequestView &request, const SigningKey &key)
{
    const bool presigned = authorization.kind == Authorization::Kind::Presigned;
    auto canonical =
        canonicalRequest(request, authorization.signedHeaders, authorization.payloadHash, presigned);
    if (!canonical)
        return std::unexpected(
            AuthError{AuthErrorCode::InvalidUri, "Couldn't parse the specified URI.", {}, {}});
    std::string toSign = stringToSign(authorization.amzDate, authorization.scope(), *canonical);
    const std::string wanted = toHex(crypto::hmacSha256(key, toSign));
    if (!crypto::equalConstantTime(wanted, authorization.signature))
        return std::unexpected(AuthError{
            AuthErrorCode::SignatureDoesNotMatch,
            "The request signature we calculated does not match the signature you provided. Check your key "
            "and signing method.",
            std::move(*canonical), std::move(toSign)});
    return {};
}

}  // namespace maxiofs::sigv4
