// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "crypto/crc_polynomial.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace maxiofs::crypto::detail {

#if defined(__x86_64__)

#define MAXIOFS_CLMUL __attribute__((target("pclmul,sse4.2")))

inline bool hasCarrylessMultiply()
{
    static const bool has = __builtin_cpu_supports("pclmul") && __builtin_cpu_supports("sse4.2");
    return has;
}

// Folds 64 bytes a round with carry-less multiplication (V. Gopal et al., "Fast CRC Computation for Generic
// Polynomials Using PCLMULQDQ Instruction"). A 128-bit lane that lies n bits before another is added to it
// after multiplication by x^n; the last lane is an ordinary message of 16 bytes for the table.
template <typename Polynomial>
struct CrcFolding {
    static constexpr std::size_t kLane = 16;
    static constexpr std::size_t kRound = 4 * kLane;
    // Below this the setting up costs more than it saves.
    static constexpr std::size_t kSmallest = 2 * kRound;

    // x^n in the upper bits of 64. A product of reflected values comes out one bit low, hence n - 1.
    static constexpr std::uint64_t factor(unsigned n)
    {
        return static_cast<std::uint64_t>(Polynomial::power(n - 1)) << (64 - Polynomial::kBits);
    }

    // The first eight bytes of a lane stand 64 powers above the last eight.
    MAXIOFS_CLMUL static __m128i factors(std::uint64_t low, std::uint64_t high)
    {
        return _mm_set_epi64x(static_cast<long long>(high), static_cast<long long>(low));
    }
    MAXIOFS_CLMUL static __m128i fold(__m128i lane, __m128i by, __m128i onto)
    {
        const __m128i low = _mm_clmulepi64_si128(lane, by, 0x00);
        const __m128i high = _mm_clmulepi64_si128(lane, by, 0x11);
        return _mm_xor_si128(_mm_xor_si128(low, high), onto);
    }
    MAXIOFS_CLMUL static __m128i load(const std::byte *from)
    {
        return _mm_loadu_si128(reinterpret_cast<const __m128i *>(from));
    }

    template <typename Word>
    MAXIOFS_CLMUL static Word update(Word crc, ByteView bytes)
    {
        if (bytes.size() < kSmallest)
            return Polynomial::updateByTable(crc, bytes);

        static constexpr std::uint64_t kRoundLow = factor(8 * kRound + 64);
        static constexpr std::uint64_t kRoundHigh = factor(8 * kRound);
        static constexpr std::uint64_t kLaneLow = factor(8 * kLane + 64);
        static constexpr std::uint64_t kLaneHigh = factor(8 * kLane);
        const __m128i byRound = factors(kRoundLow, kRoundHigh);
        const __m128i byLane = factors(kLaneLow, kLaneHigh);

        const std::byte *at = bytes.data();
        std::size_t left = bytes.size();
        const auto reg = static_cast<std::uint64_t>(static_cast<Word>(~crc));
        __m128i a = _mm_xor_si128(load(at), factors(reg, 0));
        __m128i b = load(at + kLane);
        __m128i c = load(at + 2 * kLane);
        __m128i d = load(at + 3 * kLane);
        for (at += kRound, left -= kRound; left >= kRound; at += kRound, left -= kRound) {
            a = fold(a, byRound, load(at));
            b = fold(b, byRound, load(at + kLane));
            c = fold(c, byRound, load(at + 2 * kLane));
            d = fold(d, byRound, load(at + 3 * kLane));
        }
        b = fold(a, byLane, b);
        c = fold(b, byLane, c);
        d = fold(c, byLane, d);
        for (; left >= kLane; at += kLane, left -= kLane)
            d = fold(d, byLane, load(at));

        std::array<std::byte, kLane> last;
        _mm_storeu_si128(reinterpret_cast<__m128i *>(last.data()), d);
        const Word folded = Polynomial::feed(Word{0}, last);
        return static_cast<Word>(~Polynomial::feed(folded, {at, left}));
    }
};

#undef MAXIOFS_CLMUL

#endif

}  // namespace maxiofs::crypto::detail
