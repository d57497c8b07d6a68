// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/bytes.h"

#include <random>

namespace maxiofs::os {

// The bytes of one file of a MemoryFileSystem: as they are now, and as a power cut would leave them. What was
// written since the last sync is dirty. No locks of its own.
class MemoryContent {
public:
    using Random = std::mt19937_64;
    static constexpr std::uint64_t kSectorSize = 512;  // what a disk writes whole or not at all

    MemoryContent() = default;
    /// A file whose bytes are all durable.
    explicit MemoryContent(Bytes durable) : m_current(durable), m_durable(std::move(durable)) {}

    [[nodiscard]] const Bytes &current() const { return m_current; }
    void write(std::uint64_t offset, ByteView bytes);
    void truncate(std::uint64_t size);
    void sync();
    /// A sync that fails: any part of what is dirty reached the disk; the rest looks written but never will
    /// be, as with pages that the kernel drops.
    void failSync(Random &random);
    /// What is found after a power cut now: the durable bytes and any part of the dirty ones (none, all, the
    /// first ones with a torn end, scattered sectors, or the new size without its bytes).
    [[nodiscard]] Bytes survivors(Random &random) const;
    /// Damages a byte now and for good; false beyond the end.
    bool flip(std::uint64_t offset, std::byte mask);

private:
    struct Range {
        std::uint64_t offset;
        std::uint64_t length;
    };
    void copyTo(Bytes &to, std::uint64_t offset, std::uint64_t length) const;
    void copyOrderedPart(Bytes &to, Random &random) const;
    void copyScattered(Bytes &to, Random &random) const;

    Bytes m_current;
    Bytes m_durable;
    std::vector<Range> m_dirty;  // in the order of writing
};

}  // namespace maxiofs::os
