// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/bytes.h"
#include "base/result.h"
#include "crypto/scrypt.h"

#include <array>
#include <cstdint>
#include <map>

namespace maxiofs::frame {

using Key256 = std::array<std::byte, 32>;
using DataKeyId = std::uint32_t;

// What a keyring holds. Overwritten when it goes.
struct KeyringContent {
    KeyringContent() = default;
    ~KeyringContent();
    KeyringContent(const KeyringContent &) = default;
    KeyringContent &operator=(const KeyringContent &) = default;
    KeyringContent(KeyringContent &&) = default;
    KeyringContent &operator=(KeyringContent &&) = default;

    std::uint64_t generation = 0;  // of two copies, the greater is the newer
    Key256 recordKey{};
    std::map<DataKeyId, Key256> dataKeys;  // never empty in a stored keyring; the last is the current one

    bool operator==(const KeyringContent &) const = default;
};

inline constexpr std::size_t kMostDataKeys = 10'000;
inline constexpr std::size_t kMostKeyringSize = 512 * 1024;  // of a stored keyring or bundle

/// magic "MXKEYRNG" | u16 version | salt (32 bytes) | sealed content. The key is HKDF-SHA256(master key,
/// salt); each stored keyring has a new random salt, so the nonce is zero. All of it is authenticated.
[[nodiscard]] Bytes sealKeyring(const KeyringContent &content, const Key256 &master, const Key256 &salt);
/// Error::Corrupt where it is damaged or of another master key, Error::Unsupported for a newer version.
[[nodiscard]] Result<KeyringContent> openKeyring(ByteView stored, const Key256 &master);

/// magic "MXKEYBND" | u16 version | scrypt's cost: u8 logN, u8 r, u8 p | salt (32 bytes) | sealed content.
[[nodiscard]] Bytes sealBundle(const KeyringContent &content, std::string_view passphrase,
                               const crypto::ScryptCost &cost, const Key256 &salt);
/// Error::Corrupt for what is no bundle, Error::Unauthenticated for a wrong passphrase or a damaged one.
[[nodiscard]] Result<KeyringContent> openBundle(ByteView bundle, std::string_view passphrase);

}  // namespace maxiofs::frame
