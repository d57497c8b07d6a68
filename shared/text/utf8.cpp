// SPDX-License-Identifier: GPL-3.0-or-later
#include "text/utf8.h"

#include <cstdint>
#include <cstring>

namespace maxiofs::text {

bool isValidUtf8(std::string_view text)
{
    const auto at = [text](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const auto continues = [&](std::size_t i) { return (at(i) & 0xc0) == 0x80; };
    constexpr std::uint64_t kHighBits = 0x8080808080808080ULL;

    std::size_t i = 0;
    while (i < text.size()) {
        const unsigned char lead = at(i);
        const std::size_t left = text.size() - i;
        if (lead < 0x80) {
            std::uint64_t word = 0;
            if (left >= sizeof word) {
                std::memcpy(&word, text.data() + i, sizeof word);
                if ((word & kHighBits) == 0) {
                    i += sizeof word;
                    continue;
                }
            }
            ++i;
        } else if (lead >= 0xc2 && lead <= 0xdf) {
            if (left < 2 || !continues(i + 1))
                return false;
            i += 2;
        } else if ((lead & 0xf0) == 0xe0) {
            if (left < 3 || !continues(i + 1) || !continues(i + 2))
                return false;
            const unsigned char second = at(i + 1);
            if ((lead == 0xe0 && second < 0xa0) || (lead == 0xed && second > 0x9f))
                return false;
            i += 3;
        } else if (lead >= 0xf0 && lead <= 0xf4) {
            if (left < 4 || !continues(i + 1) || !continues(i + 2) || !continues(i + 3))
                return false;
            const unsigned char second = at(i + 1);
            if ((lead == 0xf0 && second < 0x90) || (lead == 0xf4 && second > 0x8f))
                return false;
            i += 4;
        } else {
            return false;
        }
    }
    return true;
}

}  // namespace maxiofs::text
