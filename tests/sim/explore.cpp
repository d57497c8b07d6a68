// SPDX-License-Identifier: GPL-3.0-or-later
#include "explore.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <mutex>
#include <thread>

namespace maxiofs::sim {

namespace {

constexpr int kMostShrinkRuns = 3000;

std::vector<Scenario> &registered()
{
    static std::vector<Scenario> scenarios;
    return scenarios;
}

std::string secondsOf(std::int64_t ms)
{
    char text[32];
    std::snprintf(text, sizeof text, "%8.3f s  ", static_cast<double>(ms) / 1000);
    return text;
}

std::string storyOf(const Model &model, const History &history)
{
    std::string story = "  " + std::to_string(history.nodes) + " nodes; " + describe(history.weather) + '\n';
    for (const Step &step : history.steps) {
        story += "  " + secondsOf(step.atMs);
        story += step.kind == Step::Kind::Act ? model.describe(step) : describe(step);
        story += '\n';
    }
    return story + "  " + secondsOf(history.lengthMs) + "everything heals\n";
}

// Whether a history still breaks a promise; counts the runs.
class Trial {
public:
    Trial(const Scenario &scenario, History history, std::string promise)
        : m_scenario(scenario),
          m_history(std::move(history)),
          m_promise(std::move(promise))
    {
    }

    [[nodiscard]] const History &history() const { return m_history; }
    [[nodiscard]] const std::string &promise() const { return m_promise; }
    bool take(History candidate)
    {
        if (++m_runs > kMostShrinkRuns)
            return false;
        auto promise = runHistory(m_scenario, candidate);
        if (!promise)
            return false;
        m_history = std::move(candidate);
        m_promise = std::move(*promise);
        return true;
    }

private:
    const Scenario &m_scenario;
    History m_history;
    std::string m_promise;
    int m_runs = 0;
};

// Greedily: halves, then quarters, and in the end each step alone, until nothing more can go.
bool dropSteps(Trial &trial)
{
    bool dropped = false;
    for (std::size_t chunk = std::max<std::size_t>(trial.history().steps.size() / 2, 1); chunk > 0;
         chunk /= 2) {
        for (std::size_t from = 0; from < trial.history().steps.size();) {
            History fewer = trial.history();
            const auto begin = fewer.steps.begin() + static_cast<std::ptrdiff_t>(from);
            const auto count = std::min(chunk, fewer.steps.size() - from);
            fewer.steps.erase(begin, begin + static_cast<std::ptrdiff_t>(count));
            if (trial.take(std::move(fewer)))
                dropped = true;
            else
                from += chunk;
        }
    }
    return dropped;
}

bool calmDown(Trial &trial)
{
    bool calmed = false;
    for (unsigned Weather::*part :
         {&Weather::lostPermille, &Weather::doubledPermille, &Weather::slowPermille}) {
        if (trial.history().weather.*part == 0)
            continue;
        History calmer = trial.history();
        calmer.weather.*part = 0;
        calmed |= trial.take(std::move(calmer));
    }
    return calmed;
}

}  // namespace

const std::vector<Scenario> &scenarios()
{
    return registered();
}

bool registerScenario(Scenario scenario)
{
    registered().push_back(std::move(scenario));
    std::ranges::sort(registered(), {}, &Scenario::name);
    return true;
}

std::optional<std::string> runHistory(const Scenario &scenario, const History &history,
                                      std::uint64_t *messages)
{
    const auto model = scenario.model(history);
    Simulator simulator(history, *model);
    auto broken = simulator.run();
    if (messages != nullptr)
        *messages += simulator.messages();
    return broken;
}

Failure shrink(const Scenario &scenario, History history, std::string promise)
{
    const std::uint64_t seed = history.seed;
    Trial trial(scenario, std::move(history), std::move(promise));
    while (dropSteps(trial) || calmDown(trial)) {
    }
    return {seed, trial.promise(), storyOf(*scenario.model(trial.history()), trial.history()),
            trial.history().steps.size()};
}

Explored explore(const Scenario &scenario, std::uint64_t seed, const Limits &limits)
{
    using Clock = std::chrono::steady_clock;
    const auto end = Clock::now() + std::chrono::duration_cast<Clock::duration>(
                                        std::chrono::duration<double>(limits.seconds));
    std::atomic<std::uint64_t> next = 0;
    std::atomic<std::uint64_t> done = 0;
    std::atomic<std::uint64_t> messages = 0;
    std::atomic<bool> stop = false;
    std::mutex mutex;
    std::optional<std::pair<History, std::string>> found;
    const auto work = [&] {
        std::uint64_t sent = 0;
        for (std::uint64_t i = next++; i < limits.histories && !stop; i = next++) {
            if (limits.seconds > 0 && Clock::now() >= end)
                break;
            const History history = scenario.history(seed + i);
            auto promise = runHistory(scenario, history, &sent);
            ++done;
            if (promise) {
                stop = true;
                const std::lock_guard lock(mutex);
                if (!found || history.seed < found->first.seed)
                    found.emplace(history, std::move(*promise));
            }
        }
        messages += sent;
    };
    {
        std::vector<std::jthread> threads;
        for (unsigned i = 1; i < limits.threads; ++i)
            threads.emplace_back(work);
        work();
    }
    Explored explored{done, messages, {}};
    if (found)
        explored.failure = shrink(scenario, std::move(found->first), std::move(found->second));
    return explored;
}

}  // namespace maxiofs::sim
