// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/id.h"

#include <cstdint>
#include <cstring>

namespace maxiofs::sim {

/// One number out of several, each bit depending on all of them (the finalizer of SplitMix64).
[[nodiscard]] constexpr std::uint64_t mix(std::uint64_t a, std::uint64_t b = 0)
{
    std::uint64_t x = a + 0x9e3779b97f4a7c15 * (b + 1);
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
    x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
    return x ^ (x >> 31);
}

// The only source of chance in a history: the same seed gives the same numbers on every machine.
class Random {
public:
    explicit Random(std::uint64_t seed) : m_state(mix(seed)) {}

    [[nodiscard]] std::uint64_t next() { return mix(++m_state); }
    /// 0 to `bound` - 1; 0 for a bound of 0.
    [[nodiscard]] std::uint64_t below(std::uint64_t bound) { return bound == 0 ? 0 : next() % bound; }
    [[nodiscard]] std::int64_t between(std::int64_t lowest, std::int64_t highest)
    {
        return lowest + static_cast<std::int64_t>(below(static_cast<std::uint64_t>(highest - lowest) + 1));
    }
    [[nodiscard]] bool chance(unsigned permille) { return below(1000) < permille; }
    [[nodiscard]] Id128 id()
    {
        Id128 id;
        const std::uint64_t halves[2]{next(), next()};
        std::memcpy(id.bytes.data(), halves, sizeof halves);
        return id;
    }

private:
    std::uint64_t m_state;
};

}  // namespace maxiofs::sim
