// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "net/awaitable.h"

#include <boost/asio/async_result.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>

#include <functional>
#include <memory>
#include <utility>

namespace maxiofs::net {

/// Waits for an API that answers by calling a function: `starter` gets a
/// `std::move_only_function<void(Result<T>)>` that must be called exactly once, on any thread, at once or
/// later. The coroutine goes on on its own thread.
///
///     const Result<Committed> done = co_await net::completion<Committed>(
///         [&](auto answer) { committer.commit(std::move(change), std::move(answer)); });
///
/// io_context wakes its thread only for the first of the answers that arrive while it works, so answers that
/// come in a batch share the wake-up. The io_context must outlive the call.
template <typename T, typename Starter>
Awaitable<Result<T>> completion(Starter starter)
{
    const Executor executor = co_await boost::asio::this_coro::executor;
    auto initiate = [executor, &starter](auto handler) {
        std::move_only_function<void(Result<T>)> answer = [executor, handler = std::move(handler)](
                                                              Result<T> result) mutable {
            boost::asio::post(executor, [handler = std::move(handler), result = std::move(result)]() mutable {
                std::move(handler)(std::move(result));
            });
        };
        starter(std::move(answer));
    };
    co_return co_await boost::asio::async_initiate<const boost::asio::use_awaitable_t<Executor>,
                                                   void(Result<T>)>(std::move(initiate), useAwaitable);
}

}  // namespace maxiofs::net
