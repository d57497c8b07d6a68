// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "protocol/health_history.h"

#include <deque>

namespace maxiofs::cluster {

// The round trips of one member's beats: an hour of seconds and a day of ten-second stretches. One thread at
// a time. About 300 KB when full.
class BeatHistory {
public:
    static constexpr std::size_t kSecondsKept = 3600;
    static constexpr std::size_t kTenSecondsKept = 8640;

    /// A beat that was answered at this time (Unix) after so long.
    void add(std::int64_t wallMs, double latencyMicros);
    /// Samples that begin at or after `sinceMs`, oldest first. `resolutionSeconds` is 1 or 10.
    [[nodiscard]] std::vector<protocol::HealthSample> samples(std::int64_t resolutionSeconds,
                                                              std::int64_t sinceMs) const;

private:
    struct Stretch {
        std::int64_t atMs = 0;  // its start
        float medianMs = 0;
        float lowestMs = 0;
        float highestMs = 0;
    };
    // The stretch that is being filled.
    struct Filling {
        std::int64_t atMs = 0;
        std::vector<float> latenciesMs;
    };
    static void add(Filling &filling, std::deque<Stretch> &kept, std::size_t limit, std::int64_t lengthMs,
                    std::int64_t wallMs, float latencyMs);
    [[nodiscard]] static Stretch summaryOf(const Filling &filling);

    Filling m_second;
    Filling m_tenSeconds;
    std::deque<Stretch> m_seconds;
    std::deque<Stretch> m_tens;
};

}  // namespace maxiofs::cluster
