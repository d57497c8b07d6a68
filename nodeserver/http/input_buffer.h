// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/bytes.h"

#include <memory>
#include <span>
#include <string_view>

namespace maxiofs::http {

// What has arrived on a connection and was not used yet. Grows from kInitial to `limit` bytes, never beyond,
// and shrinks again while the connection is idle. Used on the connection's thread alone.
class InputBuffer {
public:
    static constexpr std::size_t kInitial = 8 * 1024;  // a head and a small body in one read

    explicit InputBuffer(std::size_t limit);

    [[nodiscard]] bool isEmpty() const { return m_begin == m_end; }
    [[nodiscard]] ByteView bytes() const { return {m_bytes.get() + m_begin, m_end - m_begin}; }
    [[nodiscard]] std::string_view text() const { return asText(bytes()); }
    void consume(std::size_t size);

    /// Where the next bytes go: empty only when `limit` bytes are held. commit() says how many came.
    [[nodiscard]] std::span<std::byte> space();
    void commit(std::size_t size) { m_end += size; }
    /// Gives back what an unusually large head took; only when empty.
    void shrink();

private:
    void moveTo(std::size_t capacity);

    const std::size_t m_limit;
    std::size_t m_capacity;
    std::size_t m_begin = 0;
    std::size_t m_end = 0;
    std::unique_ptr<std::byte[]> m_bytes;
};

}  // namespace maxiofs::http
