// SPDX-License-Identifier: GPL-3.0-or-later
#include "http/request_id.h"

#include "base/id.h"

#include <cstdint>

namespace maxiofs::http {

namespace {

std::uint64_t randomSeed()
{
    std::uint64_t seed = 0;
    fillRandom(std::as_writable_bytes(std::span(&seed, 1)));
    return seed;
}

// SplitMix64's output function: a bijection, so a counter's values never meet within a thread.
std::uint64_t mix(std::uint64_t value)
{
    value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9U;
    value = (value ^ (value >> 27)) * 0x94d049bb133111ebU;
    return value ^ (value >> 31);
}

}  // namespace

void nextRequestId(std::string &into)
{
    constexpr std::uint64_t kStep = 0x9e3779b97f4a7c15U;
    constexpr char kDigits[] = "0123456789ABCDEF";
    static thread_local std::uint64_t counter = randomSeed();
    std::uint64_t value = mix(counter += kStep);
    into.resize(16);
    for (char &digit : into) {
        digit = kDigits[value >> 60];
        value <<= 4;
    }
}

}  // namespace maxiofs::http
