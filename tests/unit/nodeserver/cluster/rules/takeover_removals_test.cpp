// SPDX-License-Identifier: GPL-3.0-or-later
#include "cluster/rules/takeover_removals.h"

#include "fake_takeover.h"
#include "support/test_runner.h"

namespace maxiofs::cluster::rules {

namespace takeover_removals_test {

using test::FakeMembers;
using test::FakeTakeoverNode;
using test::FakeWorld;

const NodeId kSelf = FakeWorld::idOf(1);
const NodeId kOther = FakeWorld::idOf(2);
const NodeId kThird = FakeWorld::idOf(3);
const BucketId kBucket = FakeWorld::idOf(50);
const Id128 kRule = FakeWorld::idOf(60);
constexpr std::int64_t kDayMs = 24LL * 3'600'000;

// Node 1 of three, and one bucket with a replica.
struct Node {
    explicit Node(const NodeId &owner)
    {
        members.peers = {FakeWorld::peerOf(2), FakeWorld::peerOf(3)};
        OwnedBucket facts{kBucket, {owner, {3, owner}, false}, true, {}};
        facts.rules.push_back({kRule, owner == kSelf ? kOther : kSelf, true, false, true});
        node.owned[kBucket] = facts;
        CopyState &copy = node.copies[kBucket];
        copy.fed = copy.handed = {3, owner};
        copy.wasOwner = owner == kSelf;
    }
    // Lets the rule's destination have everything, and says so.
    void catchUp()
    {
        takeover.caughtUp(kBucket, kRule);
        node.answer<MarkWhole>(TakeoverAnswer(MarkWholeAnswer{}));
    }
    [[nodiscard]] std::size_t forgets()
    {
        world.pass(Takeover::kForgetTickMs + Takeover::kTickMs);
        return node.forgotten.size();
    }
    Status hear(const NodeId &from, TakeoverRequest request)
    {
        Status answered = failure(Error::Internal, "no answer");
        takeover.handle(from, std::move(request), [&](const Result<TakeoverAnswer> &answer) {
            answered = answer ? Status() : failure(answer.error());
        });
        return answered;
    }

    // The id of an offer that the node takes.
    Id128 offered(const NodeId &from)
    {
        Id128 id;
        takeover.handle(from, OfferCopy{kBucket, {3, kSelf}, {{2, from}, 5}, true, {2, from}},
                        [&](const Result<TakeoverAnswer> &answer) {
                            if (answer)
                                id = std::get<OfferCopyAnswer>(*answer).id;
                        });
        return id;
    }

    FakeWorld world;
    FakeTakeoverNode node;
    FakeMembers members;
    Takeover takeover{world, node, members};
};

}  // namespace takeover_removals_test

using namespace takeover_removals_test;

class TakeoverRemovalsTest final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void removalsOfAWeekAgoAreForgottenOnceAllHaveThem()
    {
        Node node(kSelf);
        node.takeover.start();

        QCOMPARE(node.forgets(), 0U);
        node.catchUp();
        const std::int64_t beforeMs = node.world.wall - Takeover::kRememberMs;
        QCOMPARE(node.forgets(), 1U);

        QVERIFY(node.node.forgotten.front().beforeMs >= beforeMs);
        QVERIFY(node.node.forgotten.front().beforeMs <= node.world.wall - Takeover::kRememberMs);
    }

    void aBucketWithoutReplicasForgetsByAge()
    {
        Node node(kSelf);
        node.node.owned[kBucket].rules.clear();
        node.takeover.start();

        QCOMPARE(node.forgets(), 1U);
    }

    void replicasForgetWhatTheOwnerHasForgotten()
    {
        Node node(kSelf);
        node.takeover.start();
        node.catchUp();
        QCOMPARE(node.forgets(), 1U);

        node.node.forgotten.front().done(1234);

        const auto told = node.node.answer<ForgetRemovals>(TakeoverAnswer(ForgetRemovalsAnswer{}));
        QVERIFY(told);
        QCOMPARE(told->beforeMs, 1234);
        QCOMPARE(told->epoch.number, 3U);
    }

