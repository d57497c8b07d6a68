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
    std::uint64_t decodedLength = 0;        // x-amz-decoded-content-length
    std::vector<std::string> trailerNames;  // of x-amz-trailer, lower case
    std::optional<ChunkSignatures>
        signatures;  // needed for the signed modes: without it all bytes are refused
};

/// The names in the x-amz-trailer header, lower case.
[[nodiscard]] std::vector<std::string> trailerNamesOf(std::string_view amzTrailerHeader);

// Takes an aws-chunked body apart as it arrives (S3 API: sigv4-streaming). A chunk may not go beyond the
// promised length, lines and trailers are bounded, and only announced trailers are taken. Bytes of a chunk
// are handed out before its signature can be known, so they may be kept but not published until finish()
// succeeds. One thread at a time. After an error every call gives that error again.
class AwsChunkedDecoder {
public:
    static constexpr std::size_t kMaxLine = 4096;    // a chunk's head or a trailer line
    static constexpr std::size_t kMaxTrailers = 16;  // x-amz-trailer names beyond these are refused

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
    [[nodiscard]] AuthResult<void> feed(ByteView input, Sink &&sink)
    {
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

    [[nodiscard]] AuthResult<void> takeLine(ByteView input, std::size_t &consumed);
    [[nodiscard]] ByteView takeData(ByteView input);
    [[nodiscard]] AuthResult<void> onLine(std::string_view line);
    [[nodiscard]] AuthResult<void> onChunkHead(std::string_view line);
    [[nodiscard]] AuthResult<void> checkChunk();
    [[nodiscard]] AuthResult<void> onTrailerLine(std::string_view line);
    [[nodiscard]] AuthResult<void> checkTrailers();
    [[nodiscard]] AuthResult<void> fail(AuthErrorCode code, std::string message);
    [[nodiscard]] bool hasAllTrailers() const;
    [[nodiscard]] bool isSigned() const { return hasSignedChunks(m_options.mode); }

    AwsChunkedOptions m_options;
    State m_state = State::ChunkHead;
    std::string m_line;  // the beginning of a line that arrives in pieces
    std::uint64_t m_chunkLeft = 0;
    std::uint64_t m_decoded = 0;
    std::string m_chunkSignature;
    std::string m_trailerSignature;
    crypto::Sha256 m_chunkHash;
    std::vector<Trailer> m_trailers;
    bool m_skippedBlank = false;
    std::optional<AuthError> m_error;
};

}  // namespace maxiofs::sigv4
