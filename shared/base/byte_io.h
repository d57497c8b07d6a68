// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/bytes.h"

#include <array>
#include <bit>
#include <concepts>
#include <cstring>

namespace maxiofs {

static_assert(std::endian::native == std::endian::little, "formats are written in little-endian order");

// Appends fixed-width little-endian integers, base-128 integers and length-prefixed strings.
class ByteWriter {
public:
    explicit ByteWriter(Bytes &to) : m_to(to) {}

    template <std::unsigned_integral T>
    void fixed(T value)
    {
        const auto raw = std::bit_cast<std::array<std::byte, sizeof(T)>>(value);
        m_to.insert(m_to.end(), raw.begin(), raw.end());
    }
    void varint(std::uint64_t value)
    {
        while (value >= 0x80) {
            m_to.push_back(static_cast<std::byte>(value | 0x80));
            value >>= 7;
        }
        m_to.push_back(static_cast<std::byte>(value));
    }
    void raw(ByteView bytes) { append(m_to, bytes); }
    void sized(ByteView bytes)
    {
        varint(bytes.size());
        raw(bytes);
    }
    void sized(std::string_view text) { sized(asBytes(text)); }

private:
    Bytes &m_to;
};

// Reads what ByteWriter wrote. Never reads past the end: after the first shortage every read gives a zero or
// empty value and ok() is false, so a decoder may check once, at its end.
class ByteReader {
public:
    explicit ByteReader(ByteView from) : m_left(from) {}

    template <std::unsigned_integral T>
    T fixed()
    {
        T value = 0;
        const ByteView bytes = raw(sizeof(T));
        if (bytes.size() == sizeof(T))
            std::memcpy(&value, bytes.data(), sizeof(T));
        return value;
    }
    std::uint64_t varint()
    {
        std::uint64_t value = 0;
        for (unsigned shift = 0; shift < 64; shift += 7) {
            const auto byte = fixed<std::uint8_t>();
            if (!m_ok)
                return 0;
            value |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
            if ((byte & 0x80) == 0)
                return value;
        }
        m_ok = false;
        return 0;
    }
    ByteView raw(std::uint64_t size)
    {
        if (!m_ok || size > m_left.size()) {
            m_ok = false;
            return {};
        }
        const ByteView bytes = m_left.first(static_cast<std::size_t>(size));
        m_left = m_left.subspan(static_cast<std::size_t>(size));
        return bytes;
    }
    ByteView sized() { return raw(varint()); }
    std::string sizedText() { return toText(sized()); }

    [[nodiscard]] ByteView rest() const { return m_left; }
    [[nodiscard]] bool ok() const { return m_ok; }
    /// True when everything was read and nothing was missing.
    [[nodiscard]] bool finished() const { return m_ok && m_left.empty(); }

private:
    ByteView m_left;
    bool m_ok = true;
};

}  // namespace maxiofs
