// SPDX-License-Identifier: GPL-3.0-or-later
#include "sigv4/aws_chunked.h"

#include "crypto/constant_time.h"
#include "text/ascii.h"

#include <algorithm>

namespace maxiofs::sigv4 {

namespace {

constexpr std::string_view kSignatureExtension = "chunk-signature=";
constexpr std::string_view kTrailerSignature = "x-amz-trailer-signature";

bool isFieldName(std::string_view name)
{
    return !name.empty() && std::ranges::all_of(name, [](char c) {
        const char lower = text::toLower(c);
        return (lower >= 'a' && lower <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
    });
}

bool isFieldValue(std::string_view value)
{
    return std::ranges::all_of(value, [](char c) {
        const auto code = static_cast<unsigned char>(c);
        return (code >= 0x20 && code != 0x7f) || c == '\t';
    });
}

}  // namespace

std::vector<std::string> trailerNamesOf(std::string_view amzTrailerHeader)
{
    std::vector<std::string> names;
    text::forEachPiece(amzTrailerHeader, ',', [&](std::string_view piece) {
        piece = text::trim(piece);
        if (!piece.empty() && names.size() < AwsChunkedDecoder::kMaxTrailers)
            names.push_back(text::toLower(piece));
    });
    return names;
}

AwsChunkedDecoder::AwsChunkedDecoder(AwsChunkedOptions options) : m_options(std::move(options))
{
    if (isSigned() && !m_options.signatures)
        m_error = AuthError{
            AuthErrorCode::InvalidRequest, "The body's chunks are signed, but the request is not.", {}, {}};
}

AuthResult<void> AwsChunkedDecoder::fail(AuthErrorCode code, std::string message)
{
    m_error = AuthError{code, std::move(message), {}, {}};
    return std::unexpected(*m_error);
}

AuthResult<AwsChunkedDecoder::Step> AwsChunkedDecoder::next(ByteView input)
{
    Step step;
    while (!m_error && step.consumed < input.size() && step.payload.empty()) {
        const ByteView rest = input.subspan(step.consumed);
        if (m_state == State::ChunkData) {
            step.payload = takeData(rest);
            step.consumed += step.payload.size();
        } else if (auto taken = takeLine(rest, step.consumed); !taken) {
            return std::unexpected(std::move(taken).error());
        }
    }
    if (m_error)
        return std::unexpected(*m_error);
    return step;
}

ByteView AwsChunkedDecoder::takeData(ByteView input)
{
    const ByteView data = input.first(std::min<std::uint64_t>(m_chunkLeft, input.size()));
    if (isSigned())
        m_chunkHash.update(data);
    m_decoded += data.size();
    m_chunkLeft -= data.size();
    if (m_chunkLeft == 0)
        m_state = State::ChunkEnd;
    return data;
}

AuthResult<void> AwsChunkedDecoder::takeLine(ByteView input, std::size_t &consumed)
{
    if (m_state == State::Done)
        return fail(AuthErrorCode::InvalidRequest, "There are bytes after the end of the aws-chunked body.");
    const std::string_view text = asText(input);
    const std::size_t end = text.find('\n');
    const std::size_t count = end == std::string_view::npos ? text.size() : end + 1;
    if (m_line.size() + count > kMaxLine)
        return fail(AuthErrorCode::InvalidRequest,
                    "A line of the aws-chunked body is longer than 4096 bytes.");
    consumed += count;
    if (end == std::string_view::npos || !m_line.empty())
        m_line.append(text.substr(0, count));
    if (end == std::string_view::npos)
        return {};

    const std::string whole = std::exchange(m_line, {});
    std::string_view line = whole.empty() ? text.substr(0, count) : std::string_view(whole);
    if (!line.ends_with("\r\n"))
        return fail(AuthErrorCode::InvalidRequest, "A line of the aws-chunked body does not end with CR LF.");
    line.remove_suffix(2);
    return onLine(line);
}

AuthResult<void> AwsChunkedDecoder::onLine(std::string_view line)
{
    switch (m_state) {
    case State::ChunkHead: return onChunkHead(line);
    case State::ChunkEnd:
        if (!line.empty())
            return fail(AuthErrorCode::InvalidRequest,
                        "A chunk of the aws-chunked body is longer than its head says.");
        m_state = State::ChunkHead;
        return checkChunk();
    case State::TrailerLine: return onTrailerLine(line);
    case State::ChunkData:
    case State::Done: break;
    }
    return {};
}

// "<size in hex>" or "<size in hex>;chunk-signature=<64 hex digits>"
AuthResult<void> AwsChunkedDecoder::onChunkHead(std::string_view line)
{
    const std::size_t semicolon = line.find(';');
    const auto size = text::parseHex(line.substr(0, semicolon));
    std::string_view extension = semicolon == std::string_view::npos ? "" : line.substr(semicolon + 1);
    bool ok = size.has_value();
    if (isSigned() && extension.starts_with(kSignatureExtension)) {
        extension.remove_prefix(kSignatureExtension.size());
        ok = ok && isHexDigest(extension);
        m_chunkSignature = extension;
    } else {
        ok = ok && !isSigned() && semicolon == std::string_view::npos;
    }
    if (!ok)
        return fail(AuthErrorCode::InvalidRequest,
                    "The head of a chunk of the aws-chunked body is malformed.");
    if (*size > m_options.decodedLength - m_decoded)
        return fail(AuthErrorCode::IncompleteBody,
                    "The body is longer than x-amz-decoded-content-length says.");
    m_chunkLeft = *size;
    if (m_chunkLeft != 0) {
        m_state = State::ChunkData;
        return {};
    }
    m_state = State::TrailerLine;
    return checkChunk();
}

AuthResult<void> AwsChunkedDecoder::checkChunk()
{
    if (!isSigned())
        return {};
    const std::string wanted = m_options.signatures->nextChunk(m_chunkHash.finish());
    if (!crypto::equalConstantTime(wanted, m_chunkSignature))
        return fail(AuthErrorCode::SignatureDoesNotMatch,
                    "The signature of a chunk does not match its bytes.");
    return {};
}

AuthResult<void> AwsChunkedDecoder::onTrailerLine(std::string_view line)
{
    if (line.empty()) {
        // Some clients end the last chunk with an empty line of its own before the trailers.
        if (!m_skippedBlank && m_trailers.empty() && m_trailerSignature.empty() && !hasAllTrailers()) {
            m_skippedBlank = true;
            return {};
        }
        m_state = State::Done;
        return checkTrailers();
    }
    const std::size_t colon = line.find(':');
    const std::string name = text::toLower(line.substr(0, colon));
    const std::string_view value =
        colon == std::string_view::npos ? std::string_view() : text::trim(line.substr(colon + 1));
    if (colon == std::string_view::npos || !isFieldName(name) || !isFieldValue(value))
        return fail(AuthErrorCode::MalformedTrailer, "A trailer of the aws-chunked body is malformed.");
    if (m_options.mode == PayloadMode::SignedChunksTrailer && name == kTrailerSignature) {
        if (!m_trailerSignature.empty() || !isHexDigest(value))
            return fail(AuthErrorCode::MalformedTrailer, "The trailer's signature is malformed.");
        m_trailerSignature = value;
        return {};
    }
    const bool announced = hasTrailer(m_options.mode) &&
                           std::ranges::find(m_options.trailerNames, name) != m_options.trailerNames.end();
    if (!announced || trailer(name) != nullptr || m_trailers.size() >= kMaxTrailers)
        return fail(AuthErrorCode::MalformedTrailer,
                    "The trailer " + name + " is not announced in x-amz-trailer, or comes twice.");
    m_trailers.emplace_back(name, value);
    return {};
}

bool AwsChunkedDecoder::hasAllTrailers() const
{
    if (!hasTrailer(m_options.mode))
        return true;
    const auto isThere = [this](const std::string &name) { return trailer(name) != nullptr; };
    const bool isComplete = std::ranges::all_of(m_options.trailerNames, isThere);
    return isComplete && (m_options.mode != PayloadMode::SignedChunksTrailer || !m_trailerSignature.empty());
}

AuthResult<void> AwsChunkedDecoder::checkTrailers()
{
    if (!hasAllTrailers())
        return fail(AuthErrorCode::MalformedTrailer,
                    "A trailer that x-amz-trailer announces, or its signature, is missing.");
    if (m_options.mode != PayloadMode::SignedChunksTrailer)
        return {};
    std::vector<Trailer> sorted = m_trailers;
    std::ranges::sort(sorted);
    if (!crypto::equalConstantTime(m_options.signatures->nextTrailer(sorted), m_trailerSignature))
        return fail(AuthErrorCode::SignatureDoesNotMatch, "The signature of the trailer does not match.");
    return {};
}

AuthResult<void> AwsChunkedDecoder::finish()
{
    if (m_error)
        return std::unexpected(*m_error);
    // The last empty line is left out by some clients.
    if (m_state == State::TrailerLine && m_line.empty()) {
        m_state = State::Done;
        if (auto checked = checkTrailers(); !checked)
            return checked;
    }
    if (m_state != State::Done)
        return fail(AuthErrorCode::IncompleteBody, "The aws-chunked body ends before its last chunk.");
    if (m_decoded != m_options.decodedLength)
        return fail(AuthErrorCode::IncompleteBody,
                    "The body is shorter than x-amz-decoded-content-length says.");
    return {};
}

const std::string *AwsChunkedDecoder::trailer(std::string_view name) const
{
    const auto found = std::ranges::find(m_trailers, name, &Trailer::first);
    return found == m_trailers.end() ? nullptr : &found->second;
}

}  // namespace maxiofs::sigv4
