// SPDX-License-Identifier: GPL-3.0-or-later
#include "cluster/rules/health.h"
#include "fake_world.h"
#include "support/test_runner.h"

namespace maxiofs::cluster::rules {

namespace health_test {

using test::FakeWorld;

BeatAnswer well(const FakeWorld &world, std::int64_t skewMs = 0)
{
    BeatAnswer beat;
    beat.wallMs = world.wall + skewMs;
    beat.state = "healthy";
    return beat;
}

ProbeAnswer probeOf(BeatAnswer beat)
{
    ProbeAnswer probe;
    probe.beat = std::move(beat);
    probe.version = "1.0";
    probe.capacityTotal = 100;
    return probe;
}

// One other node, which answers at once as long as the test lets it.
class Watched {
public:
    Watched()
    {
        health.setMembers({FakeWorld::peerOf(2)});
        health.whenChanged([this](const Observation &before, const Observation &after) {
            changes.push_back(std::string(nameOf(before.status)) + " to " +
                              std::string(nameOf(after.status)));
        });
    }
    void answerAll(std::int64_t skewMs = 0)
    {
        while (world.answer<Beat>(Answer(well(world, skewMs))) ||
               world.answer<Probe>(Answer(probeOf(well(world, skewMs))))) {
        }
    }
    /// Seconds in which the node answers.
    void live(int seconds, std::int64_t skewMs = 0)
    {
        for (int i = 0; i < seconds; ++i) {
            answerAll(skewMs);
            world.pass(1000);
        }
        answerAll(skewMs);
    }
    [[nodiscard]] Observation now() const { return *health.find(FakeWorld::idOf(2)); }
    [[nodiscard]] std::string text() const { return std::string(nameOf(now().status)) + ": " + now().reason; }
    static std::string_view nameOf(HealthStatus status)
    {
        for (const auto &[value, name] : protocol::Names<HealthStatus>::kAll)
            if (value == status)
                return name;
        return {};
    }

    FakeWorld world;
    Health health{world};
    std::vector<std::string> changes;
};

}  // namespace health_test

using namespace health_test;

class HealthTest final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void isUnknownBeforeTheFirstAnswer();
    void isHealthyOnceItHasAnswered();
    void firstFailureMakesItDegraded();
    void fiveSecondsOfSilenceMakeItUnavailable();
    void twoFailedProbesMakeItUnavailable();
    void beatAfterFailedProbesProbesAtOnce();
    void slowAnswersMakeItDegraded();
    void clockThatIsOffMakesItDegraded_data();
    void clockThatIsOffMakesItDegraded();
    void halfOfTheRoundTripIsNoSkew();
    void itsOwnWordMakesItDegraded();
    void ownPauseIsNotTheOthersSilence();
    void silenceThatGoesOnIsNoChange();
    void failedForwardProbesAtOnceButNotAlways();
    void probeNowWaitsForAll();
    void probesComeEveryInterval();
    void nodeThatIsGoneIsForgotten();
    void durationsAreInWords();
};

void HealthTest::isUnknownBeforeTheFirstAnswer()
{
    Watched node;

    QCOMPARE(node.text(), std::string("unknown: it has not answered yet"));
    QCOMPARE(node.world.waiting<Beat>(), std::size_t{1});
    QCOMPARE(node.world.waiting<Probe>(), std::size_t{1});
}

void HealthTest::isHealthyOnceItHasAnswered()
{
    Watched node;

    node.live(3);

    QCOMPARE(node.text(), std::string("healthy: "));
    QCOMPARE(node.now().probe->version, std::string("1.0"));
    QCOMPARE(*node.now().lastSeenWallMs, node.world.wall);
    QCOMPARE(node.changes, (std::vector<std::string>{"unknown to healthy"}));
}

void HealthTest::firstFailureMakesItDegraded()
{
    Watched node;
    node.live(3);
    node.world.pass(1000);

    QVERIFY(node.world.refuse<Beat>(Error::Closed, "connection refused"));

    QCOMPARE(node.text(), std::string("degraded: a beat failed: connection refused"));
    node.live(1);
    QCOMPARE(node.text(), std::string("healthy: "));
}

