// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "crypto/secret_bytes.h"

namespace maxiofs::crypto {

/// HKDF with SHA-256 (RFC 5869): `length` bytes (1 to 8160) derived from `key` for the purpose `info`.
[[nodiscard]] SecretBytes hkdfSha256(ByteView key, ByteView salt, ByteView info, std::size_t length);
[[nodiscard]] SecretBytes hkdfSha256(ByteView key, ByteView salt, std::string_view info, std::size_t length);

}  // namespace maxiofs::crypto
