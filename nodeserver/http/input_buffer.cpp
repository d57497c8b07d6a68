// SPDX-License-Identifier: GPL-3.0-or-later
#include "http/input_buffer.h"

#include <algorithm>
#include <cstring>

namespace maxiofs::http {

InputBuffer::InputBuffer(std::size_t limit)
    : m_limit(std::max(limit, kInitial)),
      m_capacity(kInitial),
      m_bytes(std::make_unique_for_overwrite<std::byte[]>(kInitial))
{
}

void InputBuffer::consume(std::size_t size)
{
    m_begin += size;
    if (m_begin == m_end)
        m_begin = m_end = 0;
}

std::span<std::byte> InputBuffer::space()
{
    if (m_end == m_capacity) {
        if (m_begin > 0)
            moveTo(m_capacity);
        else if (m_capacity < m_limit)
            moveTo(m_limit);
    }
    return {m_bytes.get() + m_end, m_capacity - m_end};
}

void InputBuffer::shrink()
{
    if (isEmpty() && m_capacity > kInitial)
        moveTo(kInitial);
}

void InputBuffer::moveTo(std::size_t capacity)
{
    const ByteView held = bytes();
    if (capacity == m_capacity) {
        std::memmove(m_bytes.get(), held.data(), held.size());
    } else {
        auto larger = std::make_unique_for_overwrite<std::byte[]>(capacity);
        std::memcpy(larger.get(), held.data(), held.size());
        m_bytes = std::move(larger);
        m_capacity = capacity;
    }
    m_begin = 0;
    m_end = held.size();
}

}  // namespace maxiofs::http
