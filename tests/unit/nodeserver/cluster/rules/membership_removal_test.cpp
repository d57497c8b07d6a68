// SPDX-License-Identifier: GPL-3.0-or-later
#include "membership_town.h"
#include "support/test_runner.h"

using namespace maxiofs;
using namespace std::string_literals;
using namespace maxiofs::cluster::rules;
using namespace maxiofs::membership_town;

namespace membership_removal_test {

Status removeNode(MembershipTown &town, std::size_t member, std::size_t node, bool force)
{
    Status outcome = failure(Error::Internal, "no answer");
    town[member].membership->remove(town[node].id(), force,
                                    [&outcome](Status removed) { outcome = std::move(removed); });
    town.run(6000);
    return outcome;
}

Status leave(MembershipTown &town, std::size_t node, bool force)
{
    Status outcome = failure(Error::Internal, "no answer");
    town[node].membership->leave(force, [&outcome](Status left) { outcome = std::move(left); });
    town.run(30'000);
    return outcome;
}

// Beats and records for some time, as in a running cluster.
void live(MembershipTown &town, std::int64_t ms)
{
    for (std::int64_t at = 0; at < ms; at += 2000) {
        town.beat();
        town.spread();
        town.run(2000);
    }
}

}  // namespace membership_removal_test

using namespace membership_removal_test;

class MembershipRemovalTest final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aNodeThatOwnsBucketsIsRemovedByForceOnly()
    {
        MembershipTown town(3);
        town.gather();
        town[0].disk.buckets[town[2].id()] = {"music", "photos"};
        const std::string before = town.token(0);

        const auto refused = removeNode(town, 0, 2, false);
        QCOMPARE(refused.error().code, Error::Busy);
        QCOMPARE(refused.error().subject, "music, photos"s);
        QCOMPARE(town.token(0), before);
        QVERIFY(removeNode(town, 0, 2, true));

        QCOMPARE(town[0].disk.unavailable, (std::set<std::string>{"music", "photos"}));
        QCOMPARE(town[0].disk.members().size(), std::size_t{2});
    }

    void removingChangesAllSecretsAtOnceAndTellsThoseThatStay()
    {
        MembershipTown town(3);
        town.gather();
        const ClusterSecrets before = *town[0].disk.kept.secrets;
        const NodeId removed = town[2].id();

        QVERIFY(removeNode(town, 0, 2, false));

        for (std::size_t node = 0; node < 2; ++node) {
            const ClusterSecrets &now = *town[node].disk.kept.secrets;
            QVERIFY(now.token != before.token && now.recordKey != before.recordKey &&
                    now.accessTokenKey != before.accessTokenKey);
            QVERIFY(now.previousToken.empty());
            QCOMPARE(now.generation, (records::Epoch{before.generation.number + 1, town[0].id()}));
            QCOMPARE(now.removed, std::vector<NodeId>{removed});
            QVERIFY(!town[node].disk.members().contains(removed));
        }
        QCOMPARE(town.token(2), before.token);
    }

    void aRemovedNodeLearnsItAndJoinsAgainAsAnother()
    {
        MembershipTown town(3);
        town.gather();
        const NodeId before = town[2].id();
        QVERIFY(removeNode(town, 0, 2, false));

        town.beat();
        town.run(1000);
        QVERIFY(!town[2].isMember());
        QVERIFY(std::ranges::find(town.refusals, "node-removed") != town.refusals.end());
        const auto joined = town.join(2, 1, town.token(1));

        QVERIFY(joined && *joined);
        QVERIFY((*joined)->self != before);
    }

    void aMemberThatWasAwayFetchesTheSecretsByItsCertificate()
    {
        MembershipTown town(4);
        town.gather();
        town.cut = {{0, 1}, {1, 2}, {1, 3}};
        QVERIFY(removeNode(town, 0, 3, false));
        QVERIFY(removeNode(town, 0, 2, false));
        QVERIFY(town.token(1) != town.token(0));

        town.cut.clear();
        live(town, 6000);

        QCOMPARE(town.token(1), town.token(0));
        QCOMPARE(town[1].disk.members(), town[0].disk.members());
    }

