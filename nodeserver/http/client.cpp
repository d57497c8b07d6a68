// SPDX-License-Identifier: GPL-3.0-or-later
#include "http/client.h"

#include "http/client_thread.h"
#include "http/single_call.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>

namespace maxiofs::http {

// Answers a call once, also where its coroutine is destroyed with its thread.
class Client::Ending {
public:
    Ending(std::shared_ptr<ClientShared> shared, Answered answered)
        : m_shared(std::move(shared)),
          m_answered(std::move(answered))
    {
        m_shared->callBegins();
    }
    ~Ending()
    {
        if (m_answered)
            m_answered(failure(Error::Stopping, "The node is stopping."));
        m_shared->callEnds();
    }
    Ending(const Ending &) = delete;
    Ending &operator=(const Ending &) = delete;

    void answer(Result<Answer> result) { std::exchange(m_answered, nullptr)(std::move(result)); }

private:
    const std::shared_ptr<ClientShared> m_shared;
    Answered m_answered;
};

Client::Client(net::IoThreads &threads, ClientOptions options)
    : m_threads(threads),
      m_shared(std::make_shared<ClientShared>(options))
{
    for (std::size_t i = 0; i < threads.size(); ++i)
        m_states.push_back(std::make_shared<ClientThread>(threads.at(i), m_shared));
}

Client::~Client()
{
    stop();
}

ClientThread &Client::current()
{
    net::IoThread *const thread = m_threads.current();
    return *m_states.at(thread != nullptr ? thread->index() : m_states.size());
}

void Client::setTls(std::shared_ptr<const net::TlsContext> context)
{
    m_shared->tls.set(std::move(context));
    ++m_shared->generation;
    for (const auto &state : m_states)
        boost::asio::post(state->executor(), [state] { state->cutAllIdle(); });
}

void Client::cutIdle(Destination destination)
{
    for (const auto &state : m_states)
        boost::asio::post(state->executor(), [state, destination] { state->cutIdle(destination); });
}

void Client::call(Call call, Answered answered)
{
    auto ending = std::make_unique<Ending>(m_shared, std::move(answered));
    const std::size_t turn = std::hash<std::string>()(call.to.endpoint) % m_states.size();
    const net::Executor executor = m_states[turn]->executor();
    // After stop() this object may be gone before its turn comes; who began before it is waited for.
    if (m_shared->stopped) {
        boost::asio::post(executor, [ending = std::move(ending)] {});
        return;
    }
    boost::asio::post(executor,
                      [this, executor, ending = std::move(ending), call = std::move(call)]() mutable {
                          boost::asio::co_spawn(executor, answerCall(std::move(ending), std::move(call)),
                                                boost::asio::detached);
                      });
}

net::Awaitable<void> Client::answerCall(std::unique_ptr<Ending> ending, Call call)
{
    ending->answer(co_await this->call(std::move(call)));
}

net::Awaitable<Result<Answer>> Client::call(Call call)
{
    return makeSingleCall(current(), std::move(call));
}

net::Awaitable<Result<ClientLease>> Client::connect(Destination to, Reuse reuse, ClientWatch *watch)
{
    return current().connect(std::move(to), reuse == Reuse::Allowed, watch, m_shared->options.connectLimit);
}

void Client::stop()
{
    if (m_shared->stopped.exchange(true))
        return;
    m_threads.onEach([this](net::IoThread &thread) { m_states[thread.index()]->stop(); });
    if (m_threads.isRunning())
        m_shared->waitUntilNoneLeft();
}

Client::Counters Client::counters() const
{
    Counters sum;
    for (const auto &state : m_states) {
        sum.connections += state->opened.value();
        sum.reused += state->reused.value();
        sum.failures += state->failures.value();
        sum.bytesIn += state->traffic.in.value();
        sum.bytesOut += state->traffic.out.value();
    }
    return sum;
}

}  // namespace maxiofs::http
