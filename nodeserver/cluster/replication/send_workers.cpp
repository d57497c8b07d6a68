// SPDX-License-Identifier: GPL-3.0-or-later
#include "cluster/replication/send_workers.h"

namespace maxiofs::cluster::replication {

void SendWorkers::setCount(std::size_t count)
{
    {
        const base::MutexLock lock(m_state->mutex);
        m_state->count = count;
    }
    m_state->startNext();
}

void SendWorkers::submit(std::int64_t priority, Job job)
{
    {
        const base::MutexLock lock(m_state->mutex);
        if (m_state->stopped)
            return;
        m_state->waiting.emplace(priority, std::move(job));
    }
    m_state->startNext();
}

void SendWorkers::stop()
{
    std::multimap<std::int64_t, Job, std::greater<>> dropped;
    const base::MutexLock lock(m_state->mutex);
    m_state->stopped = true;
    dropped.swap(m_state->waiting);
}

void SendWorkers::State::startNext()
{
    while (true) {
        Job job;
        {
            const base::MutexLock lock(mutex);
            if (stopped || waiting.empty() || busy >= count)
                return;
            ++busy;
            job = std::move(waiting.begin()->second);
            waiting.erase(waiting.begin());
        }
        Lease lease(nullptr, [self = shared_from_this()](void *) { self->release(); });
        pool.submit([job = std::move(job), lease = std::move(lease)]() mutable { job(std::move(lease)); });
    }
}

void SendWorkers::State::release()
{
    {
        const base::MutexLock lock(mutex);
        --busy;
    }
    startNext();
}

}  // namespace maxiofs::cluster::replication