    void partitionsThatRemoveDifferentNodesAgreeOnSecretsThatNeitherKnows()
    {
        MembershipTown town(6);
        town.gather();
        for (std::size_t left : {0, 1, 4})
            for (std::size_t right : {2, 3, 5})
                town.cut.insert({left, right});
        QVERIFY(removeNode(town, 0, 5, true));  // which is on the other side
        QVERIFY(removeNode(town, 2, 4, true));
        const std::string knownToFive = town.token(5);
        const std::string knownToFour = town.token(4);

        town.cut.clear();
        live(town, 60'000);

        for (std::size_t node = 1; node < 4; ++node) {
            QCOMPARE(town.token(node), town.token(0));
            QCOMPARE(town[node].disk.members(), town[0].disk.members());
        }
        QCOMPARE(town[0].disk.members().size(), std::size_t{4});
        QVERIFY(town.token(0) != knownToFive && town.token(0) != knownToFour);
        QVERIFY(!town[4].isMember() && !town[5].isMember());
        QCOMPARE(town[0].disk.kept.secrets->removed.size(), std::size_t{2});
    }

    void aMemberLeaves()
    {
        MembershipTown town(3);
        town.gather();
        const std::string before = town.token(0);
        town[1].disk.buckets[town[1].id()] = {"photos"};

        QCOMPARE(leave(town, 1, false).error().subject, "photos"s);
        QVERIFY(town[1].isMember());
        town[1].disk.buckets.clear();
        QVERIFY(leave(town, 1, false));
        town.spread();

        QVERIFY(!town[1].isMember());
        QCOMPARE(town[0].disk.members(), (std::set<NodeId>{town[0].id(), town[2].id()}));
        QVERIFY(town.token(0) != before);
        QCOMPARE(town.token(2), town.token(0));
    }

    void theLastMemberLeavesWithItsBuckets()
    {
        MembershipTown town(1);
        QVERIFY(town[0].membership->initialize(town[0].describe()));
        town[0].disk.buckets[town[0].id()] = {"photos"};

        QVERIFY(leave(town, 0, false));

        QVERIFY(!town[0].isMember());
        QCOMPARE(leave(town, 0, false).error().subject, "cluster"s);
        QVERIFY(town[0].membership->initialize(town[0].describe()));
    }

    void whoeverJoinedThroughTheLeaverStaysKnown()
    {
        MembershipTown town(4);
        for (std::size_t node = 0; node < 3; ++node)
            QVERIFY(node == 0 ? town[0].membership->initialize(town[0].describe()).has_value()
                              : town.join(node, 0, town.token(0))->has_value());
        town.spread();
        town.cut = {{3, 0}, {3, 2}};
        QVERIFY(*town.join(3, 1, town.token(1)));

        QVERIFY(leave(town, 1, false));

        QVERIFY(town[0].disk.members().contains(town[3].id()));
    }

    void leavingUnseenNeedsForceAndIsFoundOut()
    {
        MembershipTown town(3);
        town.gather();
        town.cut = {{2, 0}, {2, 1}};
        QCOMPARE(leave(town, 2, false).error().code, Error::Closed);
        QVERIFY(town[2].isMember());
        const NodeId before = town[2].id();
        QVERIFY(leave(town, 2, true));
        QVERIFY(!town[2].isMember());
        QVERIFY(town[0].disk.members().contains(before));

        town.cut.clear();
        live(town, Membership::kGoneMs / 2);
        QVERIFY(town[0].disk.members().contains(before));
        live(town, Membership::kGoneMs);

        QVERIFY(!town[0].disk.members().contains(before));
        QCOMPARE(town[1].disk.members(), town[0].disk.members());
        QCOMPARE(town.token(1), town.token(0));
    }

    void whoLeftUnseenAndJoinsAgainIsNotThereTwice()
    {
        MembershipTown town(3);
        town.gather();
        town.cut = {{2, 0}, {2, 1}};
        const NodeId before = town[2].id();
        QVERIFY(leave(town, 2, true));
        town.cut.clear();

        const auto joined = town.join(2, 0, town.token(0));
        town.spread();

        QVERIFY(joined && *joined);
        QVERIFY(!town[0].disk.members().contains(before));
        QCOMPARE(town[0].disk.members().size(), std::size_t{3});
    }

    void aMemberThatNobodyElseHasHeardOfMakesItselfKnown()
    {
        MembershipTown town(4);
        for (std::size_t node = 0; node < 3; ++node)
            QVERIFY(node == 0 ? town[0].membership->initialize(town[0].describe()).has_value()
                              : town.join(node, 0, town.token(0))->has_value());
        town.spread();
        QVERIFY(*town.join(3, 2, town.token(2)));
        // Only the node that it joined through knows it, and that is gone.
        for (std::size_t other : {0, 1, 3})
            town.cut.insert({2, other});

        for (int i = 0; i < 5; ++i) {
            town.beat();
            town.run(2000);
        }

        QVERIFY(town[0].disk.members().contains(town[3].id()));
        QVERIFY(town[1].disk.members().contains(town[3].id()));
    }

    void aMemberThatAllOthersDisownBecomesLone()
    {
        MembershipTown town(3);
        for (std::size_t node = 0; node < 2; ++node)
            QVERIFY(node == 0 ? town[0].membership->initialize(town[0].describe()).has_value()
                              : town.join(node, 0, town.token(0))->has_value());
        town.spread();
        QVERIFY(*town.join(2, 1, town.token(1)));
        town.cut = {{1, 2}};
        QVERIFY(removeNode(town, 0, 1, true));
        town.beat();
        town.run(1000);
        QVERIFY(!town[1].isMember());
        town.cut.clear();

        for (std::int64_t at = 0; at < 3 * Membership::kGoneMs; at += 4000) {
            town.beat();
            town.run(4000);
        }

        QVERIFY(!town[2].isMember());
        QCOMPARE(town[0].disk.members().size(), std::size_t{1});
    }

    void aFullDiskRefusesARemovalAsAWhole()
    {
        MembershipTown town(2);
        town.gather();
        const std::string before = town.token(0);
        town[0].disk.isFull = true;

        QCOMPARE(removeNode(town, 0, 1, false).error().code, Error::StorageFull);

        QCOMPARE(town.token(0), before);
        QCOMPARE(town[0].membership->others().size(), std::size_t{1});
    }

    void bucketsThatBecomeKnownAfterTheirOwnersRemovalAreMarkedToo()
    {
        MembershipTown town(2);
        town.gather();
        const NodeId removed = town[1].id();
        QVERIFY(removeNode(town, 0, 1, false));
        town[0].disk.buckets[removed] = {"late"};

        town[0].membership->recordsMerged();

        QCOMPARE(town[0].disk.unavailable, std::set<std::string>{"late"});
    }

    void onlyMembersAreRemoved()
    {
        MembershipTown town(2);
        QCOMPARE(removeNode(town, 0, 1, true).error().subject, "cluster"s);
        QVERIFY(town[0].membership->initialize(town[0].describe()));
        QCOMPARE(removeNode(town, 0, 1, true).error().code, Error::NotFound);
    }
};

MAXIOFS_TEST(MembershipRemovalTest)

#include "membership_removal_test.moc"
