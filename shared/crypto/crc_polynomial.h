// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/bytes.h"

#include <array>
#include <cstring>
#include <limits>

namespace maxiofs::crypto::detail {

// Arithmetic of a reflected CRC whose register starts and ends inverted, for any width: the tables, the
// folding constants and the combination of two values all follow from the polynomial. Values are reflected:
// the highest bit stands for x^0.
template <typename Word, Word Polynomial>
struct CrcPolynomial {
    static constexpr unsigned kBits = std::numeric_limits<Word>::digits;
    static constexpr Word kOne = Word{1} << (kBits - 1);

    static constexpr Word timesX(Word value)
    {
        return static_cast<Word>((value >> 1) ^ ((value & 1) != 0 ? Polynomial : 0));
    }

    /// a * b modulo the polynomial.
    static constexpr Word multiply(Word a, Word b)
    {
        Word product = 0;
        for (Word bit = kOne; bit != 0; bit >>= 1) {
            if ((a & bit) != 0)
                product ^= b;
            b = timesX(b);
        }
        return product;
    }

    /// x^exponent modulo the polynomial.
    static constexpr Word power(std::uint64_t exponent)
    {
        Word result = kOne;
        Word square = timesX(kOne);
        for (; exponent != 0; exponent >>= 1) {
            if ((exponent & 1) != 0)
                result = multiply(result, square);
            square = multiply(square, square);
        }
        return result;
    }

    /// The CRC of A followed by B.
    static constexpr Word combine(Word crcA, Word crcB, std::uint64_t lengthB)
    {
        // x^(8 n) as (x^8)^n, since 8 n may not fit.
        Word result = kOne;
        Word square = power(8);
        for (std::uint64_t n = lengthB; n != 0; n >>= 1) {
            if ((n & 1) != 0)
                result = multiply(result, square);
            square = multiply(square, square);
        }
        return multiply(result, crcA) ^ crcB;
    }

    using Tables = std::array<std::array<Word, 256>, 8>;

    // tables[k][b]: what byte b contributes when k more bytes follow it.
    static constexpr Tables makeTables()
    {
        Tables tables{};
        for (unsigned byte = 0; byte < 256; ++byte) {
            Word value = byte;
            for (int bit = 0; bit < 8; ++bit)
                value = timesX(value);
            tables[0][byte] = value;
        }
        for (std::size_t k = 1; k < tables.size(); ++k) {
            for (unsigned byte = 0; byte < 256; ++byte) {
                const Word before = tables[k - 1][byte];
                tables[k][byte] = static_cast<Word>((before >> 8) ^ tables[0][before & 0xff]);
            }
        }
        return tables;
    }
    static constexpr Tables kTables = makeTables();

    /// Feeds bytes to a register (not inverted), eight at a time.
    static Word feed(Word reg, ByteView bytes)
    {
        while (bytes.size() >= 8) {
            std::uint64_t word = 0;
            std::memcpy(&word, bytes.data(), 8);
            word ^= reg;
            reg = 0;
            for (std::size_t i = 0; i < 8; ++i)
                reg ^= kTables[7 - i][word >> (8 * i) & 0xff];
            bytes = bytes.subspan(8);
        }
        for (const std::byte byte : bytes)
            reg = static_cast<Word>((reg >> 8) ^ kTables[0][(reg ^ static_cast<Word>(byte)) & 0xff]);
        return reg;
    }

    static Word updateByTable(Word crc, ByteView bytes) { return ~feed(~crc, bytes); }
};

}  // namespace maxiofs::crypto::detail
