// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace maxiofs::net {

using IpAddress = boost::asio::ip::address;

/// An IPv4 address that arrived mapped into IPv6 (::ffff:192.0.2.1) as plain IPv4; others unchanged.
[[nodiscard]] IpAddress unmapped(const IpAddress &address);

// Who is at the other end of a connection.
struct PeerAddress {
    IpAddress ip;  // unmapped
    std::uint16_t port = 0;
    std::string text;  // the address without the port

    [[nodiscard]] static PeerAddress of(const boost::asio::ip::tcp::endpoint &endpoint);
};

// An address block in CIDR notation; a plain address is a block of one.
class Network {
public:
    /// "10.0.0.0/8", "2001:db8::/32", "192.0.2.7". InvalidArgument for anything else.
    [[nodiscard]] static Result<Network> parse(std::string_view text);
    [[nodiscard]] bool contains(const IpAddress &address) const;

private:
    IpAddress m_base;
    unsigned m_prefixBits = 0;
};

[[nodiscard]] bool containsAny(const std::vector<Network> &networks, const IpAddress &address);

// Where to listen.
struct ListenAddress {
    IpAddress ip;  // unspecified: all interfaces
    std::uint16_t port = 0;
    bool allInterfaces = false;

    /// ":8080" (all interfaces, IPv4 and IPv6), "127.0.0.1:8080", "[::1]:8080", "localhost:8080"; port 0
    /// takes any free port. InvalidArgument for anything else.
    [[nodiscard]] static Result<ListenAddress> parse(std::string_view text);
};

}  // namespace maxiofs::net
