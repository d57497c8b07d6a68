// SPDX-License-Identifier: GPL-3.0-or-later
#include "net/blocking_pool.h"

#include "net/thread_name.h"

#include <algorithm>

namespace maxiofs::net {

BlockingPool::BlockingPool(unsigned threads, const std::string &name)
{
    for (unsigned i = 0; i < std::max(1U, threads); ++i)
        m_threads.emplace_back([this, threadName = name + "-" + std::to_string(i)] {
            nameThisThread(threadName);
            work();
        });
}

BlockingPool::~BlockingPool()
{
    stop();
}

void BlockingPool::submit(std::move_only_function<void()> job)
{
    {
        const base::MutexLock lock(m_mutex);
        if (!m_stopping) {
            m_jobs.push_back(std::move(job));
            job = nullptr;
        }
    }
    if (job)
        job();
    else
        m_wake.notify_one();
}

void BlockingPool::stop()
{
    {
        const base::MutexLock lock(m_mutex);
        m_stopping = true;
    }
    m_wake.notify_all();
    for (std::thread &thread : m_threads)
        if (thread.joinable())
            thread.join();
}

std::size_t BlockingPool::waiting()
{
    const base::MutexLock lock(m_mutex);
    return m_jobs.size();
}

void BlockingPool::work()
{
    base::MutexLock lock(m_mutex);
    for (;;) {
        while (m_jobs.empty() && !m_stopping)
            lock.wait(m_wake);
        if (m_jobs.empty())
            return;
        std::move_only_function<void()> job = std::move(m_jobs.front());
        m_jobs.pop_front();
        lock.unlock();
        job();
        job = nullptr;  // what it captured goes without the lock
        lock.lock();
    }
}

}  // namespace maxiofs::net