void HealthTest::fiveSecondsOfSilenceMakeItUnavailable()
{
    Watched node;
    node.live(3);

    node.world.pass(4999);
    QCOMPARE(node.text(), std::string("healthy: "));
    node.world.pass(1);
    QCOMPARE(node.text(), std::string("unavailable: no beat for 5 s"));
    node.world.pass(2000);

    QCOMPARE(node.text(), std::string("unavailable: no beat for 7 s: no answer in 5 s"));
    node.live(1);
    QCOMPARE(node.text(), std::string("healthy: "));
    // The beat that was open all the time is a slow one.
    QCOMPARE(node.changes, (std::vector<std::string>{"unknown to healthy", "healthy to unavailable",
                                                     "unavailable to degraded", "degraded to healthy"}));
}

void HealthTest::twoFailedProbesMakeItUnavailable()
{
    Watched node;
    node.live(3);

    node.health.forwardFailed(FakeWorld::idOf(2));
    QVERIFY(node.world.refuse<Probe>(Error::Closed, "connection refused"));
    QCOMPARE(node.text(), std::string("degraded: a probe failed: connection refused"));
    node.world.pass(1000);
    node.health.forwardFailed(FakeWorld::idOf(2));
    QVERIFY(node.world.refuse<Probe>(Error::Closed, "connection refused"));

    QCOMPARE(node.text(), std::string("unavailable: 2 probes failed: connection refused"));
}

void HealthTest::beatAfterFailedProbesProbesAtOnce()
{
    Watched node;
    node.live(1);
    node.health.forwardFailed(FakeWorld::idOf(2));
    QVERIFY(node.world.refuse<Probe>(Error::Closed, "connection refused"));
    QCOMPARE(node.world.waiting<Probe>(), std::size_t{0});

    node.world.pass(1000);
    QVERIFY(node.world.answer<Beat>(Answer(well(node.world))));

    QCOMPARE(node.world.waiting<Probe>(), std::size_t{1});
    node.answerAll();
    QCOMPARE(node.text(), std::string("healthy: "));
}

void HealthTest::slowAnswersMakeItDegraded()
{
    Watched node;
    node.live(1);
    node.world.pass(1000);
    node.world.pass(999);
    QVERIFY(node.world.answer<Beat>(Answer(well(node.world))));
    QCOMPARE(node.text(), std::string("healthy: "));
    QCOMPARE(node.now().latencyMs, std::int64_t{999});

    node.world.pass(1);
    node.world.pass(1400);
    QVERIFY(node.world.answer<Beat>(Answer(well(node.world))));

    QCOMPARE(node.text(), std::string("degraded: it answers after 1.4 s"));
    QCOMPARE(node.now().latencyMicros, 1'400'000.0);
}

void HealthTest::clockThatIsOffMakesItDegraded_data()
{
    QTest::addColumn<int>("skewMs");
    QTest::addColumn<QString>("text");

    QTest::newRow("a minute") << 60'000 << "healthy: ";
    QTest::newRow("more") << 60'001 << "degraded: its clock is 1 min 0 s ahead";
    QTest::newRow("ahead") << 124'000 << "degraded: its clock is 2 min 4 s ahead";
    QTest::newRow("behind") << -124'000 << "degraded: its clock is 2 min 4 s behind";
}

void HealthTest::clockThatIsOffMakesItDegraded()
{
    QFETCH(int, skewMs);
    QFETCH(QString, text);
    Watched node;

    node.live(1, skewMs);

    QCOMPARE(QString::fromStdString(node.text()), text);
    QCOMPARE(node.now().clockSkewMs, std::int64_t{skewMs});
}

void HealthTest::halfOfTheRoundTripIsNoSkew()
{
    Watched node;
    const BeatAnswer atHalfWay = well(node.world, 300);

    node.world.pass(600);
    QVERIFY(node.world.answer<Beat>(Answer(atHalfWay)));

    QCOMPARE(node.now().clockSkewMs, std::int64_t{0});
}

