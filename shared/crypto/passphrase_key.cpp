// SPDX-License-Identifier: GPL-3.0-or-later
#include "crypto/passphrase_key.h"

#include <openssl/err.h>
#include <openssl/evp.h>

namespace maxiofs::crypto {

namespace {

constexpr std::size_t kKeySize = 32;
constexpr unsigned kMostLogN = 20;
constexpr unsigned kMostP = 16;

}  // namespace

std::optional<SecretBytes> passphraseKey(std::string_view passphrase, ByteView salt, const ScryptCost &cost)
{
    if (cost.logN < 1 || cost.logN > kMostLogN || cost.r < 1 || cost.p < 1 || cost.p > kMostP)
        return std::nullopt;
    SecretBytes key(kKeySize);
    // OpenSSL refuses what scrypt does not define or what needs more memory.
    if (EVP_PBE_scrypt(passphrase.data(), passphrase.size(),
                       reinterpret_cast<const unsigned char *>(salt.data()), salt.size(), 1ULL << cost.logN,
                       cost.r, cost.p, kMostPassphraseMemory,
                       reinterpret_cast<unsigned char *>(key.span().data()), key.size()) != 1) {
        ERR_clear_error();
        return std::nullopt;
    }
    return key;
}

}  // namespace maxiofs::crypto
