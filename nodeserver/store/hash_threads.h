// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/mutex.h"

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <semaphore>
#include <thread>
#include <vector>

namespace maxiofs::store {

// Threads that hash while others encrypt and write: MD5 is the slowest step of a large upload and would
// otherwise come on top of the rest. Any thread.
class HashThreads {
public:
    explicit HashThreads(unsigned count);
    ~HashThreads();

    // A task under way; its destructor waits for the end.
    class Task {
    public:
        Task(HashThreads &threads, std::function<void()> work);
        ~Task() { wait(); }
        Task(const Task &) = delete;
        Task &operator=(const Task &) = delete;
        void wait();

    private:
        friend class HashThreads;
        std::function<void()> m_work;
        std::binary_semaphore m_done{0};
        bool m_waited = false;
    };

private:
    void run();

    base::Mutex m_mutex;
    std::condition_variable m_wake;
    std::deque<Task *> m_tasks GUARDED_BY(m_mutex);
    bool m_stopping GUARDED_BY(m_mutex) = false;
    std::vector<std::jthread> m_threads;  // last: starts when all else is ready
};

}  // namespace maxiofs::store
