// SPDX-License-Identifier: GPL-3.0-or-later
// The histories that TakeoverModel lives through.
#include "takeover_model.h"

#include <algorithm>

namespace maxiofs::sim {

namespace {

Step actAt(std::int64_t atMs, unsigned what, std::size_t node, std::uint64_t a, std::uint64_t b)
{
    Step step;
    step.atMs = atMs;
    step.what = what;
    step.node = node;
    step.a = a;
    step.b = b;
    return step;
}

Step faultAt(std::int64_t atMs, Step::Kind kind, std::size_t node, std::size_t other = 0)
{
    Step step;
    step.atMs = atMs;
    step.kind = kind;
    step.node = node;
    step.other = other;
    return step;
}

// Removals grow old enough to be forgotten.
Step holidayAt(std::int64_t atMs, Random &random)
{
    Step step = faultAt(atMs, Step::Kind::Later, 0);
    step.value = random.between(2, 10) * 24 * 3'600'000;
    return step;
}

void addWrites(History &history, Random &random, std::int64_t fromMs, std::int64_t toMs, std::uint64_t count,
               unsigned putPermille = 700)
{
    for (std::uint64_t i = 0; i < count; ++i)
        history.steps.push_back(actAt(random.between(fromMs, std::max(fromMs, toMs)),
                                      random.chance(putPermille) ? TakeoverModel::Put : TakeoverModel::Remove,
                                      random.below(history.nodes), random.below(TakeoverModel::kKeys),
                                      random.below(2)));
}

// The owner, or who took over from it, is away for long enough; clients go on at both sides.
void addOutage(History &history, Random &random)
{
    const std::int64_t atMs = random.between(4000, std::max<std::int64_t>(history.lengthMs - 5000, 4000));
    const std::int64_t endMs = atMs + random.between(2000, 20'000);
    const std::size_t node = random.chance(700) ? 0 : random.below(history.nodes);
    const std::uint64_t how = random.below(5);
    addWrites(history, random, std::max<std::int64_t>(atMs - 500, 0), atMs + 100, 1 + random.below(4));
    if (how == 0) {
        history.steps.push_back(faultAt(atMs, Step::Kind::Crash, node));
        history.steps.push_back(faultAt(endMs, Step::Kind::Restart, node));
    } else if (how == 1) {
        for (std::size_t other = 0; other < history.nodes; ++other)
            if (other != node)
                history.steps.push_back(faultAt(atMs, Step::Kind::Cut, random.chance(500) ? node : other,
                                                random.chance(500) ? other : node));
        history.steps.push_back(faultAt(endMs, Step::Kind::LinkAll, node));
    } else {
        const std::size_t other = random.below(history.nodes);
        history.steps.push_back(faultAt(atMs, Step::Kind::Isolate, node));
        if (how == 2) {
            history.steps.push_back(faultAt(atMs, Step::Kind::Link, node, other));
        } else if (how == 3) {
            history.steps.push_back(faultAt(atMs + random.between(0, 8000), Step::Kind::Isolate, other));
        }
        history.steps.push_back(faultAt(endMs, Step::Kind::LinkAll, node));
    }
    addWrites(history, random, atMs, endMs + 3000, 3 + random.below(12));
    if (random.chance(300))
        history.steps.push_back(faultAt(atMs + random.between(0, 9000), Step::Kind::LoseDisk, node));
}

History takeoverHistory(std::uint64_t seed)
{
    Random random(mix(seed, 11));
    History history{.seed = seed, .weather = {}, .steps = {}};
    history.nodes = 3 + random.below(3);
    history.lengthMs = random.between(15'000, 60'000);
    history.weather.usualMs = random.between(1, 50);
    addWrites(history, random, 100, history.lengthMs, 5 + random.below(25));
    const bool isCalm = random.chance(150);
    const std::uint64_t outages = isCalm ? 0 : random.below(4);
    for (std::uint64_t i = 0; i < outages; ++i)
        addOutage(history, random);
    if (isCalm || random.chance(350))
        for (std::uint64_t i = 0; i < 1 + random.below(3); ++i) {
            const std::int64_t atMs = random.between(3000, history.lengthMs);
            history.steps.push_back(actAt(atMs,
                                          random.chance(500)   ? TakeoverModel::Promote
                                          : random.chance(800) ? TakeoverModel::GiveAway
                                                               : TakeoverModel::ForcePromote,
                                          random.below(history.nodes), random.below(history.nodes),
                                          random.below(2)));
            addWrites(history, random, atMs - 100, atMs + 600, 6);
        }
    if (!isCalm && random.chance(500))
        addFaults(history, random, {.most = 8, .disks = random.chance(200)});
    for (std::uint64_t i = random.chance(300) ? 1 + random.below(3) : 0; i > 0; --i)
        history.steps.push_back(holidayAt(random.between(3000, history.lengthMs), random));
    sortSteps(history);
    return history;
}

// A copy is away while others go on, and objects are removed that it still has.
void addAbsence(History &history, Random &random, std::size_t node, std::int64_t atMs)
{
    const std::int64_t laterMs = atMs + random.between(9000, 20'000);
    const std::int64_t endMs = laterMs + random.between(5000, 40'000);
    addWrites(history, random, 100, atMs - 500, 6);
    if (random.chance(500)) {
        history.steps.push_back(faultAt(atMs, Step::Kind::Crash, node));
        history.steps.push_back(faultAt(endMs, Step::Kind::Restart, node));
    } else {
        history.steps.push_back(faultAt(atMs, Step::Kind::Isolate, node));
        history.steps.push_back(faultAt(endMs, Step::Kind::LinkAll, node));
    }
    addWrites(history, random, atMs, laterMs, 4 + random.below(5), 200);
    history.steps.push_back(holidayAt(laterMs, random));
    history.lengthMs = std::max(history.lengthMs, endMs);
}

// Two replicas that do not reach each other take over at the same moment; one of them is away from then on.
void addTwoClaims(History &history, Random &random, std::int64_t atMs)
{
    const std::int64_t backMs = atMs + random.between(9000, 14'000);
    const std::int64_t laterMs = backMs + random.between(9000, 15'000);
    addWrites(history, random, 100, atMs - 500, 12, 900);
    history.steps.push_back(faultAt(atMs, Step::Kind::Crash, 0));
    history.steps.push_back(faultAt(atMs, Step::Kind::Cut, 1, 2));
    history.steps.push_back(faultAt(atMs, Step::Kind::Cut, 2, 1));
    history.steps.push_back(
        faultAt(atMs + random.between(6500, 9000), Step::Kind::Isolate, random.chance(500) ? 1 : 2));
    history.steps.push_back(faultAt(backMs, Step::Kind::Restart, 0));
    addWrites(history, random, backMs, laterMs, 6 + random.below(6), 100);
    history.steps.push_back(holidayAt(laterMs, random));
    history.lengthMs = std::max(history.lengthMs, laterMs + 25'000);
}

History removalsHistory(std::uint64_t seed)
{
    Random random(mix(seed, 13));
    History history{.seed = seed, .weather = {}, .steps = {}};
    history.nodes = 3 + random.below(2);
    history.lengthMs = 20'000;
    history.weather.usualMs = random.between(1, 50);
    if (random.chance(200)) {
        history.nodes = 4;
        addTwoClaims(history, random, random.between(6000, 12'000));
    } else {
        for (std::uint64_t i = 0; i < 1 + random.below(3); ++i)
            addAbsence(history, random, random.below(history.nodes), random.between(4000, 30'000));
        if (random.chance(200))
            history.steps.push_back(faultAt(random.between(4000, history.lengthMs), Step::Kind::LoseDisk,
                                            random.below(history.nodes)));
    }
    if (random.chance(300))
        addFaults(history, random, {.most = 3});
    sortSteps(history);
    return history;
}

// Nothing is wrong, but buckets go from node to node again before a former owner is in line.
History switchesHistory(std::uint64_t seed)
{
    Random random(mix(seed, 15));
    History history{.seed = seed, .weather = {}, .steps = {}};
    history.nodes = 3;
    history.weather.usualMs = random.between(1, 50);
    std::int64_t atMs = random.between(4000, 6000);
    addWrites(history, random, 100, atMs, 8);
    for (std::uint64_t i = 0; i < 12; ++i) {
        const auto what = random.chance(800) ? TakeoverModel::Promote : TakeoverModel::GiveAway;
        history.steps.push_back(actAt(atMs, what, random.below(3), random.below(3), random.below(2)));
        const std::int64_t nextMs = atMs + random.between(100, random.chance(500) ? 700 : 4000);
        addWrites(history, random, atMs - 50, nextMs, 6);
        atMs = nextMs;
    }
    history.lengthMs = atMs;
    sortSteps(history);
    return history;
}

Scenario scenarioOf(const char *name, History (*history)(std::uint64_t), const TakeoverFlaws &flaws)
{
    return {name, history,
            [flaws](const History &lived) { return std::make_unique<TakeoverModel>(lived, flaws); }};
}

}  // namespace

Scenario takeoverScenario(const TakeoverFlaws &flaws)
{
    return scenarioOf("takeover", takeoverHistory, flaws);
}

Scenario removalsScenario(const TakeoverFlaws &flaws)
{
    return scenarioOf("removals", removalsHistory, flaws);
}

Scenario switchesScenario(const TakeoverFlaws &flaws)
{
    return scenarioOf("switches", switchesHistory, flaws);
}

MAXIOFS_SCENARIO(Takeover, takeoverScenario())
MAXIOFS_SCENARIO(Switches, switchesScenario())

}  // namespace maxiofs::sim
