// SPDX-License-Identifier: GPL-3.0-or-later
#include "crypto/crc.h"

#include "crypto/crc_folding.h"

namespace maxiofs::crypto {

namespace detail {

// The polynomials of ISO 3309, RFC 3720 and the NVMe NVM command set, with their bits reflected.
using Polynomial32 = CrcPolynomial<std::uint32_t, 0xedb88320U>;
using Polynomial32c = CrcPolynomial<std::uint32_t, 0x82f63b78U>;
using Polynomial64Nvme = CrcPolynomial<std::uint64_t, 0x9a6c9329ac4bc9b5ULL>;

template <typename Polynomial, typename Word>
static Word updateFastest(Word crc, ByteView bytes)
{
#if defined(__x86_64__)
    if (hasCarrylessMultiply())
        return CrcFolding<Polynomial>::update(crc, bytes);
#endif
    return Polynomial::updateByTable(crc, bytes);
}

std::uint32_t updateCrc32(std::uint32_t crc, ByteView bytes)
{
    return updateFastest<Polynomial32>(crc, bytes);
}

std::uint32_t updateCrc32c(std::uint32_t crc, ByteView bytes)
{
    return updateFastest<Polynomial32c>(crc, bytes);
}

std::uint64_t updateCrc64Nvme(std::uint64_t crc, ByteView bytes)
{
    return updateFastest<Polynomial64Nvme>(crc, bytes);
}

std::uint32_t updateCrc32ByTable(std::uint32_t crc, ByteView bytes)
{
    return Polynomial32::updateByTable(crc, bytes);
}

std::uint32_t updateCrc32cByTable(std::uint32_t crc, ByteView bytes)
{
    return Polynomial32c::updateByTable(crc, bytes);
}

std::uint64_t updateCrc64NvmeByTable(std::uint64_t crc, ByteView bytes)
{
    return Polynomial64Nvme::updateByTable(crc, bytes);
}

}  // namespace detail

std::uint32_t crc32(ByteView bytes)
{
    return detail::updateCrc32(0, bytes);
}

std::uint32_t crc32c(ByteView bytes)
{
    return detail::updateCrc32c(0, bytes);
}

std::uint64_t crc64Nvme(ByteView bytes)
{
    return detail::updateCrc64Nvme(0, bytes);
}

std::uint32_t combineCrc32(std::uint32_t crcA, std::uint32_t crcB, std::uint64_t lengthB)
{
    return detail::Polynomial32::combine(crcA, crcB, lengthB);
}

std::uint32_t combineCrc32c(std::uint32_t crcA, std::uint32_t crcB, std::uint64_t lengthB)
{
    return detail::Polynomial32c::combine(crcA, crcB, lengthB);
}

std::uint64_t combineCrc64Nvme(std::uint64_t crcA, std::uint64_t crcB, std::uint64_t lengthB)
{
    return detail::Polynomial64Nvme::combine(crcA, crcB, lengthB);
}

}  // namespace maxiofs::crypto
