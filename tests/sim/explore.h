// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "simulator.h"

namespace maxiofs::sim {

// A model together with the histories that it is to live through. A scenario registers itself with
// MAXIOFS_SCENARIO and is then explored by sim_cluster.
struct Scenario {
    std::string name;
    std::function<History(std::uint64_t seed)> history;
    std::function<std::unique_ptr<Model>(const History &)> model;
};

[[nodiscard]] const std::vector<Scenario> &scenarios();
bool registerScenario(Scenario scenario);

struct Failure {
    std::uint64_t seed = 0;
    std::string promise;
    std::string story;  // the shrunk history in words
    std::size_t steps = 0;
};

struct Explored {
    std::uint64_t histories = 0;
    std::uint64_t messages = 0;
    std::optional<Failure> failure;
};

struct Limits {
    std::uint64_t histories = ~std::uint64_t{0};
    double seconds = 0;  // 0: no limit of time
    unsigned threads = 1;
};

/// Runs one history: the promise that it breaks.
[[nodiscard]] std::optional<std::string> runHistory(const Scenario &scenario, const History &history,
                                                    std::uint64_t *messages = nullptr);
/// Runs histories of the seeds that follow from `seed` until a promise breaks or a limit is reached.
[[nodiscard]] Explored explore(const Scenario &scenario, std::uint64_t seed, const Limits &limits);
/// Leaves out what the history breaks its promise without.
[[nodiscard]] Failure shrink(const Scenario &scenario, History history, std::string promise);

}  // namespace maxiofs::sim

#define MAXIOFS_SCENARIO(Name, ...)                                                                          \
    [[maybe_unused]] static const bool registered##Name = maxiofs::sim::registerScenario(__VA_ARGS__);
