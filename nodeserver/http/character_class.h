// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <string_view>

namespace maxiofs::http {

// Sets of bytes as tables of 256, for the parsers' inner loops.
using CharacterClass = std::array<bool, 256>;

constexpr CharacterClass lettersDigitsAnd(std::string_view others)
{
    CharacterClass set{};
    for (unsigned c = '0'; c <= '9'; ++c)
        set[c] = true;
    for (unsigned c = 'a'; c <= 'z'; ++c)
        set[c] = set[c - 'a' + 'A'] = true;
    for (const char c : others)
        set[static_cast<unsigned char>(c)] = true;
    return set;
}

constexpr CharacterClass visibleAnd(std::string_view others)
{
    CharacterClass set{};
    for (unsigned c = 0x21; c < 256; ++c)
        set[c] = c != 0x7f;
    for (const char c : others)
        set[static_cast<unsigned char>(c)] = true;
    return set;
}

/// RFC 9110 section 5.6.2: methods and names of fields.
inline constexpr CharacterClass kToken = lettersDigitsAnd("!#$%&'*+-.^_`|~");
/// No control bytes and no spaces; bytes above 0x7f are let through, as S3 clients send them.
inline constexpr CharacterClass kTargetByte = visibleAnd("");
/// RFC 9110 section 5.5.
inline constexpr CharacterClass kValueByte = visibleAnd(" \t");
/// A host name or address with a port (RFC 3986 section 3.2.2).
inline constexpr CharacterClass kHostByte = lettersDigitsAnd("-._~!$&'()*+;=:[]%");

constexpr bool consistsOf(std::string_view text, const CharacterClass &set)
{
    for (const char c : text)
        if (!set[static_cast<unsigned char>(c)])
            return false;
    return true;
}

}  // namespace maxiofs::http
