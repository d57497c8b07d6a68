// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace maxiofs::crypto {

/// A random text of `length` characters of `alphabet` (2 to 256 different ones), each equally likely.
[[nodiscard]] std::string randomText(std::size_t length, std::string_view alphabet);

/// Base64url of `bytes` random bytes: sessions, upload ids, join tokens.
[[nodiscard]] std::string randomToken(std::size_t bytes = 32);

/// An S3 access key: 20 characters A-Z and 2-7, beginning with "MX".
[[nodiscard]] std::string randomAccessKeyId();
/// An S3 secret: 40 characters A-Z a-z 0-9 (no '/' or '+', which clients are known to encode wrongly).
[[nodiscard]] std::string randomSecretKey();

}  // namespace maxiofs::crypto
