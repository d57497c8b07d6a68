// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/bytes.h"

#include <optional>

namespace maxiofs {

/// Lower-case hex.
[[nodiscard]] std::string toHex(ByteView bytes);
/// Empty when the text has an odd length or another character than 0-9, a-f, A-F.
[[nodiscard]] std::optional<Bytes> fromHex(std::string_view text);

/// Base64 with padding (RFC 4648 section 4).
[[nodiscard]] std::string toBase64(ByteView bytes);
/// Strict: needs padding, refuses white space and non-zero trailing bits.
[[nodiscard]] std::optional<Bytes> fromBase64(std::string_view text);
/// Base64 for URLs without padding (RFC 4648 section 5), as tokens use it.
[[nodiscard]] std::string toBase64Url(ByteView bytes);
[[nodiscard]] std::optional<Bytes> fromBase64Url(std::string_view text);

}  // namespace maxiofs
