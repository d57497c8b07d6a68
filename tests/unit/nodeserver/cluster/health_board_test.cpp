// SPDX-License-Identifier: GPL-3.0-or-later
#include "cluster/health_board.h"

#include "support/test_runner.h"

using namespace maxiofs;
using namespace maxiofs::cluster;

namespace health_board_test {

const NodeId kNode1 = *NodeId::fromUuid("11111111-2222-4333-8444-555555555555");
const NodeId kNode2 = *NodeId::fromUuid("22222222-2222-4333-8444-555555555555");
constexpr std::int64_t kStartMs = 1'765'621'800'000;  // a multiple of ten seconds

rules::Observation seenAt(std::int64_t steadyMs, double latencyMicros, const NodeId &node = kNode1)
{
    rules::Observation seen;
    seen.id = node;
    seen.status = rules::HealthStatus::Healthy;
    seen.lastSeenSteadyMs = steadyMs;
    seen.latencyMicros = latencyMicros;
    return seen;
}

std::vector<rules::Peer> peers(const std::vector<NodeId> &ids)
{
    std::vector<rules::Peer> all;
    for (const NodeId &id : ids)
        all.push_back({id, "https://n", {}});
    return all;
}

}  // namespace health_board_test

using namespace health_board_test;

class HealthBoardTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void membersAreUnknownUntilTheyAreSeen()
    {
        HealthBoard board;
        board.setMembers(peers({kNode1, kNode2}), 0);
        board.observed(seenAt(100, 500), kStartMs);

        const auto all = board.observations();

        QCOMPARE(all.size(), std::size_t{2});
        QCOMPARE(all[0].status, rules::HealthStatus::Healthy);
        QCOMPARE(all[1].status, rules::HealthStatus::Unknown);
        QCOMPARE(all[1].id, kNode2);
    }

    void whoIsNoMemberIsForgotten()
    {
        HealthBoard board;
        board.setMembers(peers({kNode1, kNode2}), 0);
        board.observed(seenAt(100, 500), kStartMs);

        board.setMembers(peers({kNode2}), 200);
        board.observed(seenAt(300, 500), kStartMs);

        QVERIFY(!board.find(kNode1));
        QVERIFY(board.samples(kNode1, 1, 0).empty());
    }

    void aMemberBeatsWhileItAnswersAndIsSilentAfterThreeSeconds()
    {
        HealthBoard board;
        board.setMembers(peers({kNode1, kNode2}), 1000);
        board.observed(seenAt(2000, 500), kStartMs);

        QVERIFY(board.isBeating(kNode1, 4500));
        QVERIFY(!board.isBeating(kNode1, 4501));
        QVERIFY(!board.isSilent(kNode1, 4999));
        QVERIFY(board.isSilent(kNode1, 5000));
        // One that never answered counts from when it was known.
        QVERIFY(board.isBeating(kNode2, 3500));
        QVERIFY(!board.isBeating(kNode2, 3501));
        QVERIFY(!board.isSilent(kNode2, 3999));
        QVERIFY(board.isSilent(kNode2, 4000));
        QVERIFY(!board.isSilent(NodeId::random(), 1'000'000));
    }

    void beatsOfASecondAreOneSample()
    {
        HealthBoard board;
        board.setMembers(peers({kNode1}), 0);
        board.observed(seenAt(1, 1000), kStartMs);
        board.observed(seenAt(2, 4000), kStartMs + 400);
        board.observed(seenAt(3, 2000), kStartMs + 999);
        board.observed(seenAt(4, 8000), kStartMs + 1000);

        const auto seconds = board.samples(kNode1, 1, 0);
        const auto tens = board.samples(kNode1, 10, 0);

        QCOMPARE(seconds.size(), std::size_t{2});
        QCOMPARE(seconds[0].time.unixMs, kStartMs);
        QCOMPARE(*seconds[0].medianMs, 2.0);
        QCOMPARE(*seconds[0].lowestMs, 1.0);
        QCOMPARE(*seconds[0].highestMs, 4.0);
        QCOMPARE(*seconds[1].medianMs, 8.0);
        QCOMPARE(tens.size(), std::size_t{1});
        QCOMPARE(*tens[0].lowestMs, 1.0);
        QCOMPARE(*tens[0].highestMs, 8.0);
        QCOMPARE(board.samples(kNode1, 1, kStartMs + 1000).size(), std::size_t{1});
    }

    void whatIsNoAnsweredBeatIsNoSample()
    {
        HealthBoard board;
        board.setMembers(peers({kNode1}), 0);
        board.observed(seenAt(1, 1000), kStartMs);
        board.observed(seenAt(1, 1000), kStartMs + 1000);
        rules::Observation probed = seenAt(2, 1000);
        probed.lastCheckWallMs = kStartMs;
        board.observed(probed, kStartMs + 2000);

        QCOMPARE(board.samples(kNode1, 1, 0).size(), std::size_t{1});
    }

    void anHourOfSecondsAndADayOfTensAreKept()
    {
        BeatHistory history;
        for (std::int64_t second = 0; second < 90'000; ++second)
            history.add(kStartMs + second * 1000, 1000);

        QCOMPARE(history.samples(1, 0).size(), BeatHistory::kSecondsKept + 1);
        QCOMPARE(history.samples(10, 0).size(), BeatHistory::kTenSecondsKept + 1);
        QCOMPARE(history.samples(1, 0).back().time.unixMs, kStartMs + 89'999 * 1000);
    }

    void aClockThatIsSetBackKeepsSamplesInOrder()
    {
        BeatHistory history;
        for (int second = 0; second < 10; ++second)
            history.add(kStartMs + second * 1000, 1000);

        history.add(kStartMs + 3000, 7000);

        const auto samples = history.samples(1, 0);
        QCOMPARE(samples.size(), std::size_t{4});
        QCOMPARE(*samples.back().medianMs, 7.0);
    }
};

MAXIOFS_TEST(HealthBoardTest)
#include "health_board_test.moc"
