// SPDX-License-Identifier: GPL-3.0-or-later
#include "explore.h"
#include "support/test_runner.h"

#include <map>

namespace maxiofs::sim {

namespace simulator_test {

// Counts on its disk, and asks all others to count every second.
class CountingModel final : public Model {
public:
    class Counting final : public Program {
    public:
        Counting(CountingModel &model, Simulator &simulator, std::size_t node, World &world)
            : m_model(model),
              m_simulator(simulator),
              m_node(node),
              m_world(world)
        {
            m_world.after(1000, [this] { tick(); });
        }
        [[nodiscard]] Caller caller() const override { return {}; }
        void handle(const Caller &from, Request /*request*/, Reply reply) override
        {
            m_simulator.durably(m_node, [&] { ++m_model.heard[m_node][from.node]; });
            reply(Answer(cluster::rules::BeatAnswer()));
        }

    private:
        void tick()
        {
            for (std::size_t i = 0; i < m_simulator.nodes(); ++i)
                if (i != m_node)
                    m_world.ask({{}, Simulator::endpointOf(i), {}}, cluster::rules::Beat{}, 500,
                                [this](const Result<Answer> &answer) {
                                    if (answer)
                                        ++m_model.answered;
                                    else if (answer.error().code == Error::TimedOut)
                                        ++m_model.timedOut;
                                    else
                                        ++m_model.refused;
                                });
            m_world.after(1000, [this] { tick(); });
        }

        CountingModel &m_model;
        Simulator &m_simulator;
        const std::size_t m_node;
        World &m_world;
    };

    std::unique_ptr<Program> start(Simulator &simulator, std::size_t node, World &world) override
    {
        ++starts;
        return std::make_unique<Counting>(*this, simulator, node, world);
    }
    void act(Simulator &simulator, const Step &step) override
    {
        if (step.what == 1)
            simulator.broken("asked to break");
    }
    [[nodiscard]] std::int64_t healMs() const override { return 5000; }
    [[nodiscard]] std::optional<std::string> check(Simulator &simulator) override
    {
        last = std::to_string(answered) + ' ' + std::to_string(timedOut) + ' ' + std::to_string(refused) +
               ' ' + std::to_string(starts) + ' ' + std::to_string(simulator.messages()) + ' ' +
               std::to_string(heard[0][1]);
        return std::nullopt;
    }
    [[nodiscard]] std::string describe(const Step & /*step*/) const override { return "acts"; }

    std::map<std::size_t, std::map<std::size_t, int>> heard;
    int answered = 0;
    int timedOut = 0;
    int refused = 0;
    int starts = 0;
    std::string last;
};

History stormy(std::uint64_t seed)
{
    History history{.seed = seed, .nodes = 4, .lengthMs = 60'000, .weather = {}, .steps = {}};
    Random random(seed);
    addFaults(history, random, {.most = 20});
    return history;
}

std::string outcomeOf(const History &history, CountingModel &model)
{
    Simulator simulator(history, model);
    return simulator.run().value_or(model.last);
}

Step step(Step::Kind kind, std::int64_t atMs, std::size_t node)
{
    Step made;
    made.kind = kind;
    made.atMs = atMs;
    made.node = node;
    return made;
}

}  // namespace simulator_test

using namespace simulator_test;

class SimulatorTest final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void calmWorldDeliversEverything();
    void sameHistoryGivesTheSameRun();
    void cutLinkLosesOneDirectionOnly();
    void armedCrashComesBeforeOrAfterTheWrite();
    void failingHistoryIsShrunkToWhatMatters();
};

void SimulatorTest::calmWorldDeliversEverything()
{
    CountingModel model;
    History history{.seed = 1, .nodes = 2, .lengthMs = 9500, .weather = {}, .steps = {}};

    const std::string outcome = outcomeOf(history, model);

    QVERIFY2(model.timedOut == 0 && model.refused == 0, outcome.c_str());
    QCOMPARE(model.starts, 2);
    QCOMPARE(model.heard[0][1], 14);  // at 1 s, 2 s, ... 14 s
}

void SimulatorTest::sameHistoryGivesTheSameRun()
{
    int different = 0;
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        CountingModel first;
        CountingModel second;
        CountingModel other;

        const std::string outcome = outcomeOf(stormy(seed), first);

        QCOMPARE(outcomeOf(stormy(seed), second), outcome);
        different += outcomeOf(stormy(seed + 1000), other) != outcome ? 1 : 0;
    }
    QVERIFY(different > 10);
}

void SimulatorTest::cutLinkLosesOneDirectionOnly()
{
    CountingModel model;
    History history{.seed = 1, .nodes = 2, .lengthMs = 10'500, .weather = {}, .steps = {}};
    Step cut = step(Step::Kind::Cut, 500, 0);
    cut.other = 1;
    history.steps.push_back(cut);

    static_cast<void>(outcomeOf(history, model));

    QCOMPARE(model.heard[1][0], 5);   // after
    QCOMPARE(model.heard[0][1], 15);  // what 1 asks arrives, though 0's answers do not
    QCOMPARE(model.timedOut, 20);
}

void SimulatorTest::armedCrashComesBeforeOrAfterTheWrite()
{
    for (const std::uint64_t after : {0U, 1U}) {
        CountingModel model;
        History history{.seed = 1, .nodes = 2, .lengthMs = 4500, .weather = {}, .steps = {}};
        Step arm = step(Step::Kind::CrashAtWrite, 500, 0);
        arm.b = after;
        history.steps = {arm};

        static_cast<void>(outcomeOf(history, model));

        QCOMPARE(model.starts, 3);
        // The crash at 1 s, nobody there at 2 s and 3 s, then at 4 s to 9 s.
        QCOMPARE(model.heard[0][1], static_cast<int>(after) + 6);
    }
}

void SimulatorTest::failingHistoryIsShrunkToWhatMatters()
{
    const Scenario scenario{"shrinking",
                            [](std::uint64_t seed) {
                                History history = stormy(seed);
                                for (int i = 0; i < 30; ++i) {
                                    Step act = step(Step::Kind::Act, 1000 * i, 0);
                                    act.what = i == 17 ? 1 : 0;
                                    history.steps.push_back(act);
                                }
                                sortSteps(history);
                                return history;
                            },
                            [](const History &) { return std::make_unique<CountingModel>(); }};

    const Explored explored = explore(scenario, 7, {.histories = 5});

    QVERIFY(explored.failure.has_value());
    QCOMPARE(explored.histories, std::uint64_t{1});
    QCOMPARE(explored.failure->steps, std::size_t{1});
    QCOMPARE(explored.failure->promise, std::string("asked to break"));
    QVERIFY2(explored.failure->story.find("17.000 s  acts") != std::string::npos,
             explored.failure->story.c_str());
}

MAXIOFS_TEST(SimulatorTest)

}  // namespace maxiofs::sim

#include "simulator_test.moc"
