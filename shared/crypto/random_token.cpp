// SPDX-License-Identifier: GPL-3.0-or-later
#include "crypto/random_token.h"

#include "base/hex.h"
#include "base/id.h"
#include "crypto/secret_bytes.h"

#include <array>
#include <cassert>

namespace maxiofs::crypto {

namespace {

constexpr std::string_view kBase32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
constexpr std::string_view kAlphanumeric = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
constexpr std::string_view kAccessKeyPrefix = "MX";
constexpr std::size_t kAccessKeyLength = 20;
constexpr std::size_t kSecretKeyLength = 40;

}  // namespace

std::string randomText(std::size_t length, std::string_view alphabet)
{
    assert(alphabet.size() >= 2 && alphabet.size() <= 256);
    // Bytes from the last, incomplete run of the alphabet would favour its first characters.
    const std::size_t fair = 256 - 256 % alphabet.size();
    std::string text;
    text.reserve(length);
    std::array<std::byte, 64> pool;
    while (text.size() < length) {
        fillRandom(pool);
        for (const std::byte byte : pool) {
            const auto value = static_cast<std::size_t>(byte);
            if (value < fair && text.size() < length)
                text.push_back(alphabet[value % alphabet.size()]);
        }
    }
    wipe(pool);
    return text;
}

std::string randomToken(std::size_t bytes)
{
    return toBase64Url(SecretBytes::random(bytes).view());
}

std::string randomAccessKeyId()
{
    return std::string(kAccessKeyPrefix) + randomText(kAccessKeyLength - kAccessKeyPrefix.size(), kBase32);
}

std::string randomSecretKey()
{
    return randomText(kSecretKeyLength, kAlphanumeric);
}

}  // namespace maxiofs::crypto
