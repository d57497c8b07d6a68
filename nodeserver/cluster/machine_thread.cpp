// SPDX-License-Identifier: GPL-3.0-or-later
#include "cluster/machine_thread.h"

#include "net/thread_name.h"

namespace maxiofs::cluster {

namespace {

constexpr std::int64_t kLongestWaitMs = 60'000;

template <typename Unit>
std::int64_t steadyNow()
{
    return std::chrono::duration_cast<Unit>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

}  // namespace

std::int64_t steadyNowMs()
{
    return steadyNow<std::chrono::milliseconds>();
}

void MachineThread::Queue::post(Job job)
{
    {
        const base::MutexLock lock(mutex);
        if (stopping)
            return;
        jobs.push_back(std::move(job));
    }
    wake.notify_one();
}

MachineThread::MachineThread(std::string name, const Clock &clock, Ask ask)
    : m_name(std::move(name)),
      m_clock(clock),
      m_ask(std::move(ask))
{
}

MachineThread::~MachineThread()
{
    stop();
}

void MachineThread::start()
{
    m_thread = std::thread([this] { run(); });
}

void MachineThread::stop()
{
    std::deque<Job> dropped;
    {
        const base::MutexLock lock(m_queue->mutex);
        m_queue->stopping = true;
        dropped.swap(m_queue->jobs);
    }
    m_queue->wake.notify_one();
    if (m_thread.joinable())
        m_thread.join();
    m_timers.clear();
    m_dueOf.clear();
}

void MachineThread::post(std::move_only_function<void()> job)
{
    m_queue->post(std::move(job));
}

bool MachineThread::runAndWait(std::move_only_function<void()> job)
{
    return await<bool>([job = std::move(job)](auto done) mutable {
               job();
               done(true);
           })
        .has_value();
}

std::int64_t MachineThread::steadyMs() const
{
    return steadyNow<std::chrono::milliseconds>();
}

std::int64_t MachineThread::steadyMicros() const
{
    return steadyNow<std::chrono::microseconds>();
}

void MachineThread::ask(const rules::Peer &peer, rules::Request request, std::int64_t limitMs,
                        Answered answered)
{
    m_ask(peer, std::move(request), limitMs,
          [queue = m_queue, answered = std::move(answered)](Read read) mutable {
              queue->post(
                  [answered = std::move(answered), read = std::move(read)]() mutable { answered(read()); });
          });
}

rules::TimerId MachineThread::after(std::int64_t delayMs, std::move_only_function<void()> call)
{
    const rules::TimerId timer = ++m_lastTimer;
    const std::int64_t due = steadyMs() + std::max<std::int64_t>(delayMs, 0);
    m_timers.emplace(Due(due, timer), std::move(call));
    m_dueOf.emplace(timer, due);
    return timer;
}

void MachineThread::cancel(rules::TimerId timer)
{
    const auto found = m_dueOf.find(timer);
    if (found == m_dueOf.end())
        return;
    m_timers.erase(Due(found->second, timer));
    m_dueOf.erase(found);
}

void MachineThread::run()
{
    net::nameThisThread(m_name);
    while (true) {
        std::deque<Job> jobs = nextJobs();
        if (jobs.empty()) {
            const base::MutexLock lock(m_queue->mutex);
            if (m_queue->stopping)
                return;
        }
        for (Job &job : jobs)
            job();
        runTimers();
    }
}

// What waits, or nothing when a timer is due or the end has come.
std::deque<MachineThread::Job> MachineThread::nextJobs()
{
    base::MutexLock lock(m_queue->mutex);
    while (m_queue->jobs.empty() && !m_queue->stopping) {
        const std::int64_t waitMs =
            m_timers.empty() ? kLongestWaitMs : m_timers.begin()->first.first - steadyMs();
        if (waitMs <= 0)
            break;
        lock.waitFor(m_queue->wake, std::chrono::milliseconds(waitMs));
    }
    std::deque<Job> jobs;
    if (!m_queue->stopping)
        jobs.swap(m_queue->jobs);
    return jobs;
}

void MachineThread::runTimers()
{
    const std::int64_t now = steadyMs();
    while (!m_timers.empty() && m_timers.begin()->first.first <= now) {
        auto due = m_timers.extract(m_timers.begin());
        m_dueOf.erase(due.key().second);
        due.mapped()();
    }
}

}  // namespace maxiofs::cluster
