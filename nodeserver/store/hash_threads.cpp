// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/hash_threads.h"

#include <pthread.h>

namespace maxiofs::store {

HashThreads::HashThreads(unsigned count)
{
    for (unsigned i = 0; i < count; ++i)
        m_threads.emplace_back([this] { run(); });
}

HashThreads::~HashThreads()
{
    {
        base::MutexLock lock(m_mutex);
        m_stopping = true;
    }
    m_wake.notify_all();
}

void HashThreads::run()
{
    ::pthread_setname_np(::pthread_self(), "hash");
    base::MutexLock lock(m_mutex);
    while (true) {
        while (m_ready.empty() && !m_stopping)
            lock.wait(m_wake);
        if (m_ready.empty())
            return;
        Chain *const chain = m_ready.front();
        m_ready.pop_front();
        const std::function<void()> task = std::move(chain->m_tasks.front());
        lock.unlock();
        task();
        lock.lock();
        chain->m_tasks.pop_front();
        if (!chain->m_tasks.empty())
            m_ready.push_back(chain);
        chain->m_finished.notify_one();  // under the lock: the chain may end as soon as it is free
    }
}

void HashThreads::Chain::add(std::function<void()> task)
{
    {
        base::MutexLock lock(m_threads.m_mutex);
        m_tasks.push_back(std::move(task));
        if (m_tasks.size() > 1)
            return;  // whoever runs the one before goes on with it
        m_threads.m_ready.push_back(this);
    }
    m_threads.m_wake.notify_one();
}

void HashThreads::Chain::wait(std::size_t unfinished)
{
    base::MutexLock lock(m_threads.m_mutex);
    while (m_tasks.size() > unfinished)
        lock.wait(m_finished);
}

}  // namespace maxiofs::store
