// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/clock.h"
#include "base/mutex.h"
#include "cluster/rules/world.h"

#include <chrono>
#include <deque>
#include <map>
#include <thread>

namespace maxiofs::cluster {

/// Milliseconds of the steady clock, as every MachineThread tells the time.
[[nodiscard]] std::int64_t steadyNowMs();

// The world of machines, on one thread: what is posted, what timers and answers call back runs there, one
// after the other. post() and the waits may be used on any thread, the World's functions on its own alone.
class MachineThread final : public rules::World {
public:
    /// Turns what arrived into the answer; called on this thread, since reading a large answer takes time.
    using Read = std::move_only_function<Result<rules::Answer>()>;
    using Arrived = std::move_only_function<void(Read read)>;
    /// Sends a request and calls `arrived` once, on any thread, or never after the end.
    using Ask = std::function<void(const rules::Peer &peer, rules::Request request, std::int64_t limitMs,
                                   Arrived arrived)>;

    MachineThread(std::string name, const Clock &clock, Ask ask);
    ~MachineThread() override;  // stops

    /// What was posted before runs then.
    void start();
    /// Ends after what is running; what waits is dropped without being called, later posts too.
    void stop();

    void post(std::move_only_function<void()> job);
    /// Runs on this thread what starts something and waits until its `done` is called: Stopping when it is
    /// dropped instead. Never on this thread itself.
    template <typename T>
    [[nodiscard]] Result<T>
    await(std::move_only_function<void(std::move_only_function<void(Result<T>)>)> start);
    /// Runs on this thread and waits: false when it was dropped.
    bool runAndWait(std::move_only_function<void()> job);

    [[nodiscard]] std::int64_t wallMs() const override { return m_clock.unixMs(); }
    [[nodiscard]] std::int64_t steadyMs() const override;
    [[nodiscard]] std::int64_t steadyMicros() const override;
    [[nodiscard]] Id128 randomId() override { return Id128::random(); }
    void ask(const rules::Peer &peer, rules::Request request, std::int64_t limitMs,
             Answered answered) override;
    rules::TimerId after(std::int64_t delayMs, std::move_only_function<void()> call) override;
    void cancel(rules::TimerId timer) override;

private:
    using Job = std::move_only_function<void()>;
    using Due = std::pair<std::int64_t, rules::TimerId>;  // when, which

    // What is posted outlives the thread's object where an answer comes late.
    struct Queue {
        base::Mutex mutex;
        std::condition_variable wake;
        std::deque<Job> jobs GUARDED_BY(mutex);
        bool stopping GUARDED_BY(mutex) = false;

        void post(Job job);
    };

    void run();
    [[nodiscard]] std::deque<Job> nextJobs();
    void runTimers();

    const std::string m_name;
    const Clock &m_clock;
    const Ask m_ask;
    const std::shared_ptr<Queue> m_queue = std::make_shared<Queue>();
    std::map<Due, Job> m_timers;  // of the thread alone
    std::map<rules::TimerId, std::int64_t> m_dueOf;
    rules::TimerId m_lastTimer = 0;
    std::thread m_thread;  // last: starts when all else is ready
};

/// Calls `call` with Stopping where the function that it makes is destroyed before it was called: who waits
/// for an answer then always gets one.
template <typename T>
[[nodiscard]] std::move_only_function<void(Result<T>)>
orStopping(std::move_only_function<void(Result<T>)> call)
{
    class Sure {
    public:
        explicit Sure(std::move_only_function<void(Result<T>)> given) : m_call(std::move(given)) {}
        Sure(Sure &&other) noexcept : m_call(std::exchange(other.m_call, nullptr)) {}
        Sure &operator=(Sure &&) = delete;
        Sure(const Sure &) = delete;
        Sure &operator=(const Sure &) = delete;
        ~Sure()
        {
            if (m_call)
                m_call(failure(Error::Stopping, "The node is stopping."));
        }
        void operator()(Result<T> value) { std::exchange(m_call, nullptr)(std::move(value)); }

    private:
        std::move_only_function<void(Result<T>)> m_call;
    };
    return Sure(std::move(call));
}

// A value that another thread gives once; Stopping when the giver goes without giving it.
template <typename T>
class Awaited {
public:
    [[nodiscard]] std::move_only_function<void(Result<T>)> giver()
    {
        return orStopping<T>([state = m_state](Result<T> value) { state->give(std::move(value)); });
    }
    [[nodiscard]] Result<T> wait()
    {
        base::MutexLock lock(m_state->mutex);
        while (!m_state->value)
            lock.wait(m_state->wake);
        return std::move(*m_state->value);
    }

private:
    struct State {
        base::Mutex mutex;
        std::condition_variable wake;
        std::optional<Result<T>> value GUARDED_BY(mutex);

        void give(Result<T> given)
        {
            const base::MutexLock lock(mutex);
            value.emplace(std::move(given));
            wake.notify_all();
        }
    };

    const std::shared_ptr<State> m_state = std::make_shared<State>();
};

template <typename T>
Result<T> MachineThread::await(std::move_only_function<void(std::move_only_function<void(Result<T>)>)> start)
{
    Awaited<T> awaited;
    post([start = std::move(start), done = awaited.giver()]() mutable { start(std::move(done)); });
    return awaited.wait();
}

}  // namespace maxiofs::cluster
