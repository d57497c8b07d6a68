// SPDX-License-Identifier: GPL-3.0-or-later
#include "records/secret_sealer.h"

#include "base/id.h"

namespace maxiofs::records {

namespace {

using crypto::Aes256Gcm;

constexpr std::byte kFormat{1};
constexpr std::size_t kNonceAt = 1;
constexpr std::size_t kSealedAt = kNonceAt + Aes256Gcm::kNonceSize;

}  // namespace

RecordKeySealer::RecordKeySealer(std::span<const std::byte, Aes256Gcm::kKeySize> recordKey)
    : m_cipher(recordKey)
{
}

Bytes RecordKeySealer::seal(ByteView secret, std::string_view about) const
{
    Bytes sealed(kSealedAt + secret.size() + Aes256Gcm::kTagSize);
    sealed[0] = kFormat;
    const std::span all(sealed);
    const auto nonce = all.subspan<kNonceAt, Aes256Gcm::kNonceSize>();
    fillRandom(nonce);
    m_cipher.seal(nonce, asBytes(about), secret, all.subspan(kSealedAt));
    return sealed;
}

Result<crypto::SecretBytes> RecordKeySealer::open(ByteView sealed, std::string_view about) const
{
    if (!sealed.empty() && sealed[0] != kFormat) {
        return failure(Error::Unsupported, "the secret of " + std::string(about) +
                                               " has a format that this version does not know");
    }
    if (sealed.size() >= kSealedAt + Aes256Gcm::kTagSize) {
        crypto::SecretBytes secret(sealed.size() - kSealedAt - Aes256Gcm::kTagSize);
        const auto nonce = sealed.subspan<kNonceAt, Aes256Gcm::kNonceSize>();
        if (m_cipher.open(nonce, asBytes(about), sealed.subspan(kSealedAt), secret.span()))
            return secret;
    }
    return failure(Error::Corrupt,
                   "the secret of " + std::string(about) +
                       " does not open: auth.db was damaged, or belongs to another keyring",
                   std::string(about));
}

}  // namespace maxiofs::records
