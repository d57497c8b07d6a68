// SPDX-License-Identifier: GPL-3.0-or-later
#include "fake_peers.h"

#include "support/run_coroutine.h"

namespace maxiofs::api::console::fixture {

net::Awaitable<Result<QJsonObject>> FakePeers::call(NodeId member, std::string_view route, QJsonObject body,
                                                    std::chrono::milliseconds)
{
    asked.emplace_back(route);
    bodies.push_back(body);
    if (const auto refused = refusals.find(member); refused != refusals.end())
        co_return failure(refused->second);
    const auto found = members.find(member);
    if (found == members.end())
        co_return failure(Error::NotFound, "There is no such member.");
    const auto *const entry = found->second->find(route);
    const auto *const handler = std::get_if<cluster::link::InternalHandlers::Handler>(entry);
    cluster::link::InternalCall call;
    call.body = std::move(body);
    co_return co_await (*handler)(std::move(call));
}

Result<QJsonObject> FakePeers::callAndWait(const NodeId &member, std::string_view route, QJsonObject body,
                                           std::chrono::milliseconds limit)
{
    return test::runCoroutine(call(member, route, std::move(body), limit));
}

net::Awaitable<Result<std::unique_ptr<cluster::PeerStream>>>
FakePeers::open(NodeId, std::string_view, QJsonObject, std::chrono::milliseconds)
{
    co_return failure(Error::Unsupported, "The console streams nothing from other members.");
}

}  // namespace maxiofs::api::console::fixture
