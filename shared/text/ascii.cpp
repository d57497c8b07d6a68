// SPDX-License-Identifier: GPL-3.0-or-later
#include "text/ascii.h"

#include <algorithm>
#include <charconv>

namespace maxiofs::text {

namespace {

template <int Base>
std::optional<std::uint64_t> parseNumber(std::string_view text)
{
    std::uint64_t value = 0;
    const char *const end = text.data() + text.size();
    // from_chars reads no sign for an unsigned type, no white space and no prefix.
    const auto [after, error] = std::from_chars(text.data(), end, value, Base);
    if (error != std::errc() || after != end)
        return std::nullopt;
    return value;
}

constexpr std::size_t kMostHexDigits = 16;

}  // namespace

std::string toLower(std::string_view text)
{
    std::string lower(text);
    std::ranges::transform(lower, lower.begin(), [](char c) { return toLower(c); });
    return lower;
}

std::string_view trim(std::string_view text)
{
    constexpr std::string_view kBlank = " \t";
    const std::size_t begin = text.find_first_not_of(kBlank);
    if (begin == std::string_view::npos)
        return {};
    return text.substr(begin, text.find_last_not_of(kBlank) - begin + 1);
}

std::optional<std::uint64_t> parseUnsigned(std::string_view text)
{
    return parseNumber<10>(text);
}

std::optional<std::uint64_t> parseHex(std::string_view text)
{
    return text.size() <= kMostHexDigits ? parseNumber<16>(text) : std::nullopt;
}

}  // namespace maxiofs::text
