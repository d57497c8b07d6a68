// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cluster/forwarder.h"

#include <optional>

namespace maxiofs::cluster {

// One request's way to the node that answers for it, and the answer's way back. On the exchange's thread.
class Passage final : public http::ClientWatch {
public:
    Passage(http::Client &client, const std::function<bool(const rules::Peer &)> &isSilent,
            http::Exchange &exchange, rules::Peer owner, std::string forwarded);

    /// Once.
    net::Awaitable<Result<ForwardOutcome>> run();

    std::optional<Error> reasonToGiveUp(bool isAnswering) override;

private:
    // What the client fails at is kept in m_clientError; the outcome then says nothing.
    net::Awaitable<ForwardOutcome> exchangeOn(http::ClientConnection &owner);
    net::Awaitable<Result<bool>> receiveHead(http::ClientConnection &owner, unsigned until);
    net::Awaitable<Status> sendBody(http::ClientConnection &owner);
    net::Awaitable<Status> streamBody(http::ClientConnection &owner);
    net::Awaitable<ForwardOutcome> takeAnswer(http::ClientConnection &owner);
    net::Awaitable<ForwardOutcome> readMoved(http::ClientConnection &owner);
    net::Awaitable<ForwardOutcome> relayAnswer(http::ClientConnection &owner);
    net::Awaitable<ForwardOutcome> relayBody(http::ClientConnection &owner, http::ResponseHead head);
    [[nodiscard]] ForwardOutcome relayed(unsigned status, Status sent);
    [[nodiscard]] ForwardOutcome unreachable(Error error) const;
    [[nodiscard]] std::string requestHead(bool waitsForContinue) const;
    [[nodiscard]] bool isHeldSize() const;
    [[nodiscard]] bool ownerIsSilent() const;
    [[nodiscard]] Error silence() const;

    http::Client &m_client;
    const std::function<bool(const rules::Peer &)> &m_isSilent;
    http::Exchange &m_exchange;
    const rules::Peer m_owner;
    const std::string m_forwarded;
    std::optional<Error> m_clientError;
    bool m_bodyTaken = false;  // bytes that are not held
};

}  // namespace maxiofs::cluster
