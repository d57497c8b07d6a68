// SPDX-License-Identifier: GPL-3.0-or-later
#include "identity/login_guard.h"

#include <algorithm>

namespace maxiofs::identity {

namespace {

constexpr std::int64_t kMsPerSecond = 1000;
constexpr int kMostDoublings = 16;

}  // namespace

Status LoginGuard::admit(std::string_view username, std::string_view address)
{
    const std::int64_t now = m_clock.unixMs();
    const base::MutexLock lock(m_mutex);
    const auto found = m_entries.find({std::string(username), std::string(address)});
    if (found == m_entries.end() || found->second.lockedUntilMs <= now)
        return {};
    const std::int64_t seconds = (found->second.lockedUntilMs - now + kMsPerSecond - 1) / kMsPerSecond;
    return failure(Error::Locked,
                   "Too many wrong passwords for this user from this address: try again in " +
                       std::to_string(seconds) + " s.",
                   std::string(username));
}

void LoginGuard::failed(std::string_view username, std::string_view address)
{
    const std::int64_t now = m_clock.unixMs();
    const base::MutexLock lock(m_mutex);
    makeRoom();
    Entry &entry = m_entries[{std::string(username), std::string(address)}];
    if (now - entry.lastMs > kForgetMs)
        entry.wrong = 0;
    entry.lastMs = now;
    ++entry.wrong;
    if (entry.wrong >= kFreeAttempts) {
        const int doublings = std::min(entry.wrong - kFreeAttempts, kMostDoublings);
        entry.lockedUntilMs = now + std::min(kFirstLockMs << doublings, kLongestLockMs);
    }
}

void LoginGuard::succeeded(std::string_view username, std::string_view address)
{
    const base::MutexLock lock(m_mutex);
    m_entries.erase({std::string(username), std::string(address)});
}

void LoginGuard::makeRoom()
{
    if (m_entries.size() < kMaxEntries)
        return;
    const std::int64_t now = m_clock.unixMs();
    std::erase_if(m_entries, [&](const auto &item) { return now - item.second.lastMs > kForgetMs; });
    if (m_entries.size() >= kMaxEntries) {
        const auto oldest =
            std::ranges::min_element(m_entries, {}, [](const auto &item) { return item.second.lastMs; });
        m_entries.erase(oldest);
    }
}

}  // namespace maxiofs::identity
