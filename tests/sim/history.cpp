// SPDX-License-Identifier: GPL-3.0-or-later
#include "history.h"

#include <algorithm>

namespace maxiofs::sim {

namespace {

std::string nodeName(std::size_t node)
{
    return "node " + std::to_string(node);
}

Step::Kind oneOf(Random &random, const std::vector<Step::Kind> &kinds)
{
    return kinds[random.below(kinds.size())];
}

}  // namespace

void sortSteps(History &history)
{
    std::ranges::stable_sort(history.steps, {}, &Step::atMs);
}

void addFaults(History &history, Random &random, const Faults &faults)
{
    using Kind = Step::Kind;
    if (random.chance(700))
        history.weather.lostPermille = static_cast<unsigned>(random.below(200));
    if (random.chance(700))
        history.weather.doubledPermille = static_cast<unsigned>(random.below(200));
    if (random.chance(500))
        history.weather.slowPermille = static_cast<unsigned>(random.below(150));
    history.weather.usualMs = random.between(1, 50);

    std::vector<Kind> kinds;
    if (faults.cuts)
        kinds.insert(kinds.end(), {Kind::Cut, Kind::Link, Kind::Isolate, Kind::LinkAll});
    if (faults.crashes)
        kinds.insert(kinds.end(), {Kind::Crash, Kind::CrashAtWrite, Kind::CrashAtWrite, Kind::Restart});
    if (faults.clocks)
        kinds.push_back(Kind::Clock);
    if (faults.disks)
        kinds.push_back(Kind::LoseDisk);
    const std::uint64_t count = kinds.empty() ? 0 : random.below(faults.most + 1);
    for (std::uint64_t i = 0; i < count; ++i) {
        Step step;
        step.kind = oneOf(random, kinds);
        step.atMs = random.between(0, history.lengthMs);
        step.node = random.below(history.nodes);
        step.other = random.below(history.nodes);
        step.a = random.below(4);
        step.b = random.below(2);
        if (step.kind == Kind::Clock)
            step.value = random.between(-faults.clockMs, faults.clockMs);
        if (step.kind == Kind::Cut && random.chance(500)) {
            Step back = step;
            std::swap(back.node, back.other);
            history.steps.push_back(back);
        }
        history.steps.push_back(step);
        if (step.kind == Kind::Crash && random.chance(800)) {
            step.kind = Kind::Restart;
            step.atMs = random.between(step.atMs, history.lengthMs);
            history.steps.push_back(step);
        }
    }
    sortSteps(history);
}

std::string describe(const Weather &weather)
{
    return "messages lost " + std::to_string(weather.lostPermille) + ", doubled " +
           std::to_string(weather.doubledPermille) + ", slow " + std::to_string(weather.slowPermille) +
           " of 1000; usually up to " + std::to_string(weather.usualMs) + " ms";
}

std::string describe(const Step &step)
{
    const std::string node = nodeName(step.node);
    switch (step.kind) {
    case Step::Kind::Act: return "act " + std::to_string(step.what) + " on " + node;
    case Step::Kind::Cut: return "messages from " + node + " to " + nodeName(step.other) + " are lost";
    case Step::Kind::Link: return "the link of " + node + " and " + nodeName(step.other) + " is well";
    case Step::Kind::Isolate: return node + " is cut off";
    case Step::Kind::LinkAll: return "all links are well";
    case Step::Kind::Crash: return node + " crashes";
    case Step::Kind::CrashAtWrite:
        return node + " will crash " + (step.b % 2 == 1 ? "after" : "before") + " its write number " +
               std::to_string(step.a + 1) + " from now";
    case Step::Kind::Restart: return node + " starts, if it is down";
    case Step::Kind::Clock:
        return "the clock of " + node + " is off by " + std::to_string(step.value) + " ms";
    case Step::Kind::LoseDisk: return node + " loses its disk";
    case Step::Kind::Later: return std::to_string(step.value / 3'600'000) + " hours later";
    }
    return {};
}

}  // namespace maxiofs::sim
