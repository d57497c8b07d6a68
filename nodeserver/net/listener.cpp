// SPDX-License-Identifier: GPL-3.0-or-later
#include "net/listener.h"

#include "base/log_line.h"

#include <boost/asio/dispatch.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/post.hpp>

#include <chrono>

namespace maxiofs::net {

namespace {

using boost::asio::ip::tcp;

// How long accepting pauses when the process has no file descriptor or memory for a connection.
constexpr std::chrono::milliseconds kShortagePause{100};
constexpr int kBacklog = 4096;

}  // namespace

// Used on the thread of its acceptor alone, but for the construction.
struct Listener::State : std::enable_shared_from_this<Listener::State> {
    using Acceptor = boost::asio::basic_socket_acceptor<tcp, Executor>;
    using Timer =
        boost::asio::basic_waitable_timer<std::chrono::steady_clock,
                                          boost::asio::wait_traits<std::chrono::steady_clock>, Executor>;

    State(Listener &owner, IoThread &home)
        : listener(owner),
          thread(home),
          acceptor(home.executor()),
          pause(home.executor())
    {
    }

    boost::system::error_code bind(const tcp::endpoint &endpoint, bool dualStack)
    {
        boost::system::error_code error;
        acceptor.open(endpoint.protocol(), error);
        if (!error)
            acceptor.set_option(tcp::acceptor::reuse_address(true), error);
        if (!error && dualStack)
            acceptor.set_option(boost::asio::ip::v6_only(false), error);
        if (!error)
            acceptor.bind(endpoint, error);
        if (!error)
            acceptor.listen(kBacklog, error);
        if (error) {
            boost::system::error_code ignored;
            acceptor.close(ignored);
        }
        return error;
    }

    void accept()
    {
        IoThread &target = listener.m_threads.next();
        acceptor.async_accept(target.context(), [self = shared_from_this(),
                                                 &target](boost::system::error_code error, TcpSocket socket) {
            self->accepted(error, target, std::move(socket));
        });
    }

    void accepted(boost::system::error_code error, IoThread &target, TcpSocket socket)
    {
        if (closed || error == boost::asio::error::operation_aborted)
            return;
        if (error == boost::system::errc::too_many_files_open ||
            error == boost::system::errc::too_many_files_open_in_system ||
            error == boost::system::errc::not_enough_memory ||
            error == boost::system::errc::no_buffer_space) {
            if (!shortageLogged)
                base::warningLine("cannot accept connections: raise the limit of open files")
                    .with("reason", error.message());
            shortageLogged = true;
            pause.expires_after(kShortagePause);
            pause.async_wait([self = shared_from_this()](boost::system::error_code stopped) {
                if (!stopped && !self->closed)
                    self->accept();
            });
            return;
        }
        if (!error)
            handOver(target, std::move(socket));
        accept();
    }

    void handOver(IoThread &target, TcpSocket socket)
    {
        boost::system::error_code gone;
        const tcp::endpoint peer = socket.remote_endpoint(gone);
        if (gone)
            return;
        ConnectionCounter::Slot slot = listener.m_counter.enter(unmapped(peer.address()));
        if (!slot) {
            listener.m_refused.add();
            return;
        }
        shortageLogged = false;
        boost::asio::dispatch(target.executor(),
                              [self = shared_from_this(), &target, socket = std::move(socket),
                               slot = std::move(slot)]() mutable {
                                  self->listener.m_accepted(target, std::move(socket), std::move(slot));
                              });
    }

    Listener &listener;
    IoThread &thread;
    Acceptor acceptor;
    Timer pause;
    bool closed = false;
    bool shortageLogged = false;
};

Listener::Listener(IoThreads &threads, ConnectionCounter &counter, Accepted accepted)
    : m_threads(threads),
      m_counter(counter),
      m_accepted(std::move(accepted))
{
}

Listener::~Listener()
{
    close();
}

Status Listener::open(const ListenAddress &address)
{
    auto state = std::make_shared<State>(*this, m_threads.next());
    boost::system::error_code error;
    if (address.allInterfaces) {
        error = state->bind({tcp::v6(), address.port}, true);
        if (error && error != boost::asio::error::address_in_use)  // no IPv6 on this machine
            error = state->bind({tcp::v4(), address.port}, false);
    } else {
        error = state->bind({address.ip, address.port}, false);
    }
    if (error) {
        const std::string where =
            (address.allInterfaces ? std::string("all interfaces") : address.ip.to_string()) + ", port " +
            std::to_string(address.port);
        return failure(Error::Io, "Cannot listen on " + where + ": " + error.message() + ".", where);
    }
    m_port = state->acceptor.local_endpoint().port();
    m_state = state;
    boost::asio::post(state->thread.executor(), [state] { state->accept(); });
    return {};
}

void Listener::close()
{
    if (!m_state)
        return;
    const std::shared_ptr<State> state = std::exchange(m_state, nullptr);
    const auto closeState = [&state] {
        state->closed = true;
        boost::system::error_code ignored;
        state->acceptor.close(ignored);
        state->pause.cancel();
    };
    if (m_threads.isRunning())
        state->thread.runAndWait(closeState);
    else
        closeState();
    m_threads.onEach([](IoThread &) {});  // what was handed over has arrived
}

}  // namespace maxiofs::net
