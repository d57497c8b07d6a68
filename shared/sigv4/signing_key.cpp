// SPDX-License-Identifier: GPL-3.0-or-later
#include "sigv4/signing_key.h"

#include "crypto/secret_bytes.h"

namespace maxiofs::sigv4 {

SigningKey signingKey(std::string_view secret, std::string_view day, std::string_view region,
                      std::string_view service)
{
    std::string start = "AWS4";
    start.append(secret);
    SigningKey key = crypto::hmacSha256(asBytes(start), day);
    crypto::wipe(start);
    key = crypto::hmacSha256(key, region);
    key = crypto::hmacSha256(key, service);
    return crypto::hmacSha256(key, "aws4_request");
}

}  // namespace maxiofs::sigv4
