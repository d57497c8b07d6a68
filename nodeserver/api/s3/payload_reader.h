// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "api/s3/authentication.h"
#include "api/s3/checksums.h"
#include "sigv4/aws_chunked.h"

namespace maxiofs::api::s3 {

// Takes a request's body apart as it arrives, by what the signature says about it: SHA-256 of the whole, or
// aws-chunked with or without signatures. One thread at a time.
class PayloadReader {
public:
    /// MissingContentLength for an aws-chunked body without x-amz-decoded-content-length.
    [[nodiscard]] static S3Result<PayloadReader> make(const Request &request, const Caller &caller);

    /// Length of the payload, without aws-chunked's framing; empty when the head does not say.
    [[nodiscard]] std::optional<std::uint64_t> declaredLength() const { return m_declaredLength; }
    /// Whether feed() hashes: then it belongs beside the write, not before it.
    [[nodiscard]] bool hashes() const { return m_sha256 || (m_decoder && m_signedChunks); }

    /// Appends to `payload` the parts of `raw` that are payload.
    [[nodiscard]] S3Status feed(ByteView raw, std::vector<ByteView> &payload);
    /// At the body's end: XAmzContentSHA256Mismatch, SignatureDoesNotMatch, IncompleteBody,
    /// MalformedTrailer.
    [[nodiscard]] S3Status finish();
    /// The value of a trailer after finish(), or null.
    [[nodiscard]] const std::string *trailer(std::string_view name) const;

private:
    std::optional<std::uint64_t> m_declaredLength;
    std::optional<sigv4::AwsChunkedDecoder> m_decoder;
    bool m_signedChunks = false;
    std::optional<crypto::Sha256> m_sha256;
    std::string m_expectedSha256;
    std::uint64_t m_received = 0;
};

/// Compares what arrived with what the client promised. `checksum` is the computed one of
/// `promises.algorithm`. BadDigest; InvalidRequest for a malformed trailer value.
[[nodiscard]] S3Status checkPromises(const BodyPromises &promises, const PayloadReader &reader,
                                     ByteView computedMd5, const Bytes *computedChecksum);

}  // namespace maxiofs::api::s3
