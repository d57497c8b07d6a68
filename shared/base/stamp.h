// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/id.h"

#include <algorithm>
#include <cstdint>

namespace maxiofs {

// When and where a change was made: 48 bits of Unix milliseconds, a 16-bit counter, the node. The order of
// changes to one thing across nodes; two nodes never make equal stamps.
struct Stamp {
    std::uint64_t time = 0;  // milliseconds << 16 | counter
    NodeId node;

    static constexpr unsigned kCounterBits = 16;

    [[nodiscard]] std::int64_t unixMs() const { return static_cast<std::int64_t>(time >> kCounterBits); }

    /// The stamp of a change now that replaces one with the stamp `replaced`: never smaller than it.
    [[nodiscard]] static Stamp after(const Stamp &replaced, std::int64_t nowUnixMs, const NodeId &node)
    {
        const auto now = static_cast<std::uint64_t>(std::max<std::int64_t>(nowUnixMs, 0)) << kCounterBits;
        return {std::max(now, replaced.time + 1), node};
    }

    auto operator<=>(const Stamp &) const = default;
};

}  // namespace maxiofs
