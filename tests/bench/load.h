// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "bench/options.h"

#include <vector>

namespace maxiofs::bench {

struct Figures {
    std::uint64_t requests = 0;
    std::uint64_t errors = 0;  // answers of 300 and above
    std::uint64_t bytesSent = 0;
    std::uint64_t bytesReceived = 0;
    double seconds = 0;
    double cpuSeconds = 0;  // this program's own
    std::vector<std::uint32_t> latenciesUs;
    std::string firstError;
};

/// Keeps options.connections requests under way until the given count or time is reached, then lets those
/// end. A connection that breaks is an error, since a server under test must not drop any.
[[nodiscard]] Result<Figures> runLoad(const Options &options);

/// The figures as one line of JSON.
[[nodiscard]] std::string toJson(const Figures &figures);

}  // namespace maxiofs::bench
