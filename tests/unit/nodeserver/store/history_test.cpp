// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/test_runner.h"

#include "random_history.h"

namespace maxiofs::test {

using store::Versioning;

// Random histories against a simple model: whatever happens to the process, the disk and the index, the store
// holds what was acknowledged, and of the change that a crash interrupted all or nothing.
class HistoryTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void randomHistoriesEndAsTheModelSays();
    void anyCrashPointOfAScenarioLeavesTheModel();
    void compactionComesToAnEndAndLeavesWhatLives();
};

namespace {

std::uint64_t numberFrom(const char *variable, std::uint64_t otherwise)
{
    bool given = false;
    const auto value = qEnvironmentVariable(variable).toULongLong(&given);
    return given ? value : otherwise;
}

void tell(const RandomHistory &history, std::uint64_t seed)
{
    qWarning("seed %llu: %s", static_cast<unsigned long long>(seed), history.difference().c_str());
    const auto &story = history.story();
    const std::size_t from = story.size() > 400 ? story.size() - 400 : 0;
    for (std::size_t i = from; i < story.size(); ++i)
        qWarning("  %zu %s", i, story[i].c_str());
}

}  // namespace

void HistoryTest::randomHistoriesEndAsTheModelSays()
{
    const std::uint64_t steps = numberFrom("MAXIOFS_HISTORY_STEPS", 4000);
    const std::uint64_t length = numberFrom("MAXIOFS_HISTORY_LENGTH", 400);
    std::uint64_t seed = numberFrom("MAXIOFS_SEED", std::random_device()());
    qInfo("seed %llu", static_cast<unsigned long long>(seed));

    for (std::uint64_t done = 0; done < steps; done += length, ++seed) {
        RandomHistory history(seed);
        for (std::uint64_t i = 0; i < length && history.difference().empty(); ++i)
            history.step();
        if (history.difference().empty())
            history.finish();
        if (!history.difference().empty())
            tell(history, seed);
        QVERIFY2(history.difference().empty(), history.difference().c_str());
    }
}

// A few changes of every kind, then compaction, with the power going after every single change of the disk.
void HistoryTest::anyCrashPointOfAScenarioLeavesTheModel()
{
    const std::uint64_t every = numberFrom("MAXIOFS_CRASH_POINT_STEP", 1);
    const std::uint64_t seed = numberFrom("MAXIOFS_SEED", 1);
    for (std::uint64_t point = 0;; point += every) {
        RandomHistory history(seed);
        for (int i = 0; i < 40; ++i)
            history.stepOfChanges();
        const std::uint64_t before = history.store().files().changes();
        history.store().files().stopAfter(point);
        for (int i = 0; i < 10 && !history.isBroken(); ++i)
            history.stepOfChanges();
        for (int i = 0; i < 4 && !history.isBroken(); ++i)
            history.compact();
        const bool reached = history.store().files().stopped();
        QVERIFY(history.store().files().changes() > before || point == 0);

        history.crash();
        if (history.difference().empty())
            history.finish();

        if (!history.difference().empty())
            tell(history, point);
        QVERIFY2(history.difference().empty(), history.difference().c_str());
        if (!reached)
            break;
    }
}

void HistoryTest::compactionComesToAnEndAndLeavesWhatLives()
{
    const std::uint64_t seed = numberFrom("MAXIOFS_SEED", std::random_device()());
    qInfo("seed %llu", static_cast<unsigned long long>(seed));
    RandomHistory history(seed);
    for (int i = 0; i < 600 && history.difference().empty(); ++i)
        history.step();
    QVERIFY2(history.difference().empty(), history.difference().c_str());
    history.store().files().clearFaults();

    QVERIFY(history.compactAll() < RandomHistory::kMostRounds);
    QCOMPARE(history.compactAll(), 0U);

    // With everything removed and forgotten, nothing is left but what the newest segments hold.
    history.removeEverything();
    history.forget();
    history.store().setVersioning(Versioning::Suspended);
    for (int i = 0; i < 5; ++i) {
        history.store().close();
        history.store().open();
        QVERIFY(history.store().put("last", "data"));
        QVERIFY(history.store().remove("last"));
        history.forget();
        QVERIFY(history.store()->scrubOnce());
        QVERIFY(history.compactAll() < RandomHistory::kMostRounds);
    }
    QVERIFY(history.store()->figures().segments <= 3);
}

}  // namespace maxiofs::test

using maxiofs::test::HistoryTest;
MAXIOFS_TEST(HistoryTest)
#include "history_test.moc"
