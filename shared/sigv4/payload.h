// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string_view>

namespace maxiofs::sigv4 {

// How the body is protected, from x-amz-content-sha256.
enum class PayloadMode {
    Signed,                 // a SHA-256 of the whole body in hex
    Unsigned,               // UNSIGNED-PAYLOAD
    SignedChunks,           // STREAMING-AWS4-HMAC-SHA256-PAYLOAD
    SignedChunksTrailer,    // STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER
    UnsignedChunksTrailer,  // STREAMING-UNSIGNED-PAYLOAD-TRAILER
};

inline constexpr std::string_view kUnsignedPayload = "UNSIGNED-PAYLOAD";
inline constexpr std::string_view kSignedChunksPayload = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD";
inline constexpr std::string_view kSignedChunksTrailerPayload = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER";
inline constexpr std::string_view kUnsignedChunksTrailerPayload = "STREAMING-UNSIGNED-PAYLOAD-TRAILER";
/// SHA-256 of nothing, in hex.
inline constexpr std::string_view kEmptyPayloadHash =
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

/// True for 64 lower-case hex digits.
[[nodiscard]] bool isHexDigest(std::string_view text);
/// Empty for a value that is neither 64 lower-case hex digits nor one of the names.
[[nodiscard]] std::optional<PayloadMode> payloadModeOf(std::string_view contentSha256);
/// True when the body is in aws-chunked form.
[[nodiscard]] bool isChunked(PayloadMode mode);
[[nodiscard]] bool hasTrailer(PayloadMode mode);
/// True when every chunk carries a signature.
[[nodiscard]] bool hasSignedChunks(PayloadMode mode);

}  // namespace maxiofs::sigv4
