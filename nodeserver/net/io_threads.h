// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "net/awaitable.h"
#include "net/deadlines.h"

#include <boost/asio/steady_timer.hpp>

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace maxiofs::net {

// One thread that runs one io_context. What belongs to a connection is touched on its thread alone, so
// connections need no locks.
class IoThread {
public:
    IoThread(std::string name, unsigned index, std::chrono::milliseconds sweepInterval);
    ~IoThread();
    IoThread(const IoThread &) = delete;
    IoThread &operator=(const IoThread &) = delete;

    [[nodiscard]] Executor executor() { return m_context.get_executor(); }
    [[nodiscard]] boost::asio::io_context &context() { return m_context; }
    [[nodiscard]] Deadlines &deadlines() { return m_deadlines; }
    [[nodiscard]] unsigned index() const { return m_index; }
    [[nodiscard]] bool isCurrent() const { return m_thread.get_id() == std::this_thread::get_id(); }
    /// Runs `function` on this thread, which must be running and not the caller's, and waits for it.
    void runAndWait(const std::function<void()> &function);

private:
    friend class IoThreads;

    using Work = boost::asio::executor_work_guard<Executor>;
    using Timer =
        boost::asio::basic_waitable_timer<std::chrono::steady_clock,
                                          boost::asio::wait_traits<std::chrono::steady_clock>, Executor>;

    void start();
    void stop();
    void run();
    void scheduleSweep();

    const std::string m_name;
    const unsigned m_index;
    const std::chrono::milliseconds m_sweepInterval;
    Deadlines m_deadlines;  // outlives the coroutines that m_context destroys
    boost::asio::io_context m_context{1};
    Work m_work{m_context.get_executor()};
    Timer m_sweepTimer{m_context.get_executor()};
    std::chrono::steady_clock::time_point m_lastSweep;
    std::thread m_thread;
};

// The I/O threads of a program: one for each core unless told otherwise, named `<name>-0`, `<name>-1`, ...
// next() may be called on any thread; start() and stop() on the owner's, and on none of its own.
class IoThreads {
public:
    static constexpr std::chrono::milliseconds kSweepInterval{1000};

    /// `count` 0 means one for each core. Tests pass a short sweep interval.
    explicit IoThreads(unsigned count = 0, const std::string &name = "io",
                       std::chrono::milliseconds sweepInterval = kSweepInterval);
    ~IoThreads();  // stops

    void start();
    /// Ends the threads after the handlers that are running; coroutines that still wait are destroyed with
    /// this object. Stop servers and pools first.
    void stop();

    /// The threads in turn.
    [[nodiscard]] IoThread &next();
    /// The one that runs the caller; null on any other thread.
    [[nodiscard]] IoThread *current();
    /// Visits each thread on itself, one after the other, after what was posted to it before; on the calling
    /// thread when the threads do not run.
    void onEach(const std::function<void(IoThread &)> &visit);
    [[nodiscard]] bool isRunning() const { return m_running; }

    [[nodiscard]] IoThread &at(std::size_t index) { return *m_threads[index]; }
    [[nodiscard]] std::size_t size() const { return m_threads.size(); }

private:
    std::vector<std::unique_ptr<IoThread>> m_threads;
    std::atomic<unsigned> m_turn{0};
    std::atomic<bool> m_running{false};
};

}  // namespace maxiofs::net
