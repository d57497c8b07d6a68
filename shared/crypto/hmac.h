// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "crypto/digest.h"

namespace maxiofs::crypto {

// HMAC-SHA-256 (RFC 2104) over pieces. One thread at a time; movable. finish() starts anew with the same key.
class HmacSha256 {
public:
    using Value = Sha256::Value;

    explicit HmacSha256(ByteView key);
    ~HmacSha256();
    HmacSha256(HmacSha256 &&other) noexcept = default;
    HmacSha256 &operator=(HmacSha256 &&other) noexcept = default;

    void update(ByteView bytes) { m_digest.update(bytes); }
    void update(std::string_view text) { m_digest.update(asBytes(text)); }
    [[nodiscard]] Value finish();

private:
    static constexpr std::size_t kBlock = 64;

    void begin();

    std::array<std::byte, kBlock> m_key{};  // padded with zeros, or hashed when longer
    Sha256 m_digest;
};

[[nodiscard]] HmacSha256::Value hmacSha256(ByteView key, ByteView data);
[[nodiscard]] HmacSha256::Value hmacSha256(ByteView key, std::string_view data);

}  // namespace maxiofs::crypto