    void itIsDoneOnceADay()
    {
        Node node(kSelf);
        node.takeover.start();
        node.catchUp();
        QCOMPARE(node.forgets(), 1U);
        node.node.forgotten.front().done(1234);

        QCOMPARE(node.forgets(), 1U);
        node.world.wall += kDayMs;
        QCOMPARE(node.forgets(), 2U);
    }

    void aCopyThatIsBehindKeepsThem()
    {
        Node node(kSelf);
        node.node.copies[kBucket].behind = {kThird};
        node.takeover.start();
        node.catchUp();

        QCOMPARE(node.forgets(), 0U);
        node.members.peers.pop_back();  // it was removed from the cluster
        QCOMPARE(node.forgets(), 1U);
    }

    void aFormerOwnerThatHasNotHandedOverKeepsThem()
    {
        Node node(kSelf);
        node.node.copies[kBucket].awaited = {kThird};
        node.takeover.start();
        node.catchUp();

        QCOMPARE(node.forgets(), 0U);
        QVERIFY(node.hear(kThird, EndHandOver{kBucket, {3, kSelf}, {}}));
        QCOMPARE(node.forgets(), 1U);
    }

    // By then what it brings back may have been deleted and forgotten.
    void aWordOfHandingOverThatComesLateIsRefused()
    {
        Node node(kSelf);
        node.takeover.start();
        const auto handOver = [](const Id128 &offer) {
            return HandOver{kBucket, {3, kSelf}, offer, false, {}};
        };
        const Id128 first = node.offered(kThird);
        QVERIFY(node.hear(kThird, handOver(first)));
        const Id128 second = node.offered(kThird);

        QCOMPARE(node.hear(kThird, handOver(first)).error().code, Error::Busy);
        QCOMPARE(node.hear(kOther, handOver(second)).error().code, Error::Busy);
        QVERIFY(node.hear(kThird, handOver(second)));
        QVERIFY(node.hear(kThird, EndHandOver{kBucket, {3, kSelf}, {}}));
        QCOMPARE(node.hear(kThird, handOver(second)).error().code, Error::Busy);
    }

    void aNodeThatNoRuleLeadsToIsAskedWhetherItHasNoCopyAnyMore()
    {
        Node node(kSelf);
        node.node.copies[kBucket].behind = {kThird};
        node.takeover.start();
        node.catchUp();
        QCOMPARE(node.forgets(), 0U);

        node.node.answer<ForgetRemovals>(failure(Error::Busy, "there is one"));
        QCOMPARE(node.forgets(), 0U);
        const auto asked = node.node.answer<ForgetRemovals>(TakeoverAnswer(ForgetRemovalsAnswer{}));

        QVERIFY(asked);
        QCOMPARE(asked->beforeMs, ForgetRemovals::kOnlyAsks);
        QVERIFY(node.node.copies[kBucket].behind.empty());
        QCOMPARE(node.forgets(), 1U);
    }

    void aNodeSaysThatItHasNoCopyOnceItIsRemoved()
    {
        Node node(kOther);
        node.node.heard = node.world.steadyMs() + Takeover::kRememberMs;
        node.node.owned[kBucket].rules.clear();
        node.takeover.start();
        const ForgetRemovals question{kBucket, {3, kOther}, ForgetRemovals::kOnlyAsks};
        QVERIFY(!node.hear(kOther, question));

        node.node.copies.clear();
        node.takeover.bucketChanged(kBucket);

        QVERIFY(node.hear(kOther, question));
        QVERIFY(node.node.forgotten.empty());
    }

    void aReplicaThatIsWholeIsNotBehindAnyMore()
    {
        Node node(kSelf);
        node.node.copies[kBucket].behind = {kOther};
        node.takeover.start();
        QCOMPARE(node.forgets(), 0U);

        node.catchUp();

        QVERIFY(node.node.copies[kBucket].behind.empty());
        QCOMPARE(node.forgets(), 1U);
    }

    void aNewRuleKeepsThemUntilItsReplicaIsWhole()
    {
        Node node(kSelf);
        node.takeover.start();
        node.catchUp();
        const Id128 second = FakeWorld::idOf(61);
        node.node.owned[kBucket].rules.push_back({second, kThird, true, false, true});
        node.takeover.bucketChanged(kBucket);

        QCOMPARE(node.forgets(), 0U);
        node.takeover.caughtUp(kBucket, second);
        node.node.answer<MarkWhole>(TakeoverAnswer(MarkWholeAnswer{}));
        QCOMPARE(node.forgets(), 1U);
    }

