// SPDX-License-Identifier: GPL-3.0-or-later
#include "sigv4/payload.h"

#include <algorithm>

namespace maxiofs::sigv4 {

bool isHexDigest(std::string_view text)
{
    constexpr std::size_t kDigits = 64;
    return text.size() == kDigits &&
           std::ranges::all_of(text, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

std::optional<PayloadMode> payloadModeOf(std::string_view contentSha256)
{
    if (isHexDigest(contentSha256))
        return PayloadMode::Signed;
    if (contentSha256 == kUnsignedPayload)
        return PayloadMode::Unsigned;
    if (contentSha256 == kSignedChunksPayload)
        return PayloadMode::SignedChunks;
    if (contentSha256 == kSignedChunksTrailerPayload)
        return PayloadMode::SignedChunksTrailer;
    if (contentSha256 == kUnsignedChunksTrailerPayload)
        return PayloadMode::UnsignedChunksTrailer;
    return std::nullopt;
}

bool isChunked(PayloadMode mode)
{
    return mode == PayloadMode::SignedChunks || hasTrailer(mode);
}

bool hasTrailer(PayloadMode mode)
{
    return mode == PayloadMode::SignedChunksTrailer || mode == PayloadMode::UnsignedChunksTrailer;
}

bool hasSignedChunks(PayloadMode mode)
{
    return mode == PayloadMode::SignedChunks || mode == PayloadMode::SignedChunksTrailer;
}

}  // namespace maxiofs::sigv4
