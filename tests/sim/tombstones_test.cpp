// SPDX-License-Identifier: GPL-3.0-or-later
#include "records_model.h"
#include "support/test_runner.h"

namespace maxiofs::sim {

namespace tombstones_test {

constexpr std::int64_t kHourMs = 3'600'000;
constexpr std::int64_t kDayMs = 24 * kHourMs;

Step act(std::int64_t atMs, std::size_t node, RecordsModel::What what)
{
    Step step;
    step.atMs = atMs;
    step.node = node;
    step.what = what;
    return step;
}

Step fault(std::int64_t atMs, std::size_t node, Step::Kind kind, std::int64_t value = 0)
{
    Step step;
    step.kind = kind;
    step.atMs = atMs;
    step.node = node;
    step.value = value;
    return step;
}

// Three nodes with one user that is made and deleted, and then what the history says; how many of them have
// the tombstone in the end.
class World3 {
public:
    explicit World3(std::vector<Step> steps, std::int64_t lengthMs)
        : m_history{.seed = 5, .nodes = 3, .lengthMs = lengthMs, .weather = {}, .steps = std::move(steps)},
          m_model(m_history, m_rules, {.intervalMs = kHourMs / 6})
    {
        sortSteps(m_history);
        Simulator simulator(m_history, m_model);
        broken = simulator.run().value_or("");
        for (std::size_t node = 0; node < 3; ++node)
            if (m_model.disk(node).find(RecordsModel::keyOf({})) != nullptr)
                ++tombstones;
    }

    std::string broken;
    int tombstones = 0;

private:
    const Rules m_rules;
    History m_history;
    RecordsModel m_model;
};

}  // namespace tombstones_test

using namespace tombstones_test;

class TombstonesTest final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void tombstonesStayForThirtyDays();
    void tombstonesThatAllHaveAreDroppedInTheEnd();
    void memberThatIsAwayKeepsThemAlive();
    void memberThatComesBackAfterMonthsLearnsThem();
};

void TombstonesTest::tombstonesStayForThirtyDays()
{
    const World3 world({act(1000, 0, RecordsModel::Put), act(9000, 1, RecordsModel::Remove),
                        fault(10'000, 0, Step::Kind::Later, 29 * kDayMs)},
                       5 * kHourMs);

    QCOMPARE(world.broken, std::string());
    QCOMPARE(world.tombstones, 3);
}

void TombstonesTest::tombstonesThatAllHaveAreDroppedInTheEnd()
{
    const World3 world({act(1000, 0, RecordsModel::Put), act(9000, 1, RecordsModel::Remove),
                        fault(10'000, 0, Step::Kind::Later, 31 * kDayMs)},
                       5 * kHourMs);

    QCOMPARE(world.broken, std::string());
    QCOMPARE(world.tombstones, 0);
}

void TombstonesTest::memberThatIsAwayKeepsThemAlive()
{
    const World3 world({act(1000, 0, RecordsModel::Put), fault(5000, 2, Step::Kind::Crash),
                        act(9000, 1, RecordsModel::Remove), fault(10'000, 0, Step::Kind::Later, 400 * kDayMs),
                        fault(9 * kHourMs, 2, Step::Kind::Restart)},
                       9 * kHourMs + 60'000);

    QCOMPARE(world.broken, std::string());
    QCOMPARE(world.tombstones, 3);
}

void TombstonesTest::memberThatComesBackAfterMonthsLearnsThem()
{
    const World3 world({act(1000, 0, RecordsModel::Put), fault(5000, 2, Step::Kind::Crash),
                        act(9000, 1, RecordsModel::Remove), fault(10'000, 0, Step::Kind::Later, 400 * kDayMs),
                        fault(9 * kHourMs, 2, Step::Kind::Restart)},
                       14 * kHourMs);

    QCOMPARE(world.broken, std::string());
    QCOMPARE(world.tombstones, 0);
}

MAXIOFS_TEST(TombstonesTest)

}  // namespace maxiofs::sim

#include "tombstones_test.moc"
