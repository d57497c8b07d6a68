// SPDX-License-Identifier: GPL-3.0-or-later
#include "net/connect.h"

#include "net/address.h"

#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/this_coro.hpp>

#include <algorithm>
#include <memory>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <vector>

namespace maxiofs::net {

namespace {

using Tcp = boost::asio::ip::tcp;
using SteadyClock = std::chrono::steady_clock;
using Timer = boost::asio::basic_waitable_timer<SteadyClock, boost::asio::wait_traits<SteadyClock>, Executor>;
using Resolver = boost::asio::ip::basic_resolver<Tcp, Executor>;
using ErrorCode = boost::system::error_code;

// A connection between nodes that carries nothing is probed, so that a machine that vanished is noticed.
constexpr int kProbeAfterSeconds = 15;
constexpr int kProbeEverySeconds = 5;
constexpr int kProbes = 3;
constexpr int kUnansweredMs = 30'000;

std::unexpected<Error> cannotReach(const std::string &host, std::uint16_t port, const std::string &reason)
{
    const std::string where = host + " port " + std::to_string(port);
    return failure(Error::Closed, "Cannot connect to " + where + ": " + reason + ".", where);
}

// A look-up cannot be interrupted: it is waited for only so long and ends by itself.
struct LookUp {
    explicit LookUp(const Executor &executor) : resolver(executor), timer(executor) {}

    Resolver resolver;
    Timer timer;
    std::vector<Tcp::endpoint> found;
    ErrorCode error = boost::asio::error::timed_out;
};

Awaitable<Result<std::vector<Tcp::endpoint>>> lookUp(std::string host, std::uint16_t port,
                                                     SteadyClock::time_point until)
{
    ErrorCode noAddress;
    const IpAddress address = boost::asio::ip::make_address(host, noAddress);
    if (!noAddress)
        co_return std::vector<Tcp::endpoint>{Tcp::endpoint(address, port)};

    const auto state = std::make_shared<LookUp>(co_await boost::asio::this_coro::executor);
    state->timer.expires_at(until);
    state->resolver.async_resolve(host, std::to_string(port), Resolver::numeric_service,
                                  [state](const ErrorCode &error, const Resolver::results_type &results) {
                                      state->error = error;
                                      state->found.assign(results.begin(), results.end());
                                      state->timer.cancel();
                                  });
    co_await state->timer.async_wait(asTuple);
    if (state->error)
        co_return cannotReach(host, port, state->error.message());
    co_return std::move(state->found);
}

void probeWhenSilent(TcpSocket &socket)
{
    const int handle = socket.native_handle();
    const auto set = [handle](int level, int option, int value) {
        ::setsockopt(handle, level, option, &value, sizeof value);
    };
    set(SOL_SOCKET, SO_KEEPALIVE, 1);
    set(IPPROTO_TCP, TCP_KEEPIDLE, kProbeAfterSeconds);
    set(IPPROTO_TCP, TCP_KEEPINTVL, kProbeEverySeconds);
    set(IPPROTO_TCP, TCP_KEEPCNT, kProbes);
    set(IPPROTO_TCP, TCP_USER_TIMEOUT, kUnansweredMs);
}

Awaitable<std::expected<TcpSocket, ErrorCode>> connectOne(Tcp::endpoint endpoint,
                                                          SteadyClock::time_point until)
{
    const Executor executor = co_await boost::asio::this_coro::executor;
    // Shared, so that a timer that has just run out does not touch a socket that is given away.
    auto socket = std::make_shared<TcpSocket>(executor);
    Timer timer(executor, until);
    timer.async_wait([weak = std::weak_ptr(socket)](const ErrorCode &error) {
        const auto pending = weak.lock();
        ErrorCode ignored;
        if (!error && pending)
            pending->close(ignored);
    });
    const auto [error] = co_await socket->async_connect(endpoint, asTuple);
    if (!socket->is_open())
        co_return std::unexpected(ErrorCode(boost::asio::error::timed_out));
    if (error)
        co_return std::unexpected(error);
    TcpSocket connected = std::move(*socket);
    socket.reset();
    co_return std::move(connected);
}

}  // namespace

Awaitable<Result<TcpSocket>> connectTo(std::string host, std::uint16_t port, std::chrono::milliseconds limit)
{
    const SteadyClock::time_point until = SteadyClock::now() + limit;
    CO_TRY_ASSIGN(const std::vector<Tcp::endpoint> endpoints, co_await lookUp(host, port, until));
    std::string reason = "it has no address";
    for (std::size_t i = 0; i < endpoints.size(); ++i) {
        // An address that does not answer leaves the others their share of the time.
        const auto now = SteadyClock::now();
        const auto share = std::max(until - now, SteadyClock::duration::zero()) /
                           static_cast<SteadyClock::rep>(endpoints.size() - i);
        auto socket = co_await connectOne(endpoints[i], now + share);
        if (socket) {
            probeWhenSilent(*socket);
            co_return std::move(*socket);
        }
        reason = socket.error().message();
    }
    co_return cannotReach(host, port, reason);
}

}  // namespace maxiofs::net
