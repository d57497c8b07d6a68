// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "net/awaitable.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_future.hpp>

namespace maxiofs::test {

/// Runs a coroutine on an io_context of the calling thread until it ends; gives its value or throws its
/// exception.
template <typename T>
T runCoroutine(net::Awaitable<T> coroutine)
{
    // Not of this call: a thread that has just posted the last result may still be about to leave the
    // context.
    static boost::asio::io_context context(1);
    context.restart();
    auto future =
        boost::asio::co_spawn(context.get_executor(), std::move(coroutine), boost::asio::use_future);
    context.run();
    return future.get();
}

/// Starts a coroutine on `executor` and waits on the calling thread, which must not be the executor's own.
template <typename T>
T runCoroutineOn(net::Executor executor, net::Awaitable<T> coroutine)
{
    return boost::asio::co_spawn(executor, std::move(coroutine), boost::asio::use_future).get();
}

}  // namespace maxiofs::test
