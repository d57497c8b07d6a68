// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "cluster/rules/replication.h"

#include <deque>

namespace maxiofs::cluster::replication {

// How fast a rule's bucket changes and how fast its destination follows, over the last minute. One thread.
class RuleRates {
public:
    static constexpr std::int64_t kWindowMs = 60'000;

    struct Rates {
        double objectsIn = 0;  // each a second
        double objectsOut = 0;
        double bytesIn = 0;
        double bytesOut = 0;
    };
    /// To be called about each second.
    void sample(std::int64_t nowMs, const rules::RuleStatus &status);
    [[nodiscard]] Rates rates() const;

private:
    struct Sample {
        std::int64_t atMs = 0;
        std::uint64_t objectsOut = 0;
        std::uint64_t bytesOut = 0;
        std::uint64_t objectsSeen = 0;  // sent and still unsent
        std::uint64_t bytesSeen = 0;
    };
    std::deque<Sample> m_samples;
};

}  // namespace maxiofs::cluster::replication
