// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/mutex.h"

#include <condition_variable>
#include <deque>
#include <functional>
#include <thread>
#include <vector>

namespace maxiofs::store {

// Threads that hash while others encrypt and write: MD5 is the slowest step of a large upload and would
// otherwise come on top of the rest. Any thread.
class HashThreads {
public:
    explicit HashThreads(unsigned count);
    ~HashThreads();

    // Tasks that run one after the other in the order of add(), beside the thread that adds them. Two are
    // kept ready so that none waits for the adding thread to wake up. One thread at a time; the destructor
    // waits for all.
    class Chain {
    public:
        explicit Chain(HashThreads &threads) : m_threads(threads) {}
        ~Chain() { wait(0); }
        Chain(const Chain &) = delete;
        Chain &operator=(const Chain &) = delete;

        void add(std::function<void()> task);
        /// Returns when at most `unfinished` tasks are.
        void wait(std::size_t unfinished);

    private:
        friend class HashThreads;
        HashThreads &m_threads;
        std::deque<std::function<void()>> m_tasks;  // under the threads' mutex; the first may be running
        std::condition_variable m_finished;
    };

private:
    void run();

    base::Mutex m_mutex;
    std::condition_variable m_wake;
    std::deque<Chain *> m_ready GUARDED_BY(m_mutex);  // with tasks, of which none is running
    bool m_stopping GUARDED_BY(m_mutex) = false;
    std::vector<std::jthread> m_threads;  // last: starts when all else is ready
};

}  // namespace maxiofs::store
