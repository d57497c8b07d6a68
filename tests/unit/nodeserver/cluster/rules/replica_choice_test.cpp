// SPDX-License-Identifier: GPL-3.0-or-later
#include "cluster/rules/replica_choice.h"
#include "fake_world.h"
#include "support/test_runner.h"

namespace maxiofs::cluster::rules {

namespace replica_choice_test {

NodeId node(std::uint8_t number)
{
    return test::FakeWorld::idOf(number);
}

Standing standing(std::uint8_t who, std::uint64_t epoch, std::uint64_t position, std::int64_t priority = 100)
{
    Standing standing;
    standing.node = node(who);
    standing.isCandidate = true;
    standing.at = {{epoch, node(1)}, position};
    standing.priority = priority;
    return standing;
}

// Owned by node 1, with full replicas at the nodes given.
OwnedBucket bucketWith(std::initializer_list<std::uint8_t> replicas)
{
    OwnedBucket bucket;
    bucket.location = {node(1), {1, node(1)}, false};
    for (const std::uint8_t replica : replicas)
        bucket.rules.push_back(
            {node(static_cast<std::uint8_t>(100 + replica)), node(replica), true, false, true});
    return bucket;
}

Id128 ruleOf(std::uint8_t replica)
{
    return node(static_cast<std::uint8_t>(100 + replica));
}

}  // namespace replica_choice_test

using namespace replica_choice_test;

class ReplicaChoiceTest final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void theFreshestGoesFirst()
    {
        const auto order = inOrder({}, {standing(2, 1, 10), standing(3, 1, 20), standing(4, 2, 1)});

        QCOMPARE(order.size(), 3U);
        QVERIFY(order[0].node == node(4));
        QVERIFY(order[1].node == node(3));
    }

    void whoHasEachAcknowledgedChangeGoesFirst()
    {
        OwnedBucket bucket = bucketWith({2, 3, 4});
        bucket.rules[0].isSynchronous = true;

        const auto order =
            inOrder(bucket, {standing(2, 2, 10), standing(3, 2, 20), standing(4, 3, 1), standing(5, 2, 30)});

        QVERIFY(order[0].node == node(4));  // of a later owner
        QVERIFY(order[1].node == node(2));
        QVERIFY(order[2].node == node(5));
    }

    void equallyFreshOnesGoByPriorityThenById()
    {
        const auto order = inOrder({}, {standing(4, 1, 10), standing(3, 1, 10, 50), standing(2, 1, 10)});

        QVERIFY(order[0].node == node(3));
        QVERIFY(order[1].node == std::min(node(2), node(4)));
    }

    void whoMayNotTakeTheBucketIsLeftOut()
    {
        Standing partial = standing(2, 5, 10);
        partial.isCandidate = false;

        QCOMPARE(inOrder({}, {partial, standing(3, 1, 1)}).size(), 1U);
    }

    void onlyFullReplicasThatAreNotPausedCount()
    {
        OwnedBucket bucket = bucketWith({2, 3, 4});
        bucket.rules[0].isFull = false;
        bucket.rules[1].isEnabled = false;

        QVERIFY(fullReplicasOf(bucket) == std::vector{node(4)});
        QVERIFY(fullRuleTo(bucket, node(2)) == nullptr);
    }

    void theRuleToTheNewOwnerTurnsRound()
    {
        const Destinations turned = turnedRound(bucketWith({2, 3}), node(3));

        QVERIFY(turned == (Destinations{{ruleOf(3), node(1)}}));
    }

    void theRuleEndsWhenTheOwnerWasRemoved()
    {
        OwnedBucket bucket = bucketWith({2});
        bucket.location.unavailable = true;

        QVERIFY(turnedRound(bucket, node(2)) == (Destinations{{ruleOf(2), NodeId()}}));
    }

    void aRuleThatLeadsToItsOwnerIsTurnedOnceMore()
    {
        CopyState state;
        state.before = node(2);

        QVERIFY(mended(bucketWith({1, 3}), node(1), state) == (Destinations{{ruleOf(1), node(2)}}));
        QVERIFY(mended(bucketWith({2, 3}), node(1), state).empty());
    }

    // While an owner gave the bucket away it saw the rule that led to it already, and turned it round itself.
    void theRuleThatTurnedRoundLeadsToTheFormerOwnerAgain()
    {
        CopyState state;
        state.before = node(3);
        state.turned = ruleOf(4);
        OwnedBucket bucket = bucketWith({2});
        bucket.rules.push_back({ruleOf(4), node(2), true, false, true});

        QVERIFY(mended(bucket, node(1), state) == (Destinations{{ruleOf(4), node(3)}}));
        bucket.rules.front().destination = node(3);
        QVERIFY(mended(bucket, node(1), state).empty());
    }

    void aClaimantThatGaveWayGetsItsRuleBack()
    {
        // Two claimed the bucket of node 4: the rules of both lead there.
        OwnedBucket bucket = bucketWith({2, 4});
        bucket.rules.push_back({ruleOf(3), node(4), true, false, true});

        QVERIFY(givenBack(bucket, node(3), ruleOf(3)) == (Destinations{{ruleOf(3), node(3)}}));
        QVERIFY(givenBack(bucket, node(2), ruleOf(3)).empty());
        QVERIFY(givenBack(bucketWith({2, 4}), node(3), ruleOf(4)).empty());
    }
};

MAXIOFS_TEST(ReplicaChoiceTest)

}  // namespace maxiofs::cluster::rules

#include "replica_choice_test.moc"
