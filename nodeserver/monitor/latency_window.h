// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/histogram.h"

#include <optional>

namespace maxiofs::monitor {

// What was recorded in a histogram since the last look at it. One thread at a time.
class LatencyWindow {
public:
    explicit LatencyWindow(const base::Histogram &histogram);

    struct Summary {
        double medianMs = 0;
        double lowestMs = 0;
        double highestMs = 0;
    };
    /// Empty when nothing was recorded since the last call; exact to the histogram's buckets (12 %).
    [[nodiscard]] std::optional<Summary> next();

private:
    const base::Histogram &m_histogram;
    std::array<std::uint64_t, base::Histogram::kBuckets> m_before{};  // counts up to each bound
};

}  // namespace maxiofs::monitor
