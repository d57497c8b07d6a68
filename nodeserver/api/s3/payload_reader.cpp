// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/s3/payload_reader.h"

#include "base/hex.h"
#include "text/ascii.h"

#include <algorithm>

namespace maxiofs::api::s3 {

S3Result<PayloadReader> PayloadReader::make(const Request &request, const Caller &caller)
{
    PayloadReader reader;
    const sigv4::Authorization &authorization = caller.authorization;
    if (sigv4::isChunked(authorization.payload)) {
        const auto decoded = text::parseUnsigned(request.headerText("x-amz-decoded-content-length"));
        if (!decoded)
            return refuse(S3Error(errors::kMissingContentLength,
                                  "You must provide the x-amz-decoded-content-length HTTP header."));
        sigv4::AwsChunkedOptions options{authorization.payload, *decoded, {}, std::nullopt};
        if (sigv4::hasTrailer(authorization.payload))
            options.trailerNames = sigv4::trailerNamesOf(request.headerText("x-amz-trailer"));
        if (authorization.payload != sigv4::PayloadMode::UnsignedChunksTrailer) {
            options.signatures.emplace(caller.signer.key, authorization);
            reader.m_signedChunks = true;
        }
        reader.m_declaredLength = *decoded;
        reader.m_decoder.emplace(std::move(options));
        return reader;
    }
    if (request.header("x-amz-trailer"))
        return refuse(S3Error(errors::kInvalidRequest,
                              "The x-amz-trailer header needs an x-amz-content-sha256 with a trailer."));
    if (const auto length = request.header("Content-Length"))
        reader.m_declaredLength = text::parseUnsigned(*length);
    if (authorization.payload == sigv4::PayloadMode::Signed) {
        reader.m_sha256.emplace();
        reader.m_expectedSha256 = authorization.payloadHash;
    }
    return reader;
}

S3Status PayloadReader::feed(ByteView raw, std::vector<ByteView> &payload)
{
    if (!m_decoder) {
        m_received += raw.size();
        if (m_sha256)
            m_sha256->update(raw);
        if (!raw.empty())
            payload.push_back(raw);
        return {};
    }
    const auto fed = m_decoder->feed(raw, [&](ByteView piece) { payload.push_back(piece); });
    if (!fed)
        return refuse(fromAuth(fed.error()));
    return {};
}

S3Status PayloadReader::finish()
{
    if (m_decoder) {
        const auto finished = m_decoder->finish();
        if (!finished)
            return refuse(fromAuth(finished.error()));
        return {};
    }
    if (m_declaredLength && *m_declaredLength != m_received)
        return refuse(S3Error(errors::kIncompleteBody));
    if (m_sha256) {
        const std::string computed = toHex(m_sha256->finish());
        if (computed != m_expectedSha256)
            return refuse(S3Error(errors::kXAmzContentSha256Mismatch)
                              .with("ClientComputedContentSHA256", m_expectedSha256)
                              .with("S3ComputedContentSHA256", computed));
    }
    return {};
}

const std::string *PayloadReader::trailer(std::string_view name) const
{
    return m_decoder ? m_decoder->trailer(name) : nullptr;
}

S3Status checkPromises(const BodyPromises &promises, const PayloadReader &reader, ByteView computedMd5,
                       const Bytes *computedChecksum)
{
    if (promises.md5 && !std::ranges::equal(*promises.md5, computedMd5))
        return refuse(S3Error(errors::kBadDigest)
                          .with("ExpectedDigest", toBase64(*promises.md5))
                          .with("CalculatedDigest", toBase64(computedMd5)));
    if (!promises.algorithm || computedChecksum == nullptr)
        return {};

    std::optional<Bytes> promised = promises.checksum;
    if (promises.inTrailer) {
        const std::string_view name = crypto::checksumHeaderOf(*promises.algorithm);
        const std::string *value = reader.trailer(name);
        const auto parsed = value ? parseChecksum(*promises.algorithm, *value) : std::nullopt;
        if (!parsed || parsed->type != store::ChecksumType::FullObject)
            return refuse(S3Error(errors::kInvalidRequest,
                                  "Value for " + std::string(name) + " trailing header is invalid."));
        promised = parsed->value;
    }
    if (promised && *promised != *computedChecksum)
        return refuse(S3Error(errors::kBadDigest, "The " + std::string(crypto::nameOf(*promises.algorithm)) +
                                                      " you specified did not match the calculated checksum.")
                          .with("ExpectedDigest", toBase64(*promised))
                          .with("CalculatedDigest", toBase64(*computedChecksum)));
    return {};
}

}  // namespace maxiofs::api::s3
