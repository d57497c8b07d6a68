// SPDX-License-Identifier: GPL-3.0-or-later
#include "membership_town.h"
#include "support/test_runner.h"

using namespace maxiofs;
using namespace std::string_literals;
using namespace maxiofs::cluster::rules;
using namespace maxiofs::membership_town;

namespace membership_rotation_test {

Result<std::string> rotate(MembershipTown &town, std::size_t node)
{
    Result<std::string> outcome = failure(Error::Internal, "no answer");
    town[node].membership->rotateToken([&outcome](Result<std::string> token) { outcome = std::move(token); });
    town.run(6000);
    return outcome;
}

bool takes(MembershipTown &town, std::size_t node, const std::string &token)
{
    return town[node]
        .membership->admission()
        ->keyThat(Proof::Member, [&](const std::string &key) { return key == token; })
        .has_value();
}

void beats(MembershipTown &town, std::int64_t ms)
{
    for (std::int64_t at = 0; at < ms; at += 1000) {
        town.beat();
        town.run(1000);
    }
}

}  // namespace membership_rotation_test

using namespace membership_rotation_test;

class MembershipRotationTest final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void bothTokensVerifyUntilAllHaveConfirmed()
    {
        MembershipTown town(3);
        town.gather();
        const ClusterSecrets before = *town[0].disk.kept.secrets;

        const auto token = rotate(town, 0);
        QVERIFY(token);
        QVERIFY(*token != before.token);
        for (std::size_t node = 0; node < 3; ++node) {
            QVERIFY(takes(town, node, *token));
            QVERIFY(takes(town, node, before.token));
            QCOMPARE(town[node].disk.kept.secrets->recordKey, before.recordKey);
            QCOMPARE(town[node].disk.kept.secrets->accessTokenKey, before.accessTokenKey);
        }
        town.refusals.clear();
        beats(town, Membership::kGraceMs + 5000);

        for (std::size_t node = 0; node < 3; ++node) {
            QVERIFY(takes(town, node, *token));
            QVERIFY(!takes(town, node, before.token));
        }
        QVERIFY(town.refusals.empty());
    }

    void noRequestIsRefusedWhileTheTokenIsOnItsWay()
    {
        MembershipTown town(4);
        town.gather();
        const std::string before = town.token(0);
        town.cut = {{0, 2}};
        const auto token = rotate(town, 0);
        QVERIFY(token);
        // One member has not got it yet, and talks with one that has.
        QCOMPARE(town.token(2), before);
        QCOMPARE(town[1].membership->signingToken(town[2].id()), before);
        QCOMPARE(town[0].membership->signingToken(town[1].id()), *token);

        town.refusals.clear();
        beats(town, 5000);

        QCOMPARE(town.token(2), *token);
        QVERIFY(town.refusals.empty());
    }

    void theOldTokenEndsAfterTenMinutesEvenWhenSomebodyIsAway()
    {
        MembershipTown town(3);
        town.gather();
        const std::string before = town.token(0);
        town.cut = {{2, 0}, {2, 1}};
        QVERIFY(rotate(town, 0));

        town.run(Membership::kOverlapMs - 30'000);
        QVERIFY(takes(town, 0, before) && takes(town, 1, before));
        QCOMPARE(rotate(town, 0).error().code, Error::Busy);
        town.run(40'000);

        QVERIFY(!takes(town, 0, before) && !takes(town, 1, before));
        town.cut.clear();
        beats(town, 3000);
        QCOMPARE(town.token(2), town.token(0));
        QVERIFY(rotate(town, 1));
    }

    void aCrashInAnOverlapDoesNotProlongIt()
    {
        MembershipTown town(2);
        town.gather();
        const std::string before = town.token(0);
        town.cut = {{0, 1}};
        QVERIFY(rotate(town, 0));
        town.run(Membership::kOverlapMs / 2);

        town.restart(0);
        town.run(Membership::kOverlapMs / 2 + 5000);

        QVERIFY(!takes(town, 0, before));
    }

    void aRemovalEndsAnOverlap()
    {
        MembershipTown town(3);
        town.gather();
        const std::string before = town.token(0);
        QVERIFY(rotate(town, 0));
        const std::string between = town.token(0);

        town[0].membership->remove(town[2].id(), false, [](const Status &removed) { QVERIFY(removed); });
        town.run(1000);

        for (std::size_t node = 0; node < 2; ++node) {
            QVERIFY(!takes(town, node, before));
            QVERIFY(!takes(town, node, between));
        }
    }

    void partitionsThatRotateAtOnceEndWithOneToken()
    {
        MembershipTown town(4);
        town.gather();
        town.cut = {{0, 2}, {0, 3}, {1, 2}, {1, 3}};
        QVERIFY(rotate(town, 0));
        QVERIFY(rotate(town, 2));
        QVERIFY(town.token(0) != town.token(2));

        town.cut.clear();
        beats(town, 20'000);

        for (std::size_t node = 1; node < 4; ++node)
            QCOMPARE(town.token(node), town.token(0));
        for (std::size_t node = 0; node < 4; ++node)
            QVERIFY(town[node].disk.kept.secrets->previousToken.empty());
    }

    void olderSecretsAreNotTaken()
    {
        MembershipTown town(2);
        town.gather();
        const ClusterSecrets before = *town[0].disk.kept.secrets;
        QVERIFY(rotate(town, 0));
        const std::string now = town.token(1);

        const auto answer = town[1].membership->onDeliverSecrets(town[0].id(), {before});

        QVERIFY(answer);
        QCOMPARE(answer->have, town[1].disk.kept.secrets->generation);
        QCOMPARE(town.token(1), now);
        QVERIFY(!town[1].membership->onDeliverSecrets(town[0].id(), {{{99, {}}, {}, {}, 0, {}, {}, {}, {}}}));
    }

    void aLoneNodeHasNoToken()
    {
        MembershipTown town(1);

        QCOMPARE(rotate(town, 0).error().subject, "cluster"s);
        QCOMPARE(town[0].membership->signingToken(town[0].id()), std::string());
    }
};

MAXIOFS_TEST(MembershipRotationTest)

#include "membership_rotation_test.moc"
