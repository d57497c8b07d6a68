// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "crypto/scrypt.h"
#include "crypto/secret_bytes.h"

#include <optional>

namespace maxiofs::crypto {

/// What a key made from a passphrase costs at most: 256 MiB.
inline constexpr std::uint64_t kMostPassphraseMemory = 256ULL << 20;

/// 32 bytes of key from a passphrase (scrypt, RFC 7914). Empty for a cost beyond kMostPassphraseMemory or out
/// of scrypt's range, as a damaged file may name one. Never on an I/O thread.
[[nodiscard]] std::optional<SecretBytes> passphraseKey(std::string_view passphrase, ByteView salt,
                                                       const ScryptCost &cost);

}  // namespace maxiofs::crypto
