// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "protocol/json.h"

namespace maxiofs::protocol {

// One stretch of a node's recent past, `resolution_seconds` long. Latencies are empty where nothing was
// measured; at a resolution of one second median, lowest and highest are those of that second.
struct HealthSample {
    Time time;  // its start
    std::optional<double> medianMs;
    std::optional<double> lowestMs;
    std::optional<double> highestMs;
    double requestsPerSecond = 0;
    double bytesInPerSecond = 0;
    double bytesOutPerSecond = 0;
    double diskReadBytesPerSecond = 0;
    double diskWriteBytesPerSecond = 0;
    double diskBusy = 0;  // 0 to 1
    double cpu = 0;       // 0 to 1, of all cores
};

// GET /cluster/nodes/{id}/health?resolution=1|10&since=<time>: one hour at 1 s, 24 hours at 10 s, oldest
// first.
struct HealthHistory {
    std::string nodeId;
    std::int64_t resolutionSeconds = 1;
    std::string latencyOf = "requests";  // "requests" that the node answered, or "beats" from the node asked
    std::vector<HealthSample> samples;
    std::vector<MissingNode> missing;  // the node itself, when only the beats are known
};

}  // namespace maxiofs::protocol
