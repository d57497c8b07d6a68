// SPDX-License-Identifier: GPL-3.0-or-later
#include "crypto/secret_bytes.h"

#include "base/id.h"

#include <openssl/crypto.h>
#include <utility>

namespace maxiofs::crypto {

void wipe(std::span<std::byte> bytes)
{
    OPENSSL_cleanse(bytes.data(), bytes.size());
}

void wipe(std::string &text)
{
    OPENSSL_cleanse(text.data(), text.size());
    text.clear();
}

SecretBytes &SecretBytes::operator=(SecretBytes &&other) noexcept
{
    if (this != &other) {
        wipe(m_bytes);
        m_bytes = std::exchange(other.m_bytes, {});
    }
    return *this;
}

SecretBytes SecretBytes::random(std::size_t size)
{
    SecretBytes secret(size);
    fillRandom(secret.m_bytes);
    return secret;
}

}  // namespace maxiofs::crypto
