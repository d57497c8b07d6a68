// SPDX-License-Identifier: GPL-3.0-or-later
#include "sigv4/chunk_signature.h"

#include "base/hex.h"

namespace maxiofs::sigv4 {

ChunkSignatures::ChunkSignatures(const SigningKey &key, std::string amzDate, std::string scope,
                                 std::string seedSignature)
    : m_key(key),
      m_amzDate(std::move(amzDate)),
      m_scope(std::move(scope)),
      m_previous(std::move(seedSignature))
{
}

ChunkSignatures::ChunkSignatures(const SigningKey &key, const Authorization &authorization)
    : ChunkSignatures(key, authorization.amzDate, authorization.scope(), authorization.signature)
{
}

std::string ChunkSignatures::sign(std::string_view kind, std::string_view hashes)
{
    std::string toSign(kind);
    toSign.append("\n").append(m_amzDate).append("\n").append(m_scope).append("\n");
    toSign.append(m_previous).append("\n").append(hashes);
    m_previous = toHex(crypto::hmacSha256(m_key, toSign));
    return m_previous;
}

std::string ChunkSignatures::nextChunk(const crypto::Sha256::Value &hashOfBytes)
{
    // The hash of nothing stands for the chunk's headers, of which there are none.
    return sign("AWS4-HMAC-SHA256-PAYLOAD", std::string(kEmptyPayloadHash) + "\n" + toHex(hashOfBytes));
}

std::string ChunkSignatures::nextTrailer(std::span<const Trailer> trailers)
{
    std::string lines;
    for (const auto &[name, value] : trailers)
        lines.append(name).append(":").append(value).append("\n");
    return sign("AWS4-HMAC-SHA256-TRAILER", crypto::sha256Hex(asBytes(lines)));
}

}  // namespace maxiofs::sigv4
