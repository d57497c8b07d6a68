// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/console/member_calls.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/steady_timer.hpp>

// What is passed by reference lives in the coroutine that awaits at once.
// NOLINTBEGIN(cppcoreguidelines-avoid-reference-coroutine-parameters)

namespace maxiofs::api::console {

namespace {

constexpr unsigned kGatewayTimeout = 504;
constexpr unsigned kUnavailable = 503;

using Timer =
    boost::asio::basic_waitable_timer<std::chrono::steady_clock,
                                      boost::asio::wait_traits<std::chrono::steady_clock>, net::Executor>;

// Why it is no use to ask a member now: it does not answer the beats.
Status reachable(const Context &context, const NodeId &member)
{
    const auto seen = context.cluster.observation(member);
    if (seen && seen->status == protocol::HealthStatus::Unavailable)
        return failure(Error::Closed, "it is unavailable (" + seen->reason + ").");
    return {};
}

Refusal ownerRefusal(const Error &error, const std::string &bucket, const std::string &owner)
{
    if (error.code == Error::TimedOut)
        return {kGatewayTimeout,
                "NodeTimedOut",
                "The node " + owner + ", which has the bucket " + bucket +
                    ", did not answer in time: whether it did what was asked is not known.",
                {}};
    if (error.code == Error::PreconditionFailed && error.subject == kNotOwner)
        return {kUnavailable, "Busy", "The bucket " + bucket + " is changing its node: try again.", {}};
    return {kUnavailable,
            "NodeUnreachable",
            "The node " + owner + ", which has the bucket " + bucket +
                ", cannot be reached: " + error.message + " Try again when it is back.",
            {}};
}

}  // namespace

net::Awaitable<Result<Outcome>> MemberCalls::ask(NodeId member, PassedCall passed,
                                                 std::chrono::milliseconds limit) const
{
    QJsonObject body = bodyOf(passed);
    const Result<QJsonObject> answer =
        co_await m_context.peers.call(member, kConsoleCallRoute, std::move(body), limit);
    if (!answer)
        co_return std::unexpected(answer.error());
    co_return outcomeOf(*answer);
}

net::Awaitable<std::optional<Outcome>> MemberCalls::askOwner(const Endpoint &endpoint, const Call &call,
                                                             PassedCall passed) const
{
    const auto bucket = bucketOf(endpoint, call);
    if (!bucket)
        co_return refused(endpoint, call, bucket.error());
    const BucketId id = (*bucket)->id;
    const std::string name = (*bucket)->name;
    for (int hop = 1;; ++hop) {
        const Result<cluster::RoutePtr> route = m_context.router.find(id);
        if (!route)
            co_return refused(endpoint, call, route.error());
        if (*route == nullptr)
            co_return std::nullopt;
        const NodeId owner = (*route)->owner.id;
        Result<Outcome> outcome = Outcome();
        if (const Status there = reachable(m_context, owner); !there)
            outcome = failure(there.error());
        else
            outcome = co_await ask(owner, passed, kOwnerLimit);
        if (outcome) {
            outcome->isRecorded = true;
            co_return *outcome;
        }
        const Error &error = outcome.error();
        const bool moved = error.code == Error::PreconditionFailed && error.subject == kNotOwner;
        if (!moved || hop == kMaxHops) {
            if (!moved)
                m_context.cluster.forwardFailed(owner);
            co_return refused(call, ownerRefusal(error, name, (*route)->ownerName));
        }
        m_context.router.forget(id);
        co_await m_context.pool.run(
            [&] { static_cast<void>(m_context.cluster.seek(records::Kind::Bucket, name)); });
    }
}

std::vector<MemberAnswer> MemberCalls::whomToAsk(const Endpoint &endpoint, const Call &call) const
{
    std::vector<MemberAnswer> members;
    for (const records::ClusterNode &node : m_context.nodes.nodes()) {
        const bool asked = endpoint.scope == Scope::All || node.id.uuid() == call.parameters.at(0);
        if (!asked || node.id == m_context.records.nodeId())
            continue;
        const Status there = reachable(m_context, node.id);
        members.push_back(
            {node.id, node.name,
             there ? failure(Error::TimedOut, "it did not answer in time") : failure(there.error())});
    }
    return members;
}

net::Awaitable<void> MemberCalls::askOthers(const Endpoint &endpoint, Call &call, PassedCall passed) const
{
    // Shared with the coroutines that ask, which may outlive this one by a moment.
    struct Gathered {
        explicit Gathered(const net::Executor &executor) : finished(executor) {}
        std::vector<MemberAnswer> members;
        std::size_t open = 0;
        Timer finished;
    };
    const net::Executor executor = co_await boost::asio::this_coro::executor;
    const auto gathered = std::make_shared<Gathered>(executor);
    gathered->members = whomToAsk(endpoint, call);
    gathered->finished.expires_after(kAllLimit);
    for (std::size_t i = 0; i < gathered->members.size(); ++i) {
        if (gathered->members[i].data.error().code != Error::TimedOut)
            continue;  // known to be away
        ++gathered->open;
        boost::asio::co_spawn(executor, ask(gathered->members[i].id, passed, kAllLimit),
                              [gathered, i](const std::exception_ptr &thrown, Result<Outcome> outcome) {
                                  if (thrown)
                                      outcome = failure(Error::Internal, "It could not be asked.");
                                  gathered->members[i].data =
                                      outcome ? dataOf(*outcome) : failure(outcome.error());
                                  if (--gathered->open == 0)
                                      gathered->finished.cancel();
                              });
    }
    if (gathered->open > 0) [[maybe_unused]]
        const auto [ended] = co_await gathered->finished.async_wait(net::asTuple);
    call.others = gathered->members;
}

}  // namespace maxiofs::api::console

// NOLINTEND(cppcoreguidelines-avoid-reference-coroutine-parameters)
