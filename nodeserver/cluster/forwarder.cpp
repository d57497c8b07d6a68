// SPDX-License-Identifier: GPL-3.0-or-later
#include "cluster/forwarder.h"

#include "cluster/passage.h"

namespace maxiofs::cluster {

Forwarder::Forwarder(http::Client &client, std::function<bool(const rules::Peer &)> isSilent)
    : m_client(client),
      m_isSilent(std::move(isSilent))
{
}

net::Awaitable<Result<ForwardOutcome>> Forwarder::forward(http::Exchange &exchange, rules::Peer owner,
                                                          std::string forwarded)
{
    Passage passage(m_client, m_isSilent, exchange, std::move(owner), std::move(forwarded));
    Result<ForwardOutcome> outcome = co_await passage.run();
    if (outcome) {
        if (std::holds_alternative<Relayed>(*outcome))
            m_relayed.add();
        else if (std::holds_alternative<Moved>(*outcome))
            m_moved.add();
        else
            m_unreachable.add();
    }
    co_return outcome;
}

Forwarder::Stats Forwarder::stats() const
{
    return {m_relayed.value(), m_moved.value(), m_unreachable.value()};
}

}  // namespace maxiofs::cluster
