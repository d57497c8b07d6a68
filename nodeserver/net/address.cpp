// SPDX-License-Identifier: GPL-3.0-or-later
#include "net/address.h"

#include <algorithm>
#include <charconv>
#include <optional>

namespace maxiofs::net {

namespace {

std::optional<unsigned> number(std::string_view text, unsigned largest)
{
    unsigned value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (text.empty() || error != std::errc() || end != text.data() + text.size() || value > largest)
        return std::nullopt;
    return value;
}

std::optional<IpAddress> addressOf(std::string_view text)
{
    boost::system::error_code error;
    const IpAddress address = boost::asio::ip::make_address(std::string(text), error);
    if (error)
        return std::nullopt;
    return address;
}

template <typename Octets>
bool samePrefix(const Octets &a, const Octets &b, unsigned bits)
{
    for (std::size_t i = 0; i < a.size() && bits > 0; ++i) {
        const unsigned here = std::min(bits, 8U);
        const auto mask = static_cast<unsigned char>(0xff00U >> here);
        if ((a[i] & mask) != (b[i] & mask))
            return false;
        bits -= here;
    }
    return true;
}

}  // namespace

IpAddress unmapped(const IpAddress &address)
{
    if (address.is_v6() && address.to_v6().is_v4_mapped())
        return boost::asio::ip::make_address_v4(boost::asio::ip::v4_mapped, address.to_v6());
    return address;
}

PeerAddress PeerAddress::of(const boost::asio::ip::tcp::endpoint &endpoint)
{
    const IpAddress ip = unmapped(endpoint.address());
    return {ip, endpoint.port(), ip.to_string()};
}

Result<Network> Network::parse(std::string_view text)
{
    const std::size_t slash = text.find('/');
    const std::optional<IpAddress> base = addressOf(text.substr(0, slash));
    if (base) {
        Network network;
        network.m_base = unmapped(*base);
        const unsigned all = network.m_base.is_v4() ? 32 : 128;
        const auto bits = slash == std::string_view::npos ? all : number(text.substr(slash + 1), all);
        if (bits) {
            network.m_prefixBits = *bits;
            return network;
        }
    }
    return failure(Error::InvalidArgument,
                   "\"" + std::string(text) +
                       "\" is not a network: write an address or a block such as 10.0.0.0/8.",
                   std::string(text));
}

bool Network::contains(const IpAddress &address) const
{
    const IpAddress plain = unmapped(address);
    if (plain.is_v4() != m_base.is_v4())
        return false;
    return plain.is_v4() ? samePrefix(plain.to_v4().to_bytes(), m_base.to_v4().to_bytes(), m_prefixBits)
                         : samePrefix(plain.to_v6().to_bytes(), m_base.to_v6().to_bytes(), m_prefixBits);
}

bool containsAny(const std::vector<Network> &networks, const IpAddress &address)
{
    return std::ranges::any_of(networks, [&](const Network &network) { return network.contains(address); });
}

Result<ListenAddress> ListenAddress::parse(std::string_view text)
{
    const std::size_t colon = text.rfind(':');
    if (colon != std::string_view::npos) {
        std::string_view host = text.substr(0, colon);
        const auto port = number(text.substr(colon + 1), 65535);
        ListenAddress listen;
        listen.allInterfaces = host.empty();
        const bool bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
        if (bracketed)
            host = host.substr(1, host.size() - 2);
        const auto ip = host.empty() ? std::optional(IpAddress())
                        : host == "localhost"
                            ? std::optional<IpAddress>(boost::asio::ip::address_v4::loopback())
                            : addressOf(host);
        // Without brackets the last group of an IPv6 address would be taken for the port.
        if (port && ip && (bracketed == ip->is_v6())) {
            listen.ip = *ip;
            listen.port = static_cast<std::uint16_t>(*port);
            return listen;
        }
    }
    return failure(Error::InvalidArgument,
                   "\"" + std::string(text) +
                       "\" is not an address to listen on: write :8080, 127.0.0.1:8080 or [::1]:8080.",
                   std::string(text));
}

}  // namespace maxiofs::net
