// SPDX-License-Identifier: GPL-3.0-or-later
#include "identity/trusted_proxies.h"

namespace maxiofs::identity {

namespace {

std::string_view trimmed(std::string_view text)
{
    const std::size_t first = text.find_first_not_of(" \t");
    if (first == text.npos)
        return {};
    return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

}  // namespace

Result<TrustedProxies> TrustedProxies::parse(std::string_view list)
{
    TrustedProxies proxies;
    while (!list.empty()) {
        const std::size_t comma = list.find(',');
        const std::string_view part = trimmed(list.substr(0, comma));
        list.remove_prefix(comma == list.npos ? list.size() : comma + 1);
        if (part.empty())
            continue;
        TRY_ASSIGN(auto network, net::Network::parse(part));
        proxies.m_networks.push_back(std::move(network));
    }
    return proxies;
}

std::string TrustedProxies::clientAddress(const net::PeerAddress &peer, std::string_view forwardedFor) const
{
    std::string client = peer.text;
    net::IpAddress at = peer.ip;
    // Each proxy appends whom it heard: from the right, every address is as true as the one before it.
    while (contains(at) && !forwardedFor.empty()) {
        const std::size_t comma = forwardedFor.rfind(',');
        const std::string_view part =
            trimmed(comma == forwardedFor.npos ? forwardedFor : forwardedFor.substr(comma + 1));
        forwardedFor = comma == forwardedFor.npos ? std::string_view() : forwardedFor.substr(0, comma);
        boost::system::error_code error;
        const auto address = boost::asio::ip::make_address(std::string(part), error);
        if (error)
            break;
        at = net::unmapped(address);
        client = at.to_string();
    }
    return client;
}

}  // namespace maxiofs::identity