    void whatWasKnownUnderAnotherEpochIsVoid()
    {
        Node node(kSelf);
        node.takeover.start();
        node.catchUp();
        node.node.owned[kBucket].location.epoch.number = 5;
        node.takeover.bucketChanged(kBucket);

        QCOMPARE(node.forgets(), 0U);
    }

    void whoeverTakesABucketKeepsThemForAllThatHadACopy()
    {
        Node node(kOther);
        node.node.owned[kBucket].rules.push_back({FakeWorld::idOf(61), kThird, true, false, true});
        node.node.copies[kBucket].behind = {FakeWorld::idOf(4)};
        node.takeover.start();
        node.world.pass(Takeover::kSilenceMs + Takeover::kTickMs);
        while (node.node.answer<AskStandings>(failure(Error::TimedOut, "no answer"))) {
        }

        QCOMPARE(node.takeover.roleOf(kBucket), BucketRole::Owner);
        QCOMPARE(node.node.copies[kBucket].behind, (std::vector<NodeId>{kOther, kThird, FakeWorld::idOf(4)}));
    }

    void aReplicaForgetsByItsOwnersWordAlone()
    {
        Node node(kOther);
        node.node.heard = node.world.steadyMs() + Takeover::kRememberMs;
        node.node.copies[kBucket].behind = {kThird};
        node.takeover.start();
        QCOMPARE(node.forgets(), 0U);

        QVERIFY(!node.hear(kThird, ForgetRemovals{kBucket, {3, kOther}, 1234}));
        QVERIFY(!node.hear(kOther, ForgetRemovals{kBucket, {2, kOther}, 1234}));
        QCOMPARE(node.node.forgotten.size(), 0U);
        (void)node.hear(kOther, ForgetRemovals{kBucket, {3, kOther}, 1234});

        QCOMPARE(node.node.forgotten.size(), 1U);
        QCOMPARE(node.node.forgotten.front().beforeMs, 1234);
        QVERIFY(node.node.copies[kBucket].behind.empty());
    }

    void aReplicaThatWasNeverWholeForgetsNothing()
    {
        Node node(kOther);
        node.node.heard = node.world.steadyMs() + Takeover::kRememberMs;
        node.node.copies[kBucket].fed = {};
        node.takeover.start();

        QVERIFY(!node.hear(kOther, ForgetRemovals{kBucket, {3, kOther}, 1234}));

        QVERIFY(node.node.forgotten.empty());
    }

    // A former owner handed over up to position 20 of its feed; what came later was sent by the owner after
    // it.
    void aFormerOwnerTellsApartWhatLaterOwnersSent()
    {
        Node node(kOther);
        CopyState &copy = node.node.copies[kBucket];
        copy.fed = {2, kSelf};
        copy.handed = {2, kSelf};
        copy.wasOwner = true;
        node.node.heard = node.world.steadyMs() + Takeover::kRememberMs;
        node.node.position = 20;
        node.takeover.start();
        node.node.answer<OfferCopy>(TakeoverAnswer(OfferCopyAnswer{false, 10, false, {}}));
        QCOMPARE(node.node.parts.back().after, 10U);
        QCOMPARE(node.node.parts.back().until, kWholeFeed);
        node.node.answer<HandOver>(TakeoverAnswer(HandOverAnswer{}));
        node.node.answer<EndHandOver>(TakeoverAnswer(EndHandOverAnswer{}));
        QCOMPARE(node.takeover.roleOf(kBucket), BucketRole::Replica);

        node.node.position = 30;
        node.node.owned[kBucket].location = {kThird, {4, kThird}, false};
        node.takeover.bucketChanged(kBucket);
        node.node.answer<OfferCopy>(TakeoverAnswer(OfferCopyAnswer{false, 15, true, {}}));

        QCOMPARE(node.node.parts.back().after, 15U);
        QCOMPARE(node.node.parts.back().until, 20U);
    }
};

MAXIOFS_TEST(TakeoverRemovalsTest)

}  // namespace maxiofs::cluster::rules

#include "takeover_removals_test.moc"
