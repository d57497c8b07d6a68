// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "net/address.h"

namespace maxiofs::identity {

// The addresses whose X-Forwarded-For is believed. Constant after it was made; any thread.
class TrustedProxies {
public:
    TrustedProxies() = default;
    /// From "10.0.0.0/8, 192.168.1.4, fd00::/8"; InvalidArgument names the part that is wrong.
    [[nodiscard]] static Result<TrustedProxies> parse(std::string_view list);

    [[nodiscard]] const std::vector<net::Network> &networks() const { return m_networks; }
    [[nodiscard]] bool contains(const net::IpAddress &address) const
    {
        return net::containsAny(m_networks, address);
    }
    /// The client's address: of `forwardedFor` (the header's lines joined by commas) the last one that is no
    /// trusted proxy, if the connection itself comes from one; else the peer's own.
    [[nodiscard]] std::string clientAddress(const net::PeerAddress &peer,
                                            std::string_view forwardedFor) const;

private:
    std::vector<net::Network> m_networks;
};

}  // namespace maxiofs::identity
