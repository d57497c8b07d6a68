// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "sigv4/chunk_signature.h"
#include "sigv4/request_view.h"

namespace maxiofs::sigv4 {

struct Credentials {
    std::string accessKeyId;
    std::string secretKey;
    std::string region = "us-east-1";
    std::string securityToken;  // empty without one
};

struct SignedHead {
    // To be sent besides those given: x-amz-date, x-amz-content-sha256, x-amz-security-token, Authorization.
    std::vector<std::pair<std::string, std::string>> headers;
    std::string signature;  // the seed of a chunked body
    std::string amzDate;
    std::string scope;
};

// Signs requests as a client. Keeps the key of a day; one thread at a time. Nothing fails but a path or query
// with a broken encoding, which gives an empty signature.
class Signer {
public:
    explicit Signer(Credentials credentials);

    /// Signs all headers of `request`, which must hold Host and none of those that are added. `payloadHash`
    /// is the body's SHA-256 in hex or one of the names in payload.h.
    [[nodiscard]] SignedHead sign(const RequestView &request, std::string_view payloadHash,
                                  std::int64_t nowUnixMs);

    /// The query of a presigned URL: `request.rawQuery` and the signature's parameters.
    [[nodiscard]] std::string presign(const RequestView &request, std::uint64_t expiresSeconds,
                                      std::int64_t nowUnixMs);

    /// The chain for the body of a request that was signed with a STREAMING payload hash.
    [[nodiscard]] ChunkSignatures chunks(const SignedHead &head);

private:
    const SigningKey &keyFor(std::string_view day);

    Credentials m_credentials;
    std::string m_day;
    SigningKey m_key{};
};

}  // namespace maxiofs::sigv4
