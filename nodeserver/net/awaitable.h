// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace maxiofs::net {

// Every coroutine runs on the io_context of one thread. Naming its executor's type instead of the type-erased
// any_io_executor saves an allocation and an indirect call for each operation.
using Executor = boost::asio::io_context::executor_type;

template <typename T>
using Awaitable = boost::asio::awaitable<T, Executor>;

using TcpSocket = boost::asio::basic_stream_socket<boost::asio::ip::tcp, Executor>;

// Completion tokens: operations throw for errors with the first, return a tuple that begins with the error
// code with the second.
inline constexpr boost::asio::use_awaitable_t<Executor> useAwaitable;
inline constexpr boost::asio::as_tuple_t<boost::asio::use_awaitable_t<Executor>> asTuple{};

}  // namespace maxiofs::net

// TRY_STATUS and TRY_ASSIGN for coroutines; the expression may contain a co_await.
#define CO_TRY_STATUS(expression)                                                                            \
    do {                                                                                                     \
        if (auto tryStatus = (expression); !tryStatus)                                                       \
            co_return std::unexpected<::maxiofs::Error>(std::move(tryStatus).error());                       \
    } while (false)

#define CO_TRY_ASSIGN(declaration, expression)                                                               \
    auto MAXIOFS_CONCAT(tryResult, __LINE__) = (expression);                                                 \
    if (!MAXIOFS_CONCAT(tryResult, __LINE__))                                                                \
        co_return std::unexpected<::maxiofs::Error>(std::move(MAXIOFS_CONCAT(tryResult, __LINE__)).error()); \
    declaration = *std::move(MAXIOFS_CONCAT(tryResult, __LINE__))
