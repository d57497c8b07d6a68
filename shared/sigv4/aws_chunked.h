// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/bytes.h"
#include "crypto/digest.h"
#include "sigv4/auth_error.h"
#include "sigv4/chunk_signature.h"

#include <optional>
#include <vector>

namespace maxiofs::sigv4 {

struct AwsChunkedOptions {
    PayloadMode mode = PayloadMode::UnsignedChunksTrailer;
    std::uint64_t decodedLength = 0;            // x-amz-decoded-content-length
    std::vector<std::string> trailerNames;      // of x-amz-trailer, lower case
    std::optional<ChunkSignatures> signatures;  // for the signed modes
};

/// The names in the x-amz-trailer header, lower case.
[[nodiscard]] std::vector<std::string> trailerNamesOf(std::string_view amzTrailerHeader);

// Takes an aws-chunked body apart as it arrives (S3 API: sigv4-streaming). Bytes of a chunk are handed out
// before its signature can be known, so they may be kept but not published until finish() succeeds. One
// thread at a time. After an error every call gives that error again.
class AwsChunkedDecoder {
public:
    static constexpr std::size_t kMaxLine = 4096;           // a chunk's head or a trailer line
    static constexpr std::size_t kMaxTrailers = 16;         //
    static constexpr std::uint64_t kMaxChunk = 5ULL << 30;  // the largest single PUT of S3
    static constexpr std::uint64_t kMinSignedChunk = 8192;  // S3: all chunks but the last

    explicit AwsChunkedDecoder(AwsChunkedOptions options);

    struct Step {
        std::size_t consumed = 0;  // bytes taken from the front of the input
        ByteView payload;          // a part of the input, or empty
    };
    /// Takes bytes from the front of `input`, at most up to the end of one piece of payload. Call again with
    /// the rest until all is consumed.
    [[nodiscard]] AuthResult<Step> next(ByteView input);

    /// Takes all of `input`; `sink(ByteView)` gets each piece of payload.
    template <typename Sink>
    [[nodiscard]] AuthResult<void> feed(ByteView input, Sink &&sink) {
        while (!input.empty()) {
            const auto step = next(input);
            if (!step)
                return std::unexpected(step.error());
            if (!step->payload.empty())
                sink(step->payload);
            input = input.subspan(step->consumed);
        }
        return {};
    }

    /// At the end of the body: succeeds when the last chunk came, all signatures fit, the length is the
    /// promised one and every announced trailer is there.
    [[nodiscard]] AuthResult<void> finish();

    [[nodiscard]] std::uint64_t decodedSoFar() const { return m_decoded; }
    /// What came after the data; complete after finish().
    [[nodiscard]] const std::vector<Trailer> &trailers() const { return m_trailers; }
    /// The value of a trailer (lower-case name), or null.
    [[nodiscard]] const std::string *trailer(std::string_view name) const;

private:
    enum class State { ChunkHead, ChunkData, ChunkEnd, TrailerLine, Done };

    AuthResult<Step> take(ByteView input);
    AuthResult<void> onLine(std::string_view line);
    AuthResult<void> onChunkHead(std::string_view line);
    AuthResult<void> onChunkEnd();
    AuthResult<void> onTrailerLine(std::string_view line);
    AuthResult<void> onLastTrailer();
    [[nodiscard]] bool isSigned() const { return m_options.signatures.has_value(); }

    AwsChunkedOptions m_options;
    State m_state = State::ChunkHead;
    std::string m_line;  // of a line that arrived in pieces
    std::uint64_t m_chunkSize = 0;
    std::uint64_t m_chunkLeft = 0;
    std::uint64_t m_decoded = 0;
    bool m_sawShortChunk = false;
    std::string m_chunkSignature;
    std::string m_trailerSignature;
    crypto::Sha256 m_chunkHash;
    std::vector<Trailer> m_trailers;
    std::optional<AuthError> m_error;
};

}  // namespace maxiofs::sigv4
