// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/clock.h"
#include "base/mutex.h"
#include "base/result.h"

#include <map>
#include <string>

namespace maxiofs::identity {

// Counts wrong passwords by (user name, address): the fifth locks that pair for a minute, each further one
// for twice as long, up to an hour. In memory, at most kMaxEntries pairs. Any thread.
class LoginGuard {
public:
    static constexpr int kFreeAttempts = 5;
    static constexpr std::int64_t kFirstLockMs = 60'000;
    static constexpr std::int64_t kLongestLockMs = 3'600'000;
    static constexpr std::int64_t kForgetMs = 24 * 3'600'000;
    static constexpr std::size_t kMaxEntries = 10'000;

    explicit LoginGuard(const Clock &clock) : m_clock(clock) {}

    /// Error::Locked, saying for how long, while the pair is locked.
    [[nodiscard]] Status admit(std::string_view username, std::string_view address);
    void failed(std::string_view username, std::string_view address);
    void succeeded(std::string_view username, std::string_view address);

private:
    struct Entry {
        int wrong = 0;
        std::int64_t lockedUntilMs = 0;
        std::int64_t lastMs = 0;
    };
    void makeRoom() REQUIRES(m_mutex);

    const Clock &m_clock;
    base::Mutex m_mutex;
    std::map<std::pair<std::string, std::string>, Entry> m_entries GUARDED_BY(m_mutex);
};

}  // namespace maxiofs::identity
