// SPDX-License-Identifier: GPL-3.0-or-later
#include "http/server_shared.h"

namespace maxiofs::http {

void ServerShared::connectionBegins()
{
    const base::MutexLock lock(m_mutex);
    ++m_open;
}

void ServerShared::connectionEnds()
{
    const base::MutexLock lock(m_mutex);
    if (--m_open == 0)
        m_noneLeft.notify_all();
}

bool ServerShared::waitUntilNoneLeft(std::chrono::milliseconds patience)
{
    const auto until = std::chrono::steady_clock::now() + patience;
    base::MutexLock lock(m_mutex);
    while (m_open > 0) {
        const auto left =
            std::chrono::ceil<std::chrono::milliseconds>(until - std::chrono::steady_clock::now());
        if (left.count() <= 0)
            return false;
        lock.waitFor(m_noneLeft, left);
    }
    return true;
}

}  // namespace maxiofs::http
