// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/mutex.h"
#include "net/completion.h"

#include <condition_variable>
#include <deque>
#include <exception>
#include <functional>
#include <optional>
#include <string>
#include <thread>
#include <type_traits>
#include <variant>
#include <vector>

namespace maxiofs::net {

// Threads for what may block: fsync, reads that miss the cache, hashing of large bodies. Jobs run in the
// order in which they came. Any thread may call run() and submit(). After stop() a job runs on its caller's
// thread: late work is slow, not lost.
class BlockingPool {
public:
    /// `threads` at least 1; the threads are named `<name>-0`, `<name>-1`, ...
    explicit BlockingPool(unsigned threads, const std::string &name = "blocking");
    ~BlockingPool();  // stops
    BlockingPool(const BlockingPool &) = delete;
    BlockingPool &operator=(const BlockingPool &) = delete;

    /// Runs `f` on the pool and goes on on the caller's io_context with its value; an exception of `f` is
    /// thrown there. What `f` captures by reference must live in the awaiting coroutine.
    template <typename F>
    Awaitable<std::invoke_result_t<F &>> run(F f);

    void submit(std::move_only_function<void()> job);
    /// Waits until everything accepted has run.
    void stop();
    /// Jobs that wait for a thread.
    [[nodiscard]] std::size_t waiting();

private:
    void work();

    base::Mutex m_mutex;
    std::condition_variable m_wake;
    std::deque<std::move_only_function<void()>> m_jobs GUARDED_BY(m_mutex);
    bool m_stopping GUARDED_BY(m_mutex) = false;
    std::vector<std::thread> m_threads;  // last: start when all else is ready
};

template <typename F>
Awaitable<std::invoke_result_t<F &>> BlockingPool::run(F f)
{
    using Value = std::invoke_result_t<F &>;
    using Kept = std::conditional_t<std::is_void_v<Value>, std::monostate, Value>;

    const Executor executor = co_await boost::asio::this_coro::executor;
    std::optional<Kept> value;
    std::exception_ptr thrown;
    // The job refers to this frame, which lives until the handler has been posted back and run.
    auto initiate = [this, executor, &f, &value, &thrown](auto handler) {
        submit([executor, &f, &value, &thrown, handler = std::move(handler)]() mutable {
            try {
                if constexpr (std::is_void_v<Value>) {
                    f();
                    value.emplace();
                } else {
                    value.emplace(f());
                }
            } catch (...) {
                thrown = std::current_exception();
            }
            boost::asio::post(executor, std::move(handler));
        });
    };
    co_await boost::asio::async_initiate<const boost::asio::use_awaitable_t<Executor>, void()>(
        std::move(initiate), useAwaitable);
    if (thrown)
        std::rethrow_exception(thrown);
    if constexpr (!std::is_void_v<Value>)
        co_return std::move(*value);
}

}  // namespace maxiofs::net
