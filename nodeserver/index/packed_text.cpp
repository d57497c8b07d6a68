// SPDX-License-Identifier: GPL-3.0-or-later
#include "index/packed_text.h"

#include <array>

namespace maxiofs::index {

namespace {

constexpr std::uint8_t kNoDigit = 0xff;

constexpr std::array<std::uint8_t, 256> makeDigitValues()
{
    std::array<std::uint8_t, 256> values{};
    values.fill(kNoDigit);
    for (std::uint8_t i = 0; i < 10; ++i)
        values[static_cast<std::size_t>('0' + i)] = i;
    for (std::uint8_t i = 0; i < 6; ++i)
        values[static_cast<std::size_t>('a' + i)] = static_cast<std::uint8_t>(10 + i);
    return values;
}

constexpr auto kDigitValues = makeDigitValues();
constexpr std::string_view kDigits = "0123456789abcdef";

std::uint8_t digitValue(char digit)
{
    return kDigitValues[static_cast<unsigned char>(digit)];
}

bool canBePacked(std::string_view text)
{
    if (text.empty() || text.size() % 2 != 0)
        return false;
    std::uint8_t seen = 0;
    for (const char digit : text)
        seen |= digitValue(digit);
    return seen <= 0xf;
}

}  // namespace

void writePackedText(ByteWriter &writer, std::string_view text)
{
    if (!canBePacked(text)) {
        writer.varint(static_cast<std::uint64_t>(text.size()) << 1);
        writer.raw(asBytes(text));
        return;
    }
    writer.varint(static_cast<std::uint64_t>(text.size() / 2) << 1 | 1);
    for (std::size_t i = 0; i < text.size(); i += 2)
        writer.fixed(static_cast<std::uint8_t>(digitValue(text[i]) << 4 | digitValue(text[i + 1])));
}

bool readPackedText(ByteReader &reader, std::string &text)
{
    const std::uint64_t head = reader.varint();
    const ByteView bytes = reader.raw(head >> 1);
    if (!reader.ok())
        return false;
    if ((head & 1) == 0) {
        text = asText(bytes);
        return !canBePacked(text);
    }
    text.resize(bytes.size() * 2);
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        const auto value = std::to_integer<std::uint8_t>(bytes[i]);
        text[2 * i] = kDigits[value >> 4];
        text[2 * i + 1] = kDigits[value & 0xf];
    }
    return !bytes.empty();
}

}  // namespace maxiofs::index
