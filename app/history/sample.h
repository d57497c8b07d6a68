// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>

namespace maxiofs::history {

// What was measured in one stretch of time: median, lowest and highest. Where nothing was measured there is
// no sample.
struct Sample {
    std::int64_t atMs = 0;  // the stretch's start, Unix milliseconds
    double median = 0;
    double lowest = 0;
    double highest = 0;

    bool operator==(const Sample &) const = default;
};

// How finely a stretch of time is kept.
enum class Resolution : std::int64_t { Second = 1'000, TenSeconds = 10'000, Minute = 60'000 };

}  // namespace maxiofs::history
