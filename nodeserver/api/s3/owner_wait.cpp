// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/s3/owner_wait.h"

#include "cluster/machine_thread.h"

#include <boost/asio/steady_timer.hpp>

namespace maxiofs::api::s3 {

namespace {

using Timer =
    boost::asio::basic_waitable_timer<std::chrono::steady_clock,
                                      boost::asio::wait_traits<std::chrono::steady_clock>, net::Executor>;

}  // namespace

OwnerWait::~OwnerWait()
{
    if (m_begun)
        m_call.context.cluster->waiting.fetch_sub(1);
}

bool OwnerWait::begin()
{
    if (m_begun)
        return true;
    ClusterLinks &links = *m_call.context.cluster;
    if (!links.mayMove || !links.mayMove(m_call.bucketId()))
        return false;
    if (links.waiting.fetch_add(1) >= kMaxWaiting) {
        links.waiting.fetch_sub(1);
        return false;
    }
    m_begun = std::chrono::steady_clock::now();
    return true;
}

bool OwnerWait::mayTryAgain(const cluster::Route &failed, std::int64_t sinceMs) const
{
    const ClusterLinks &links = *m_call.context.cluster;
    const auto route = links.router.find(m_call.bucketId());
    if (route && (*route == nullptr || (*route)->epoch != failed.epoch))
        return true;
    const auto seen = links.cluster.observation(failed.owner.id);
    return seen && seen->lastSeenSteadyMs.value_or(sinceMs) > sinceMs;
}

net::Awaitable<bool> OwnerWait::wait(cluster::Route failed)
{
    const std::int64_t sinceMs = cluster::steadyNowMs();
    if (!begin())
        co_return false;
    const auto deadline = *m_begun + m_call.context.cluster->ownerWait;
    Timer timer(co_await boost::asio::this_coro::executor);
    for (;;) {
        timer.expires_after(kPause);
        [[maybe_unused]] const auto [ended] = co_await timer.async_wait(net::asTuple);
        if (m_call.exchange.clientHasLeft() || std::chrono::steady_clock::now() >= deadline)
            co_return false;
        if (mayTryAgain(failed, sinceMs))
            co_return true;
    }
}

}  // namespace maxiofs::api::s3
