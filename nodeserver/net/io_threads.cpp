// SPDX-License-Identifier: GPL-3.0-or-later
#include "net/io_threads.h"

#include "base/log_line.h"
#include "net/thread_name.h"

#include <boost/asio/post.hpp>

#include <algorithm>
#include <future>

namespace maxiofs::net {

IoThread::IoThread(std::string name, unsigned index, std::chrono::milliseconds sweepInterval)
    : m_name(std::move(name)),
      m_index(index),
      m_sweepInterval(sweepInterval)
{
}

IoThread::~IoThread()
{
    stop();
}

void IoThread::start()
{
    m_lastSweep = std::chrono::steady_clock::now();
    m_context.restart();
    boost::asio::post(m_context, [this] { scheduleSweep(); });
    m_thread = std::thread([this] { run(); });
}

void IoThread::stop()
{
    m_context.stop();
    if (m_thread.joinable())
        m_thread.join();
}

void IoThread::runAndWait(const std::function<void()> &function)
{
    // Shared, so that the waiter cannot destroy it while the other thread still leaves set_value().
    const auto done = std::make_shared<std::promise<void>>();
    boost::asio::post(m_context, [&function, done] {
        function();
        done->set_value();
    });
    done->get_future().wait();
}

void IoThread::run()
{
    nameThisThread(m_name);
    blockBrokenPipeSignal();
    for (;;) {
        try {
            m_context.run();
            return;
        } catch (const std::exception &error) {
            // A bug in one handler must not end the connections of this thread.
            base::errorLine("a handler of an I/O thread threw")
                .with("thread", m_name)
                .with("what", error.what());
        }
    }
}

void IoThread::scheduleSweep()
{
    m_sweepTimer.expires_after(m_sweepInterval);
    m_sweepTimer.async_wait([this](boost::system::error_code error) {
        if (error)
            return;
        const auto now = std::chrono::steady_clock::now();
        // After a pause of the whole process (a suspended machine) peers are not late because we slept.
        const auto elapsed = std::min(
            std::chrono::duration_cast<std::chrono::milliseconds>(now - m_lastSweep), 2 * m_sweepInterval);
        m_lastSweep = now;
        m_deadlines.sweep(elapsed);
        scheduleSweep();
    });
}

IoThreads::IoThreads(unsigned count, const std::string &name, std::chrono::milliseconds sweepInterval)
{
    if (count == 0)
        count = std::max(1U, std::thread::hardware_concurrency());
    for (unsigned i = 0; i < count; ++i)
        m_threads.push_back(std::make_unique<IoThread>(name + "-" + std::to_string(i), i, sweepInterval));
}

IoThreads::~IoThreads()
{
    stop();
}

void IoThreads::start()
{
    if (m_running)
        return;
    for (const auto &thread : m_threads)
        thread->start();
    m_running = true;
}

void IoThreads::stop()
{
    for (const auto &thread : m_threads)
        thread->stop();
    m_running = false;
}

IoThread &IoThreads::next()
{
    return *m_threads[m_turn.fetch_add(1, std::memory_order_relaxed) % m_threads.size()];
}

IoThread *IoThreads::current()
{
    for (const auto &thread : m_threads)
        if (thread->isCurrent())
            return thread.get();
    return nullptr;
}

void IoThreads::onEach(const std::function<void(IoThread &)> &visit)
{
    for (const auto &thread : m_threads) {
        if (m_running)
            thread->runAndWait([&] { visit(*thread); });
        else
            visit(*thread);
    }
}

}  // namespace maxiofs::net
