// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "net/blocking_pool.h"

#include <atomic>
#include <memory>
#include <utility>

namespace maxiofs::api::s3 {

// A job that runs on the blocking pool while its coroutine does something else, for example reads the next
// bytes from its socket. Started and awaited on one I/O thread; one job at a time. Should the coroutine end
// without waiting, the destructor waits in its place, so that the job may refer to what was declared before.
template <typename T>
class Started {
public:
    Started() = default;
    ~Started()
    {
        if (m_state)
            m_state->finished.wait(false);
    }
    Started(const Started &) = delete;
    Started &operator=(const Started &) = delete;

    template <typename F>
    void start(net::BlockingPool &pool, const net::Executor &executor, F job)
    {
        m_state = std::make_shared<State>();
        pool.submit([state = m_state, executor, job = std::move(job)]() mutable {
            try {
                state->value.emplace(job());
            } catch (...) {
                state->thrown = std::current_exception();
            }
            state->finished.store(true);
            state->finished.notify_all();
            boost::asio::post(executor, [state = std::move(state)] {
                state->arrived = true;
                if (state->resume)
                    std::exchange(state->resume, nullptr)();
            });
        });
    }

    [[nodiscard]] bool isRunning() const { return m_state != nullptr; }

    /// The job's value; an exception of the job is thrown here.
    net::Awaitable<T> wait()
    {
        const std::shared_ptr<State> state = m_state;
        if (!state->arrived) {
            auto initiate = [&state](auto handler) {
                state->resume = [handler = std::move(handler)]() mutable { std::move(handler)(); };
            };
            co_await boost::asio::async_initiate<const boost::asio::use_awaitable_t<net::Executor>, void()>(
                std::move(initiate), net::useAwaitable);
        }
        m_state.reset();
        if (state->thrown)
            std::rethrow_exception(state->thrown);
        co_return std::move(*state->value);
    }

private:
    struct State {
        std::optional<T> value;
        std::exception_ptr thrown;
        bool arrived = false;                    // on the I/O thread
        std::move_only_function<void()> resume;  // on the I/O thread
        std::atomic<bool> finished = false;
    };
    std::shared_ptr<State> m_state;
};

}  // namespace maxiofs::api::s3