void HealthTest::itsOwnWordMakesItDegraded()
{
    Watched node;
    BeatAnswer beat = well(node.world);
    beat.state = "degraded";
    beat.reason = "the disk is nearly full";
    QVERIFY(node.world.answer<Beat>(Answer(beat)));
    QCOMPARE(node.text(), std::string("degraded: the disk is nearly full"));

    node.world.pass(1000);
    beat.state = "stopping";
    beat.reason.clear();
    QVERIFY(node.world.answer<Beat>(Answer(beat)));

    QCOMPARE(node.text(), std::string("degraded: it is stopping"));
    QCOMPARE(node.changes, (std::vector<std::string>{"unknown to degraded", "degraded to degraded"}));
}

void HealthTest::ownPauseIsNotTheOthersSilence()
{
    Watched node;
    node.live(3);
    node.world.pass(1000);
    node.answerAll();

    node.world.sleep(60'000);

    QCOMPARE(node.text(), std::string("healthy: "));
    node.answerAll();
    node.world.pass(6000);
    QCOMPARE(node.now().status, HealthStatus::Unavailable);
}

void HealthTest::silenceThatGoesOnIsNoChange()
{
    Watched node;
    node.live(1);
    node.changes.clear();

    node.world.pass(60'000);

    QCOMPARE(node.changes, (std::vector<std::string>{"healthy to unavailable"}));
    QVERIFY2(node.text().starts_with("unavailable: no beat for 1 min 0 s"), node.text().c_str());
}

void HealthTest::failedForwardProbesAtOnceButNotAlways()
{
    Watched node;
    node.live(2);
    node.health.forwardFailed(FakeWorld::idOf(2));
    QCOMPARE(node.world.waiting<Probe>(), std::size_t{1});
    node.answerAll();

    for (int i = 0; i < 100; ++i)
        node.health.forwardFailed(FakeWorld::idOf(2));
    node.health.forwardFailed(FakeWorld::idOf(9));

    QCOMPARE(node.world.waiting<Probe>(), std::size_t{0});
    node.world.pass(1000);
    node.health.forwardFailed(FakeWorld::idOf(2));
    QCOMPARE(node.world.waiting<Probe>(), std::size_t{1});
}

void HealthTest::probeNowWaitsForAll()
{
    Watched node;
    node.live(1);
    node.health.setMembers({FakeWorld::peerOf(2), FakeWorld::peerOf(3)});
    node.answerAll();
    int called = 0;

    node.health.probeNow([&] { ++called; });
    QVERIFY(node.world.answer<Probe>(Answer(probeOf(well(node.world))), FakeWorld::idOf(2)));
    QCOMPARE(called, 0);
    node.world.pass(5000);

    QCOMPARE(called, 1);
    QCOMPARE(node.health.observations().size(), std::size_t{2});
    Health lone(node.world);
    lone.probeNow([&] { ++called; });
    QCOMPARE(called, 2);
}

void HealthTest::probesComeEveryInterval()
{
    Watched node;
    node.live(29);
    node.answerAll();
    const std::int64_t before = *node.now().lastCheckWallMs;

    node.live(1);
    QCOMPARE(*node.now().lastCheckWallMs - before, std::int64_t{30'000});
    node.health.setProbeInterval(10'000);
    node.live(10);

    QCOMPARE(*node.now().lastCheckWallMs - before, std::int64_t{40'000});
}

void HealthTest::nodeThatIsGoneIsForgotten()
{
    Watched node;
    int observed = 0;
    node.health.whenObserved([&](const Observation &) { ++observed; });

    node.health.setMembers({});
    node.answerAll();

    QVERIFY(!node.health.find(FakeWorld::idOf(2)));
    QCOMPARE(observed, 0);
    node.health.setMembers({FakeWorld::peerOf(2)});
    node.answerAll();
    QCOMPARE(observed, 2);
}

void HealthTest::durationsAreInWords()
{
    QCOMPARE(durationInWords(6999), std::string("6 s"));
    QCOMPARE(durationInWords(60'000), std::string("1 min 0 s"));
    QCOMPARE(durationInWords(124'000), std::string("2 min 4 s"));
    QCOMPARE(durationInWords(11'520'000), std::string("3 h 12 min"));
    QCOMPARE(durationInWords(187'200'000), std::string("2 d 4 h"));
}

MAXIOFS_TEST(HealthTest)

}  // namespace maxiofs::cluster::rules

#include "health_test.moc"
