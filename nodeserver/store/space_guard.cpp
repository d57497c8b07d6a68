// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/space_guard.h"

#include <algorithm>
#include <chrono>

namespace maxiofs::store {

namespace {

constexpr std::int64_t kIntervalMs = 100;
constexpr std::uint64_t kLargestReserve = 1ULL << 30;
constexpr std::uint64_t kReserveFraction = 20;  // 5 % of the volume

std::int64_t monotonicMs()
{
    using namespace std::chrono;
    return duration_cast<milliseconds>(steady_clock::now().time_since_epoch()).count();
}

}  // namespace

SpaceGuard::SpaceGuard(os::FileSystem &fileSystem, std::string directory, std::uint64_t reserveBytes)
    : m_fileSystem(fileSystem),
      m_directory(std::move(directory)),
      m_configuredReserve(reserveBytes)
{
    refresh(true);
}

void SpaceGuard::refresh(bool now)
{
    const std::int64_t time = monotonicMs();
    if (!now && time - m_askedAtMs.load(std::memory_order_relaxed) < kIntervalMs)
        return;
    m_askedAtMs.store(time, std::memory_order_relaxed);
    const auto space = m_fileSystem.space(m_directory);
    if (!space)
        return;  // the next write tells
    const std::uint64_t reserve = m_configuredReserve != 0
                                      ? m_configuredReserve
                                      : std::min(kLargestReserve, space->total / kReserveFraction);
    m_total.store(space->total, std::memory_order_relaxed);
    m_available.store(space->available, std::memory_order_relaxed);
    m_reserve.store(reserve, std::memory_order_relaxed);
    m_full.store(space->available < reserve, std::memory_order_relaxed);
}

Status SpaceGuard::check() const
{
    if (!isFull())
        return {};
    constexpr std::uint64_t kMiB = 1 << 20;
    return failure(Error::StorageFull, "The volume of " + m_directory + " has " +
                                           std::to_string(available() / kMiB) + " MiB left, " +
                                           std::to_string(reserve() / kMiB) +
                                           " MiB are kept in reserve: delete objects or add space.");
}

}  // namespace maxiofs::store
