// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "os/file_system.h"

#include <atomic>
#include <cstdint>
#include <string>

namespace maxiofs::store {

// Keeps a reserve free on the volume, so that deletes, flushes and compaction always have room: new data is
// refused while less than the reserve is available, and accepted again by itself. Any thread.
class SpaceGuard {
public:
    /// `reserveBytes` 0: the smaller of 1 GiB and 5 % of the volume.
    SpaceGuard(os::FileSystem &fileSystem, std::string directory, std::uint64_t reserveBytes);

    /// Asks the volume, at most every kInterval unless `now`.
    void refresh(bool now = false);
    [[nodiscard]] bool isFull() const { return m_full.load(std::memory_order_relaxed); }
    /// Error::StorageFull with figures while the reserve is reached.
    [[nodiscard]] Status check() const;
    [[nodiscard]] std::uint64_t total() const { return m_total.load(std::memory_order_relaxed); }
    [[nodiscard]] std::uint64_t available() const { return m_available.load(std::memory_order_relaxed); }
    [[nodiscard]] std::uint64_t reserve() const { return m_reserve.load(std::memory_order_relaxed); }

private:
    os::FileSystem &m_fileSystem;
    const std::string m_directory;
    const std::uint64_t m_configuredReserve;
    std::atomic<std::uint64_t> m_total{0};
    std::atomic<std::uint64_t> m_available{0};
    std::atomic<std::uint64_t> m_reserve{0};
    std::atomic<std::int64_t> m_askedAtMs{0};
    std::atomic<bool> m_full{false};
};

}  // namespace maxiofs::store
