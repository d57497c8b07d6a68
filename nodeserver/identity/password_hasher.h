// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/mutex.h"
#include "base/result.h"
#include "crypto/scrypt.h"

namespace maxiofs::identity {

// Hashes and checks passwords, at most two at a time, so that logins cannot take all memory and cores. Any
// thread that may block for a second; Error::Busy when more than kMaxWaiting wait already.
class PasswordHasher {
public:
    static constexpr unsigned kMaxRunning = 2;
    static constexpr unsigned kMaxWaiting = 4;
    static constexpr std::size_t kMinLength = 8;
    static constexpr std::size_t kMaxLength = 1024;

    /// `cost` is lower in tests only.
    explicit PasswordHasher(crypto::ScryptCost cost = {}) : m_cost(cost) {}

    /// InvalidArgument for a password that is too short or too long.
    [[nodiscard]] static Status check(std::string_view password);
    [[nodiscard]] Result<std::string> hash(std::string_view password);
    /// An empty `hash` takes as long as a real one and is never right: so that a login does not tell which
    /// users exist.
    [[nodiscard]] Result<bool> verify(std::string_view password, std::string_view hash);

private:
    class Turn;

    const crypto::ScryptCost m_cost;
    base::Mutex m_mutex;
    std::condition_variable m_free;
    unsigned m_running GUARDED_BY(m_mutex) = 0;
    unsigned m_waiting GUARDED_BY(m_mutex) = 0;
    std::string m_nobody GUARDED_BY(m_mutex);  // a hash that no password has, made when first needed
};

}  // namespace maxiofs::identity
