// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "random.h"

#include <string>
#include <vector>

namespace maxiofs::sim {

// How badly messages travel until everything heals.
struct Weather {
    unsigned lostPermille = 0;     // of requests and of answers, each
    unsigned doubledPermille = 0;  // requests that are handled twice
    unsigned slowPermille = 0;     // messages that take up to slowMs, longer than who asks waits
    std::int64_t usualMs = 5;      // others take 1 to usualMs
    std::int64_t slowMs = 15'000;
};

// One thing that happens to the world at a time.
struct Step {
    enum class Kind {
        Act,           // the model's own: `what`, `node`, `a`, `b`
        Cut,           // messages from `node` to `other` are lost
        Link,          // and arrive again, in both directions
        Isolate,       // all links of `node`, both ways
        LinkAll,       //
        Crash,         // `node` stops at once
        CrashAtWrite,  // before (`b` even) or after (odd) its `a`-th durable write from now
        Restart,       // from its disk; after a CrashAtWrite it also comes by itself
        Clock,         // its wall clock is off by `value` ms from now on
        LoseDisk,      // it stops and its disk is empty, where the model allows it
        Later,         // wall clocks of all go on by `value` ms: a holiday
    };
    Kind kind = Kind::Act;
    std::int64_t atMs = 0;
    std::size_t node = 0;
    std::size_t other = 0;
    std::int64_t value = 0;
    unsigned what = 0;
    std::uint64_t a = 0;
    std::uint64_t b = 0;
};

// All that decides a run: the same history gives the same run, step for step.
struct History {
    std::uint64_t seed = 0;
    std::size_t nodes = 3;
    std::int64_t lengthMs = 60'000;  // then everything heals
    Weather weather;
    std::vector<Step> steps;  // in order of time
};

// Which faults a model's histories have.
struct Faults {
    unsigned most = 10;  // faults in a history
    bool cuts = true;
    bool crashes = true;
    bool clocks = true;
    bool disks = false;
    std::int64_t clockMs = 10 * 60'000;  // clocks are off by at most this
};

/// Weather and faults by chance, among the steps that are there; keeps them in order of time.
void addFaults(History &history, Random &random, const Faults &faults);
void sortSteps(History &history);
[[nodiscard]] std::string describe(const Weather &weather);
/// A fault in words; Act steps are the model's to describe.
[[nodiscard]] std::string describe(const Step &step);

}  // namespace maxiofs::sim
