// SPDX-License-Identifier: GPL-3.0-or-later
#include "identity/password_hasher.h"

#include "crypto/random_token.h"

namespace maxiofs::identity {

// One of the kMaxRunning places; waits for it in the constructor, unless too many wait.
class PasswordHasher::Turn {
public:
    explicit Turn(PasswordHasher &hasher) : m_hasher(hasher)
    {
        base::MutexLock lock(hasher.m_mutex);
        if (hasher.m_running == kMaxRunning && hasher.m_waiting == kMaxWaiting)
            return;
        ++hasher.m_waiting;
        while (hasher.m_running == kMaxRunning)
            lock.wait(hasher.m_free);
        --hasher.m_waiting;
        ++hasher.m_running;
        m_mine = true;
    }
    ~Turn()
    {
        if (!m_mine)
            return;
        const base::MutexLock lock(m_hasher.m_mutex);
        --m_hasher.m_running;
        m_hasher.m_free.notify_one();
    }
    Turn(const Turn &) = delete;
    Turn &operator=(const Turn &) = delete;

    [[nodiscard]] Status status() const
    {
        if (!m_mine)
            return failure(Error::Busy, "Too many sign-ins at once: try again in a few seconds.");
        return {};
    }

private:
    PasswordHasher &m_hasher;
    bool m_mine = false;
};

Status PasswordHasher::check(std::string_view password)
{
    if (password.size() < kMinLength)
        return failure(Error::InvalidArgument, "A password has at least 8 characters.", "password");
    if (password.size() > kMaxLength)
        return failure(Error::InvalidArgument, "A password has at most 1024 bytes.", "password");
    return {};
}

Result<std::string> PasswordHasher::hash(std::string_view password)
{
    TRY_STATUS(check(password));
    const Turn turn(*this);
    TRY_STATUS(turn.status());
    return crypto::hashPassword(password, m_cost);
}

Result<bool> PasswordHasher::verify(std::string_view password, std::string_view hash)
{
    const Turn turn(*this);
    TRY_STATUS(turn.status());
    if (!hash.empty())
        return password.size() <= kMaxLength && crypto::verifyPassword(password, hash);
    std::string nobody;
    {
        const base::MutexLock lock(m_mutex);
        if (m_nobody.empty())
            m_nobody = crypto::hashPassword(crypto::randomToken(), m_cost);
        nobody = m_nobody;
    }
    [[maybe_unused]] const bool never = crypto::verifyPassword(password.substr(0, kMaxLength), nobody);
    return false;
}

}  // namespace maxiofs::identity
