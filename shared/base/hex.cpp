// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/hex.h"

#include <array>

namespace maxiofs {

namespace {

constexpr std::string_view kHexDigits = "0123456789abcdef";
constexpr std::string_view kBase64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view kBase64Url = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr std::int8_t kInvalid = -1;

constexpr std::array<std::int8_t, 256> reversed(std::string_view alphabet)
{
    std::array<std::int8_t, 256> table{};
    table.fill(kInvalid);
    for (std::size_t i = 0; i < alphabet.size(); ++i)
        table[static_cast<unsigned char>(alphabet[i])] = static_cast<std::int8_t>(i);
    return table;
}

int hexValue(char digit)
{
    if (digit >= '0' && digit <= '9')
        return digit - '0';
    if (digit >= 'a' && digit <= 'f')
        return digit - 'a' + 10;
    if (digit >= 'A' && digit <= 'F')
        return digit - 'A' + 10;
    return kInvalid;
}

std::string encode64(ByteView bytes, std::string_view alphabet, bool padded)
{
    std::string text;
    text.reserve((bytes.size() + 2) / 3 * 4);
    for (std::size_t i = 0; i < bytes.size(); i += 3) {
        const std::size_t count = std::min<std::size_t>(3, bytes.size() - i);
        std::uint32_t group = 0;
        for (std::size_t k = 0; k < 3; ++k)
            group = group << 8 | (k < count ? static_cast<std::uint32_t>(bytes[i + k]) : 0);
        for (std::size_t k = 0; k <= count; ++k)
            text.push_back(alphabet[group >> (18 - 6 * k) & 0x3f]);
        if (padded)
            text.append(3 - count, '=');
    }
    return text;
}

std::optional<Bytes> decode64(std::string_view text, const std::array<std::int8_t, 256> &table)
{
    if (text.size() % 4 == 1)
        return std::nullopt;
    Bytes bytes;
    bytes.reserve(text.size() / 4 * 3 + 2);
    std::uint32_t group = 0;
    unsigned bits = 0;
    for (const char digit : text) {
        const std::int8_t value = table[static_cast<unsigned char>(digit)];
        if (value == kInvalid)
            return std::nullopt;
        group = (group << 6 | static_cast<std::uint32_t>(value)) & 0xffffff;
        bits += 6;
        if (bits >= 8) {
            bits -= 8;
            bytes.push_back(static_cast<std::byte>(group >> bits & 0xff));
        }
    }
    if ((group & ((1U << bits) - 1)) != 0)
        return std::nullopt;
    return bytes;
}

}  // namespace

std::string toHex(ByteView bytes)
{
    std::string text(bytes.size() * 2, '0');
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        text[2 * i] = kHexDigits[static_cast<unsigned>(bytes[i]) >> 4];
        text[2 * i + 1] = kHexDigits[static_cast<unsigned>(bytes[i]) & 0xf];
    }
    return text;
}

std::optional<Bytes> fromHex(std::string_view text)
{
    if (text.size() % 2 != 0)
        return std::nullopt;
    Bytes bytes;
    bytes.reserve(text.size() / 2);
    for (std::size_t i = 0; i < text.size(); i += 2) {
        const int high = hexValue(text[i]);
        const int low = hexValue(text[i + 1]);
        if (high == kInvalid || low == kInvalid)
            return std::nullopt;
        bytes.push_back(static_cast<std::byte>(high << 4 | low));
    }
    return bytes;
}

std::string toBase64(ByteView bytes)
{
    return encode64(bytes, kBase64, true);
}

std::optional<Bytes> fromBase64(std::string_view text)
{
    static constexpr auto kTable = reversed(kBase64);
    if (text.size() % 4 != 0)
        return std::nullopt;
    for (int padding = 0; padding < 2 && text.ends_with('='); ++padding)
        text.remove_suffix(1);
    return decode64(text, kTable);
}

std::string toBase64Url(ByteView bytes)
{
    return encode64(bytes, kBase64Url, false);
}

std::optional<Bytes> fromBase64Url(std::string_view text)
{
    static constexpr auto kTable = reversed(kBase64Url);
    return decode64(text, kTable);
}

}  // namespace maxiofs
