// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"
#include "crypto/aead.h"
#include "crypto/secret_bytes.h"

namespace maxiofs::records {

// Encrypts the secret part of a record. `about` names the record ("access_keys/MX...") and is authenticated,
// so that a sealed secret cannot be moved to another record. Any thread.
class SecretSealer {
public:
    virtual ~SecretSealer() = default;
    [[nodiscard]] virtual Bytes seal(ByteView secret, std::string_view about) const = 0;
    /// Error::Corrupt when it was changed, belongs to another record or was sealed under another key.
    [[nodiscard]] virtual Result<crypto::SecretBytes> open(ByteView sealed, std::string_view about) const = 0;
};

// AES-256-GCM under the record key, with random nonces: a format byte, the nonce, ciphertext and tag.
class RecordKeySealer final : public SecretSealer {
public:
    explicit RecordKeySealer(std::span<const std::byte, crypto::Aes256Gcm::kKeySize> recordKey);

    [[nodiscard]] Bytes seal(ByteView secret, std::string_view about) const override;
    [[nodiscard]] Result<crypto::SecretBytes> open(ByteView sealed, std::string_view about) const override;

private:
    crypto::Aes256Gcm m_cipher;
};

}  // namespace maxiofs::records
