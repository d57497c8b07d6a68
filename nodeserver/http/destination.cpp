// SPDX-License-Identifier: GPL-3.0-or-later
#include "http/destination.h"

#include "http/character_class.h"
#include "text/ascii.h"

namespace maxiofs::http {

namespace {

constexpr std::size_t kLongestHost = 253;
constexpr std::uint16_t kHttpPort = 80;
constexpr std::uint16_t kHttpsPort = 443;
constexpr std::uint64_t kLastPort = 65'535;
constexpr CharacterClass kNameByte = lettersDigitsAnd("-._");
constexpr CharacterClass kIpv6Byte = lettersDigitsAnd(":.%");

std::optional<Endpoint> readEndpoint(std::string_view text)
{
    Endpoint endpoint;
    endpoint.port = kHttpsPort;
    if (text::istartsWith(text, "http://")) {
        endpoint.port = kHttpPort;
        text.remove_prefix(7);
    } else if (text::istartsWith(text, "https://")) {
        text.remove_prefix(8);
    }
    if (text.ends_with('/'))
        text.remove_suffix(1);

    const bool bracketed = text.starts_with('[');
    const std::size_t hostEnd = bracketed ? text.find(']') : text.find(':');
    if (bracketed && hostEnd == std::string_view::npos)
        return std::nullopt;
    const std::string_view host = bracketed ? text.substr(1, hostEnd - 1) : text.substr(0, hostEnd);
    std::string_view rest =
        hostEnd == std::string_view::npos ? "" : text.substr(hostEnd + (bracketed ? 1 : 0));
    if (host.empty() || host.size() > kLongestHost || !consistsOf(host, bracketed ? kIpv6Byte : kNameByte))
        return std::nullopt;
    endpoint.host = host;
    if (rest.empty())
        return endpoint;
    const auto port = rest.front() == ':' ? text::parseUnsigned(rest.substr(1)) : std::nullopt;
    if (!port || *port == 0 || *port > kLastPort)
        return std::nullopt;
    endpoint.port = static_cast<std::uint16_t>(*port);
    return endpoint;
}

}  // namespace

Result<Endpoint> Endpoint::parse(std::string_view text)
{
    if (auto endpoint = readEndpoint(text))
        return *std::move(endpoint);
    return failure(
        Error::InvalidArgument,
        "\"" + std::string(text) +
            "\" is not a node's endpoint: write https://node-2:8080 or https://[2001:db8::1]:8080.",
        std::string(text));
}

std::string Endpoint::text() const
{
    const bool isIpv6 = host.find(':') != std::string::npos;
    return (isIpv6 ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

}  // namespace maxiofs::http
