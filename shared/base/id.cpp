// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/id.h"

#include "base/hex.h"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <sys/random.h>

namespace maxiofs {

namespace {

constexpr std::array<std::size_t, 4> kUuidHyphens{8, 13, 18, 23};
constexpr std::size_t kUuidLength = 36;

}  // namespace

Id128 Id128::random()
{
    Id128 id;
    fillRandom(id.bytes);
    // Version and variant bits of a random UUID (RFC 9562 section 5.4).
    id.bytes[6] = (id.bytes[6] & std::byte{0x0f}) | std::byte{0x40};
    id.bytes[8] = (id.bytes[8] & std::byte{0x3f}) | std::byte{0x80};
    return id;
}

std::optional<Id128> Id128::fromBytes(ByteView view)
{
    Id128 id;
    if (view.size() != id.bytes.size())
        return std::nullopt;
    std::memcpy(id.bytes.data(), view.data(), view.size());
    return id;
}

std::optional<Id128> Id128::fromHex(std::string_view text)
{
    const auto bytes = maxiofs::fromHex(text);
    return bytes ? fromBytes(*bytes) : std::nullopt;
}

std::optional<Id128> Id128::fromUuid(std::string_view text)
{
    if (text.size() != kUuidLength)
        return std::nullopt;
    std::string digits(text);
    for (std::size_t i = kUuidHyphens.size(); i-- > 0;) {
        if (digits[kUuidHyphens[i]] != '-')
            return std::nullopt;
        digits.erase(kUuidHyphens[i], 1);
    }
    return fromHex(digits);
}

std::string Id128::hex() const
{
    return toHex(bytes);
}

std::string Id128::uuid() const
{
    std::string text = hex();
    for (const std::size_t at : kUuidHyphens)
        text.insert(at, 1, '-');
    return text;
}

void fillRandom(std::span<std::byte> into)
{
    while (!into.empty()) {
        const ssize_t got = ::getrandom(into.data(), into.size(), 0);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            std::abort();
        into = into.subspan(static_cast<std::size_t>(got));
    }
}

}  // namespace maxiofs

std::size_t std::hash<maxiofs::Id128>::operator()(const maxiofs::Id128 &id) const noexcept
{
    std::size_t value = 0;
    std::memcpy(&value, id.bytes.data(), sizeof value);
    return value;
}
