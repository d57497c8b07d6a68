// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace maxiofs::http {

// Whom to call, and how it is told from others.
struct Destination {
    enum class Security {
        Nodes,  // TLS between nodes, both certificates shown
        Plain,
    };

    std::string endpoint;     // "http://host:port", "https://host:port": the scheme decides nothing else
    std::string certificate;  // SHA-256 of the one that is pinned, 64 lower-case hex; empty: any will do
    Security security = Security::Nodes;

    auto operator<=>(const Destination &) const = default;
};

// Host and port of an endpoint.
struct Endpoint {
    std::string host;  // a name or an address, IPv6 without brackets
    std::uint16_t port = 0;

    /// "https://node-2:8080", "http://[2001:db8::1]:8080", "node-2:8080"; without a port that of the scheme.
    /// A slash may follow, nothing else. InvalidArgument for anything else.
    [[nodiscard]] static Result<Endpoint> parse(std::string_view text);
    /// As in a Host field.
    [[nodiscard]] std::string text() const;
};

}  // namespace maxiofs::http
