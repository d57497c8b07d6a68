// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "sigv4/authorization.h"
#include "sigv4/signing_key.h"

#include <span>
#include <utility>

namespace maxiofs::sigv4 {

using Trailer = std::pair<std::string, std::string>;  // lower-case name, trimmed value

// The chain of signatures of an aws-chunked body: each covers the one before it, the first the request's.
// Signs (client) or checks (server) chunk by chunk, in order. One thread at a time.
class ChunkSignatures {
public:
    ChunkSignatures(const SigningKey &key, std::string amzDate, std::string scope, std::string seedSignature);
    /// The chain that begins at a verified request.
    ChunkSignatures(const SigningKey &key, const Authorization &authorization);

    /// The signature of the next chunk, from the SHA-256 of its bytes; the chain moves on.
    [[nodiscard]] std::string nextChunk(const crypto::Sha256::Value &hashOfBytes);
    /// The signature of the trailer, from its lines without x-amz-trailer-signature; the chain moves on.
    [[nodiscard]] std::string nextTrailer(std::span<const Trailer> trailers);

private:
    [[nodiscard]] std::string sign(std::string_view kind, std::string_view hashes);

    SigningKey m_key;
    std::string m_amzDate;
    std::string m_scope;
    std::string m_previous;
};

}  // namespace maxiofs::sigv4
