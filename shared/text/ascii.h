// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace maxiofs::text {

[[nodiscard]] constexpr char toLower(char c)
{
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}
[[nodiscard]] std::string toLower(std::string_view text);
/// Equal when ASCII letters of both cases count as the same.
[[nodiscard]] constexpr bool iequals(std::string_view a, std::string_view b);
[[nodiscard]] constexpr bool istartsWith(std::string_view text, std::string_view prefix);
/// Without spaces and tabs at both ends.
[[nodiscard]] std::string_view trim(std::string_view text);
/// Digits only, at least one, no sign; empty when the number does not fit 64 bits.
[[nodiscard]] std::optional<std::uint64_t> parseUnsigned(std::string_view text);
/// Hex digits only, 1 to 16 of them.
[[nodiscard]] std::optional<std::uint64_t> parseHex(std::string_view text);
/// The pieces between separators, empty ones included; one empty piece for an empty text.
template <typename Each>
void forEachPiece(std::string_view text, char separator, Each &&each)
{
    for (;;) {
        const std::size_t end = text.find(separator);
        each(text.substr(0, end));
        if (end == std::string_view::npos)
            return;
        text.remove_prefix(end + 1);
    }
}

constexpr bool istartsWith(std::string_view text, std::string_view prefix)
{
    if (text.size() < prefix.size())
        return false;
    for (std::size_t i = 0; i < prefix.size(); ++i) {
        if (toLower(text[i]) != toLower(prefix[i]))
            return false;
    }
    return true;
}

constexpr bool iequals(std::string_view a, std::string_view b)
{
    return a.size() == b.size() && istartsWith(a, b);
}

}  // namespace maxiofs::text
