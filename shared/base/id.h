// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/bytes.h"

#include <array>
#include <compare>
#include <functional>
#include <optional>

namespace maxiofs {

// 128 bits from the system's random source: buckets, large-object files, nodes. Written as 32 hex digits, or
// as a UUID (8-4-4-4-12) where the specification asks for one.
struct Id128 {
    std::array<std::byte, 16> bytes{};

    [[nodiscard]] static Id128 random();
    [[nodiscard]] static std::optional<Id128> fromHex(std::string_view text);
    [[nodiscard]] static std::optional<Id128> fromUuid(std::string_view text);
    /// All 16 bytes of `view`, or empty for another length.
    [[nodiscard]] static std::optional<Id128> fromBytes(ByteView view);

    [[nodiscard]] std::string hex() const;
    [[nodiscard]] std::string uuid() const;
    [[nodiscard]] bool isNull() const { return *this == Id128{}; }

    auto operator<=>(const Id128 &) const = default;
};

using BucketId = Id128;
using NodeId = Id128;

/// Fills `into` from the system's random source; ends the program if there is none.
void fillRandom(std::span<std::byte> into);

}  // namespace maxiofs

template <>
struct std::hash<maxiofs::Id128> {
    std::size_t operator()(const maxiofs::Id128 &id) const noexcept;
};
