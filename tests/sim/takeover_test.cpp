// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/test_runner.h"
#include "takeover_model.h"

namespace maxiofs::sim {

// Each rule of the takeover, broken, is noticed by random histories; none is broken in the product's.
class TakeoverFlawsTest final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void rulesHoldInRandomHistories()
    {
        for (const Scenario &scenario : {takeoverScenario(), removalsScenario(), switchesScenario()}) {
            const Explored explored = explore(scenario, 1, {.histories = 100});

            QVERIFY2(!explored.failure, story(explored));
        }
    }

    void flawsAreFound_data()
    {
        QTest::addColumn<int>("flaw");
        QTest::newRow("an epoch that a takeover does not raise") << 0;
        QTest::newRow("an owner that counts as silent") << 1;
        QTest::newRow("members that are not asked whether they hear the owner") << 2;
        QTest::newRow("members that are not asked how fresh their copies are") << 3;
        QTest::newRow("a policy that is ignored") << 4;
        QTest::newRow("a former owner that hands nothing over") << 5;
        QTest::newRow("removals that are not handed over") << 6;
        QTest::newRow("losers that are dropped") << 7;
        QTest::newRow("what is handed over wins") << 8;
        QTest::newRow("a former owner that acknowledges") << 9;
        QTest::newRow("a synchronous rule that nobody waits for") << 10;
        QTest::newRow("a rule that turned round and is waited for") << 11;
        QTest::newRow("a copy that is fed before it has handed over") << 12;
        QTest::newRow("writes that are not held while a bucket is given away") << 13;
        QTest::newRow("rules that do not turn round") << 14;
        QTest::newRow("former owners that nobody waits for") << 15;
        QTest::newRow("removals that are forgotten before a replica has them") << 16;
        QTest::newRow("removals that are forgotten by their age alone") << 17;
    }

    void flawsAreFound()
    {
        QFETCH(int, flaw);
        TakeoverFlaws flaws;
        bool *const all[]{&flaws.keepsEpoch,       &flaws.hearsNobody,     &flaws.asksNobody,
                          &flaws.ignoresOthers,    &flaws.ignoresPolicy,   &flaws.handsNothingOver,
                          &flaws.forgetsRemovals,  &flaws.dropsLosers,     &flaws.lastWins,
                          &flaws.acknowledgesLate, &flaws.neverWaits,      &flaws.neverDegrades,
                          &flaws.admitsEarly,      &flaws.holdsNothing,    &flaws.keepsRules,
                          &flaws.forgetsAwaited,   &flaws.forgetsUnpassed, &flaws.forgetsByAge};
        *all[flaw] = true;

        const Scenario scenario = flaws.forgetsUnpassed || flaws.forgetsByAge ? removalsScenario(flaws)
                                  : flaws.holdsNothing                        ? switchesScenario(flaws)
                                                                              : takeoverScenario(flaws);
        std::optional<std::string> broken;
        std::uint64_t seed = 0;
        while (!broken && seed < kHistories)
            broken = runHistory(scenario, scenario.history(++seed));

        QVERIFY(broken);
        qInfo("after %llu histories: %s", static_cast<unsigned long long>(seed), broken->c_str());
    }

private:
    static constexpr std::uint64_t kHistories = 3000;  // a flaw must be found among so many

    const char *story(const Explored &explored)
    {
        m_story.clear();
        if (explored.failure)
            m_story = "seed " + std::to_string(explored.failure->seed) + ": " + explored.failure->promise +
                      '\n' + explored.failure->story;
        return m_story.c_str();
    }

    std::string m_story;
};

}  // namespace maxiofs::sim

using maxiofs::sim::TakeoverFlawsTest;
MAXIOFS_TEST(TakeoverFlawsTest)

#include "takeover_test.moc"
