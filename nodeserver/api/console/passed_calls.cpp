// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/console/passed_calls.h"

namespace maxiofs::api::console {

Result<Call> PassedCalls::callFor(const PassedCall &passed, const Match &match) const
{
    const identity::UserPtr user = m_context.identities.users().find(passed.userId);
    if (user == nullptr)
        return failure(Error::Busy, "The node " + m_context.nodes.config().nodeName +
                                        " has not heard of this user yet: try again.");
    if (!user->isActive())
        return failure(Error::Denied, "The user " + user->username + " is disabled.");
    const auto query = text::Query::parse(passed.query);
    if (!query)
        return failure(Error::InvalidArgument, "The query's encoding is broken.");
    Call call{.context = m_context, .identity = {user, nullptr, {}}, .parameters = match.parameters};
    call.query = query->pairs();
    for (text::QueryPair &pair : call.query)
        pair.raw = {};
    call.body = passed.body;
    call.address = passed.address;
    call.requestId = passed.requestId;
    call.isPassedOn = true;
    return call;
}

net::Awaitable<Result<QJsonObject>> PassedCalls::answer(cluster::link::InternalCall request) const
{
    CO_TRY_ASSIGN(const PassedCall passed, passedCallOf(request.body));
    const Match match = findEndpoint(passed.method, passed.path);
    const bool isPassable = match.endpoint != nullptr && match.endpoint->handler != nullptr &&
                            (match.endpoint->scope == Scope::Owner || match.endpoint->scope == Scope::Node ||
                             match.endpoint->scope == Scope::All);
    if (!isPassable)
        co_return failure(Error::InvalidArgument,
                          passed.method + " " + passed.path + " is not passed on between nodes.", "path");
    const Endpoint &endpoint = *match.endpoint;
    CO_TRY_ASSIGN(Call call, callFor(passed, match));
    if (endpoint.scope == Scope::Owner) {
        const auto bucket = bucketOf(endpoint, call);
        if (bucket) {
            CO_TRY_ASSIGN(const cluster::RoutePtr route, m_context.router.find((*bucket)->id));
            if (route != nullptr)
                co_return failure(Error::PreconditionFailed,
                                  "The bucket " + (*bucket)->name + " is on the node " + route->ownerName +
                                      ".",
                                  std::string(kNotOwner));
        }
    }
    Outcome outcome;
    if (const Status permitted = permit(endpoint.right, call); !permitted) {
        outcome = refused(endpoint, call, permitted.error());
        co_await m_context.pool.run([&] { recordCall(endpoint, call, outcome.status); });
    } else {
        outcome = co_await m_context.pool.run([&] { return runCall(endpoint, call); });
    }
    co_return bodyOf(outcome);
}

}  // namespace maxiofs::api::console
