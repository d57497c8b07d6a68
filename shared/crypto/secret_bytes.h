// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/bytes.h"

namespace maxiofs::crypto {

/// Overwrites memory in a way that the compiler does not leave out.
void wipe(std::span<std::byte> bytes);
void wipe(std::string &text);

// Bytes that are overwritten when they go: keys, passwords. Not copied by accident: clone() says so.
class SecretBytes {
public:
    SecretBytes() = default;
    explicit SecretBytes(std::size_t size) : m_bytes(size) {}
    explicit SecretBytes(ByteView from) : m_bytes(from.begin(), from.end()) {}
    ~SecretBytes() { wipe(m_bytes); }
    SecretBytes(SecretBytes &&other) noexcept : m_bytes(std::move(other.m_bytes)) { other.m_bytes.clear(); }
    SecretBytes &operator=(SecretBytes &&other) noexcept;
    SecretBytes(const SecretBytes &) = delete;
    SecretBytes &operator=(const SecretBytes &) = delete;

    /// `size` bytes from the system's random source.
    [[nodiscard]] static SecretBytes random(std::size_t size);

    [[nodiscard]] SecretBytes clone() const { return SecretBytes(view()); }
    [[nodiscard]] ByteView view() const { return m_bytes; }
    [[nodiscard]] std::span<std::byte> span() { return m_bytes; }
    [[nodiscard]] std::size_t size() const { return m_bytes.size(); }
    [[nodiscard]] bool empty() const { return m_bytes.empty(); }

private:
    Bytes m_bytes;
};

}  // namespace maxiofs::crypto
