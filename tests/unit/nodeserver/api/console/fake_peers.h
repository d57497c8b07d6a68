// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cluster/link/internal_handlers.h"
#include "cluster/peer_calls.h"

namespace maxiofs::api::console::fixture {

// Carries calls between the consoles of one test.
class FakePeers final : public cluster::PeerCalls {
public:
    net::Awaitable<Result<QJsonObject>> call(NodeId member, std::string_view route, QJsonObject body,
                                             std::chrono::milliseconds limit) override;
    Result<QJsonObject> callAndWait(const NodeId &member, std::string_view route, QJsonObject body,
                                    std::chrono::milliseconds limit) override;
    net::Awaitable<Result<std::unique_ptr<cluster::PeerStream>>>
    open(NodeId member, std::string_view route, QJsonObject body, std::chrono::milliseconds limit) override;
    void send(const NodeId &, std::string_view, std::string, std::chrono::milliseconds,
              Answered answered) override
    {
        answered(failure(Error::Internal, "not used here"));
    }

    std::map<NodeId, const cluster::link::InternalHandlers *> members;
    std::map<NodeId, Error> refusals;  // of those that do not answer
    std::vector<std::string> asked;    // routes
    std::vector<QJsonObject> bodies;
};

}  // namespace maxiofs::api::console::fixture
