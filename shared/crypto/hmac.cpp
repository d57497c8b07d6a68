// SPDX-License-Identifier: GPL-3.0-or-later
#include "crypto/hmac.h"

#include "crypto/secret_bytes.h"

#include <algorithm>

namespace maxiofs::crypto {

namespace {

constexpr std::size_t kBlock = 64;
using Block = std::array<std::byte, kBlock>;

Block paddedKey(ByteView key)
{
    Block block{};
    if (key.size() <= kBlock) {
        std::ranges::copy(key, block.begin());
    } else {
        const Sha256::Value hashed = sha256(key);
        std::ranges::copy(hashed, block.begin());
    }
    return block;
}

void updateWithMask(Sha256 &digest, const Block &key, std::byte mask)
{
    Block masked;
    std::ranges::transform(key, masked.begin(), [mask](std::byte byte) { return byte ^ mask; });
    digest.update(ByteView(masked));
    wipe(masked);
}

constexpr std::byte kInnerMask{0x36};
constexpr std::byte kOuterMask{0x5c};

HmacSha256::Value outer(Sha256 &digest, const Block &key, const Sha256::Value &inner)
{
    updateWithMask(digest, key, kOuterMask);
    digest.update(ByteView(inner));
    return digest.finish();
}

}  // namespace

HmacSha256::HmacSha256(ByteView key) : m_key(paddedKey(key))
{
    begin();
}

HmacSha256::~HmacSha256()
{
    wipe(m_key);
}

void HmacSha256::begin()
{
    updateWithMask(m_digest, m_key, kInnerMask);
}

HmacSha256::Value HmacSha256::finish()
{
    const Sha256::Value inner = m_digest.finish();
    const Value value = outer(m_digest, m_key, inner);
    begin();
    return value;
}

HmacSha256::Value hmacSha256(ByteView key, ByteView data)
{
    thread_local Sha256 digest;
    Block block = paddedKey(key);
    updateWithMask(digest, block, kInnerMask);
    digest.update(data);
    const HmacSha256::Value value = outer(digest, block, digest.finish());
    wipe(block);
    return value;
}

HmacSha256::Value hmacSha256(ByteView key, std::string_view data)
{
    return hmacSha256(key, asBytes(data));
}

}  // namespace maxiofs::crypto
