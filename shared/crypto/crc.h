// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/bytes.h"

#include <array>

namespace maxiofs::crypto {

namespace detail {

[[nodiscard]] std::uint32_t updateCrc32(std::uint32_t crc, ByteView bytes);
[[nodiscard]] std::uint32_t updateCrc32c(std::uint32_t crc, ByteView bytes);
[[nodiscard]] std::uint64_t updateCrc64Nvme(std::uint64_t crc, ByteView bytes);

// What runs on processors without the instructions; the tests compare both.
[[nodiscard]] std::uint32_t updateCrc32ByTable(std::uint32_t crc, ByteView bytes);
[[nodiscard]] std::uint32_t updateCrc32cByTable(std::uint32_t crc, ByteView bytes);
[[nodiscard]] std::uint64_t updateCrc64NvmeByTable(std::uint64_t crc, ByteView bytes);

// A running CRC. One thread at a time; copyable; finish() gives the big-endian bytes that S3 encodes as
// base64 and starts anew.
template <typename Word, Word (*Update)(Word, ByteView)>
class Crc {
public:
    static constexpr std::size_t kSize = sizeof(Word);
    using Value = std::array<std::byte, kSize>;

    void update(ByteView bytes) { m_crc = Update(m_crc, bytes); }
    [[nodiscard]] Word value() const { return m_crc; }
    [[nodiscard]] Value finish()
    {
        const Word crc = m_crc;
        m_crc = 0;
        return bytesOf(crc);
    }
    void reset() { m_crc = 0; }

    [[nodiscard]] static Value bytesOf(Word crc)
    {
        Value bytes;
        for (std::size_t i = 0; i < kSize; ++i)
            bytes[i] = static_cast<std::byte>(crc >> (8 * (kSize - 1 - i)) & 0xff);
        return bytes;
    }
    [[nodiscard]] static Word wordOf(const Value &bytes)
    {
        Word crc = 0;
        for (const std::byte byte : bytes)
            crc = static_cast<Word>(crc << 8 | static_cast<Word>(byte));
        return crc;
    }

private:
    Word m_crc = 0;
};

}  // namespace detail

using Crc32 = detail::Crc<std::uint32_t, detail::updateCrc32>;
using Crc32c = detail::Crc<std::uint32_t, detail::updateCrc32c>;
using Crc64Nvme = detail::Crc<std::uint64_t, detail::updateCrc64Nvme>;

[[nodiscard]] std::uint32_t crc32(ByteView bytes);
[[nodiscard]] std::uint32_t crc32c(ByteView bytes);
[[nodiscard]] std::uint64_t crc64Nvme(ByteView bytes);

/// The CRC of A followed by B, from both CRCs and B's length in bytes (S3: full-object checksums of a
/// multipart upload come from those of its parts).
[[nodiscard]] std::uint32_t combineCrc32(std::uint32_t crcA, std::uint32_t crcB, std::uint64_t lengthB);
[[nodiscard]] std::uint32_t combineCrc32c(std::uint32_t crcA, std::uint32_t crcB, std::uint64_t lengthB);
[[nodiscard]] std::uint64_t combineCrc64Nvme(std::uint64_t crcA, std::uint64_t crcB, std::uint64_t lengthB);

}  // namespace maxiofs::crypto
