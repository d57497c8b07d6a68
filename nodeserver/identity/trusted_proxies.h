// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/result.h"

#include <array>
#include <vector>

namespace maxiofs::identity {

// The addresses whose X-Forwarded-For is believed. Constant after it was made; any thread.
class TrustedProxies {
public:
    TrustedProxies() = default;
    /// From "10.0.0.0/8, 192.168.1.4, fd00::/8"; InvalidArgument names the part that is wrong.
    [[nodiscard]] static Result<TrustedProxies> parse(std::string_view list);

    [[nodiscard]] bool contains(std::string_view address) const;
    /// The client's address: of `forwardedFor` (the header's value, all its lines joined by commas) the last
    /// one that is no trusted proxy, if the connection itself comes from one; else the peer's own.
    [[nodiscard]] std::string clientAddress(std::string_view peer, std::string_view forwardedFor) const;

private:
    struct Range {
        std::array<std::byte, 16> address{};  // IPv4 as ::ffff:a.b.c.d
        unsigned bits = 0;
    };
    std::vector<Range> m_ranges;
};

}  // namespace maxiofs::identity
