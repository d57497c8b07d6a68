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
        while (m_tasks.empty() && !m_stopping)
            lock.wait(m_wake);
        if (m_tasks.empty())
            return;
        Task *const task = m_tasks.front();
        m_tasks.pop_front();
        lock.unlock();
        task->m_work();
        task->m_done.release();
        lock.lock();
    }
}

HashThreads::Task::Task(HashThreads &threads, std::function<void()> work) : m_work(std::move(work))
{
    {
        base::MutexLock lock(threads.m_mutex);
        threads.m_tasks.push_back(this);
    }
    threads.m_wake.notify_one();
}

void HashThreads::Task::wait()
{
    if (m_waited)
        return;
    m_done.acquire();
    m_waited = true;
}

}  // namespace maxiofs::store
