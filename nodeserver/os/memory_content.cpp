// SPDX-License-Identifier: GPL-3.0-or-later
#include "os/memory_content.h"

#include <algorithm>

namespace maxiofs::os {

void MemoryContent::write(std::uint64_t offset, ByteView bytes)
{
    if (bytes.empty())
        return;
    if (m_current.size() < offset + bytes.size())
        m_current.resize(offset + bytes.size());
    std::ranges::copy(bytes, m_current.begin() + static_cast<std::ptrdiff_t>(offset));
    if (!m_dirty.empty() && m_dirty.back().offset + m_dirty.back().length == offset)
        m_dirty.back().length += bytes.size();
    else
        m_dirty.push_back({offset, bytes.size()});
}

void MemoryContent::truncate(std::uint64_t size)
{
    // Old bytes behind the new end must not come back when the file grows again.
    if (size < m_durable.size())
        m_dirty.push_back({size, m_durable.size() - size});
    m_current.resize(size);
}

void MemoryContent::sync()
{
    m_durable.resize(m_current.size());
    for (const Range &range : m_dirty)
        copyTo(m_durable, range.offset, range.length);
    m_dirty.clear();
}

void MemoryContent::failSync(Random &random)
{
    m_durable = survivors(random);
    m_dirty.clear();
}

Bytes MemoryContent::survivors(Random &random) const
{
    enum Outcome { Nothing, Everything, OrderedPart, Scattered, SizeAlone, kOutcomes };

    Bytes left = m_durable;
    if (m_dirty.empty() && m_current.size() == m_durable.size())
        return left;
    switch (static_cast<Outcome>(random() % kOutcomes)) {
    case Nothing: break;
    case Everything:
        left.resize(m_current.size());
        for (const Range &range : m_dirty)
            copyTo(left, range.offset, range.length);
        break;
    case OrderedPart: copyOrderedPart(left, random); break;
    case Scattered: copyScattered(left, random); break;
    case SizeAlone: left.resize(m_current.size()); break;
    case kOutcomes: break;
    }
    return left;
}

bool MemoryContent::flip(std::uint64_t offset, std::byte mask)
{
    if (offset >= m_current.size())
        return false;
    m_current[offset] ^= mask;
    if (offset < m_durable.size())
        m_durable[offset] ^= mask;
    return true;
}

// Copies what exists of the range; the file grows to hold it.
void MemoryContent::copyTo(Bytes &to, std::uint64_t offset, std::uint64_t length) const
{
    const std::uint64_t end = std::min<std::uint64_t>(offset + length, m_current.size());
    if (offset >= end)
        return;
    if (to.size() < end)
        to.resize(end);
    std::copy(m_current.begin() + static_cast<std::ptrdiff_t>(offset),
              m_current.begin() + static_cast<std::ptrdiff_t>(end),
              to.begin() + static_cast<std::ptrdiff_t>(offset));
}

// The first writes whole and one more up to a sector's border.
void MemoryContent::copyOrderedPart(Bytes &to, Random &random) const
{
    if (m_dirty.empty())
        return;
    const std::size_t whole = random() % m_dirty.size();
    for (std::size_t i = 0; i < whole; ++i)
        copyTo(to, m_dirty[i].offset, m_dirty[i].length);
    const Range &torn = m_dirty[whole];
    const std::uint64_t end = torn.offset + random() % (torn.length + 1);
    const std::uint64_t border = end / kSectorSize * kSectorSize;
    if (border > torn.offset)
        copyTo(to, torn.offset, border - torn.offset);
}

// Each sector for itself; those that were skipped read as what was there before, or zeros.
void MemoryContent::copyScattered(Bytes &to, Random &random) const
{
    const std::uint64_t ofEight = 1 + random() % 7;
    for (const Range &range : m_dirty) {
        const std::uint64_t end = range.offset + range.length;
        for (std::uint64_t at = range.offset; at < end;) {
            const std::uint64_t next = std::min(end, (at / kSectorSize + 1) * kSectorSize);
            if (random() % 8 < ofEight)
                copyTo(to, at, next - at);
            at = next;
        }
    }
    if (random() % 2 == 0)
        to.resize(m_current.size());
}

}  // namespace maxiofs::os
