// SPDX-License-Identifier: GPL-3.0-or-later
#include "membership_town.h"
#include "support/test_runner.h"

using namespace Qt::StringLiterals;
using namespace maxiofs;
using namespace std::string_literals;
using namespace maxiofs::cluster::rules;
using namespace maxiofs::membership_town;

namespace membership_join_test {

constexpr std::int64_t kMinuteMs = 60'000;

bool isConfirm(const Request &request)
{
    return std::holds_alternative<JoinConfirm>(request);
}

bool failsWith(const std::optional<Result<Membership::Joined>> &joined, Error::Code code,
               std::string_view subject)
{
    return joined && !*joined && joined->error().code == code && joined->error().subject == subject;
}

}  // namespace membership_join_test

using namespace membership_join_test;

class MembershipJoinTest final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void threeNodesThatJoinThroughDifferentMembersSeeTheSame()
    {
        MembershipTown town(3);
        const auto founded = town[0].membership->initialize(town[0].describe());
        QVERIFY(founded);

        const auto second = town.join(1, 0, founded->token);
        town.spread();
        const auto third = town.join(2, 1, founded->token);
        town.spread();

        QVERIFY(second && *second);
        QVERIFY(third && *third);
        QCOMPARE((*third)->clusterId, founded->clusterId);
        for (std::size_t node = 0; node < 3; ++node) {
            QCOMPARE(town[node].disk.members(), (std::set<NodeId>{town[0].id(), town[1].id(), town[2].id()}));
            QCOMPARE(town.token(node), founded->token);
            QCOMPARE(town[node].membership->others().size(), std::size_t{2});
        }
        QCOMPARE(town[0].disk.numberOf(town[0].id()), 1U);
        QCOMPARE(town[0].disk.numberOf(town[1].id()), 2U);
        QCOMPARE(town[0].disk.numberOf(town[2].id()), 3U);
    }

    void eachObstacleHasItsErrorAndChangesNothing()
    {
        MembershipTown town(4);
        town.cut.insert({3, 0});
        QVERIFY(town[0].membership->initialize(town[0].describe()));
        const std::string token = town.token(0);

        QVERIFY(failsWith(town.join(1, 0, "another token"), Error::Unauthenticated, "node-token"));
        QVERIFY(failsWith(town.join(1, 2, token), Error::NotFound, "node-lone"));
        QVERIFY(failsWith(town.join(3, 0, token), Error::Closed, "member"));
        QVERIFY(failsWith(town.join(0, 1, token), Error::AlreadyExists, "cluster"));
        town[1].wallMs += 6 * kMinuteMs;
        QVERIFY(failsWith(town.join(1, 0, token), Error::InvalidArgument, "clock"));
        town[1].wallMs -= 12 * kMinuteMs;
        const auto behind = town.join(1, 0, token);
        QVERIFY(failsWith(behind, Error::InvalidArgument, "clock"));
        QVERIFY((*behind).error().message.find("6 min 0 s behind (at most 5 min)") != std::string::npos);

        for (std::size_t node = 1; node < 4; ++node) {
            QVERIFY(!town[node].isMember());
            QVERIFY(!town[node].disk.kept.intent);
        }
        QCOMPARE(town[0].disk.members().size(), std::size_t{1});
    }

    void otherProtocolsAreRefusedByTheirNumbers()
    {
        MembershipTown town(1);
        QVERIFY(town[0].membership->initialize(town[0].describe()));
        JoinOffer offer;
        offer.self = {
            Id128::fromHex(std::string(32, '7')).value(), "new", "https://new", {}, 100, {}, "cert", {2, 3}};
        offer.wallMs = town[0].wallMs;
        offer.key = town.token(0);

        const auto answer = town[0].membership->onOffer(offer);

        QVERIFY(!answer);
        QCOMPARE(answer.error().code, Error::Unsupported);
        QVERIFY(answer.error().message.find("speaks format 2 to 3, this cluster 1") != std::string::npos);
    }

    void clashesAreReportedBeforeAnythingHappens()
    {
        MembershipTown town(2);
        QVERIFY(town[0].membership->initialize(town[0].describe()));
        town[0].disk.userNames = {"alice", "bob"};
        town[0].disk.bucketNames = {"photos"};
        town[0].disk.tenantNames = {"acme"};
        town[1].disk.tenants = {"acme", "other"};
        town[1].disk.users = {"alice", "carol"};
        town[1].disk.ownBuckets = {"photos", "music"};

        const auto refused = town.join(1, 0, town.token(0));
        QVERIFY(failsWith(refused, Error::PreconditionFailed, "alice, acme, photos"));
        QVERIFY(refused->error().message.find("users alice; tenants acme; buckets photos") !=
                std::string::npos);
        QVERIFY(!town[1].isMember() && !town[1].disk.kept.intent);
        QCOMPARE(town[0].disk.members().size(), std::size_t{1});

        const auto accepted = town.join(1, 0, town.token(0), true);
        QVERIFY(accepted && *accepted);
        QCOMPARE((*accepted)->userClashes, std::vector<std::string>{"alice"});
        QCOMPARE((*accepted)->bucketClashes, std::vector<std::string>{"photos"});
        QCOMPARE((*accepted)->tenantClashes, std::vector<std::string>{"acme"});
    }

    void aFullClusterTakesNobody()
    {
        MembershipTown town(2);
        QVERIFY(town[0].membership->initialize(town[0].describe()));
        for (unsigned number = 2; number <= Membership::kMaxMembers; ++number) {
            NodeDescription node = town[0].describe();
            node.id.bytes[5] = static_cast<std::byte>(number >> 8);
            node.id.bytes[6] = static_cast<std::byte>(number);
            node.certificate = std::to_string(number);
            QVERIFY(town[0].disk.addNode(node, number));
        }
        town[0].membership->recordsMerged();

        QVERIFY(failsWith(town.join(1, 0, town.token(0)), Error::Denied, "cluster-full"));
    }

    void aLostAnswerIsAskedForAgain()
    {
        MembershipTown town(2);
        QVERIFY(town[0].membership->initialize(town[0].describe()));
        int lost = 2;
        town.losesAnswer = [&](const Request &request) { return isConfirm(request) && lost-- > 0; };

        const auto early = town.join(1, 0, town.token(0), false, 11'000);
        QVERIFY(failsWith(early, Error::TimedOut, "join"));
        QVERIFY(!town[1].isMember());
        QVERIFY(town[1].disk.kept.intent);
        town.run(5000);

        QVERIFY(town[1].isMember());
        QVERIFY(!town[1].disk.kept.intent);
        QCOMPARE(town[0].disk.members(), town[1].disk.members());
        QCOMPARE(town[0].disk.members().size(), std::size_t{2});
    }

    void aCrashInBetweenIsTakenUp()
    {
        MembershipTown town(2);
        QVERIFY(town[0].membership->initialize(town[0].describe()));
        town.losesAnswer = isConfirm;
        QVERIFY(!town.join(1, 0, town.token(0), false, 500));
        QCOMPARE(town[0].disk.members().size(), std::size_t{2});

        town.losesAnswer = {};
        town.restart(1);
        town.run(1000);

        QVERIFY(town[1].isMember());
        QCOMPARE(town[1].disk.members(), town[0].disk.members());
    }

    void anAnswerComesEvenWhenTheTokenHasChanged()
    {
        MembershipTown town(3);
        town.gather();
        town.cut = {{1, 2}};
        QVERIFY(town[1].disk.becomeLone());
        town.restart(1);
        town.losesAnswer = isConfirm;
        QVERIFY(!town.join(1, 0, town.token(0), false, 500));
        town.spread();
        town[0].membership->remove(town[2].id(), false, [](const Status &removed) { QVERIFY(removed); });
        town.losesAnswer = {};

        town.run(10'000);

        QVERIFY(town[1].isMember());
        QCOMPARE(town.token(1), town.token(0));
    }

    void anExpiredOfferLeavesBothAsTheyWere()
    {
        MembershipTown town(2);
        QVERIFY(town[0].membership->initialize(town[0].describe()));
        JoinOffer offer;
        offer.self = town[1].describe();
        offer.wallMs = town[0].wallMs;
        offer.key = town.token(0);
        const auto answer = town[0].membership->onOffer(offer);
        QVERIFY(answer);
        JoinIntent intent{
            {answer->member.id, town[0].endpoint, town[0].certificate}, *answer, offer.self, offer.key};
        town.run(Membership::kOfferMs);

        QVERIFY(town[1].disk.saveIntent(intent));
        town.restart(1);
        town.run(1000);

        QVERIFY(!town[1].isMember());
        QVERIFY(!town[1].disk.kept.intent);
        QVERIFY(!town[1].disk.kept.wasMember);
        QCOMPARE(town[0].disk.members().size(), std::size_t{1});
    }

    void aRestartedMemberHasForgottenItsOffers()
    {
        MembershipTown town(2);
        QVERIFY(town[0].membership->initialize(town[0].describe()));
        town.heard = [&](std::size_t, const Request &request) {
            if (std::holds_alternative<JoinOffer>(request))
                town.cut.insert({0, 1});
        };
        QVERIFY(!town.join(1, 0, town.token(0), false, 500));
        town.restart(0);
        town.cut.clear();
        town.heard = {};
        town.run(3000);

        QVERIFY(!town[1].isMember());
        QVERIFY(!town[1].disk.kept.intent);
        QCOMPARE(town[0].disk.members().size(), std::size_t{1});
    }

    void aJoinerThatWasRemovedMeanwhileJoinsAgainAsAnother()
    {
        MembershipTown town(2);
        QVERIFY(town[0].membership->initialize(town[0].describe()));
        const NodeId before = town[1].id();
        town.losesAnswer = isConfirm;
        QVERIFY(!town.join(1, 0, town.token(0), false, 500));
        town[0].membership->remove(before, true, [](const Status &removed) { QVERIFY(removed); });
        town.losesAnswer = {};

        town.run(10'000);
        QVERIFY(!town[1].isMember());
        QVERIFY(!town[1].disk.kept.intent);
        const auto joined = town.join(1, 0, town.token(0));

        QVERIFY(joined && *joined);
        QVERIFY((*joined)->self != before);
        QCOMPARE(town[1].id(), (*joined)->self);
    }

    void numbersThatOthersAreTakingAreSkipped()
    {
        MembershipTown town(2);
        QVERIFY(town[0].membership->initialize(town[0].describe()));
        town.reservedElsewhere = {2, 3};

        QVERIFY(town.join(1, 0, town.token(0)));

        QCOMPARE(town[0].disk.numberOf(town[1].id()), 4U);
    }

    void aNumberGivenOnBothSidesOfAPartitionIsGivenUpByTheLaterNode()
    {
        MembershipTown town(4);
        QVERIFY(town[0].membership->initialize(town[0].describe()));
        QVERIFY(town.join(1, 0, town.token(0)));
        town.spread();
        QVERIFY(town.join(2, 0, town.token(0)));
        QVERIFY(town.join(3, 1, town.token(0)));
        QCOMPARE(town[2].disk.numberOf(town[2].id()), town[3].disk.numberOf(town[3].id()));

        town.spread();
        town.run(2000);
        town.spread();

        QCOMPARE(town[0].disk.numberOf(town[2].id()), 3U);
        QCOMPARE(town[0].disk.numberOf(town[3].id()), 4U);
        QCOMPARE(town[2].disk.numberOf(town[3].id()), 4U);
    }

    void aFullDiskOfEitherSideIsNoJoin()
    {
        MembershipTown town(3);
        QVERIFY(town[0].membership->initialize(town[0].describe()));
        town[1].disk.isFull = true;
        QVERIFY(failsWith(town.join(1, 0, town.token(0)), Error::StorageFull, ""));

        town[0].disk.isFull = true;
        QVERIFY(!town.join(2, 0, town.token(0), false, 3000));
        QCOMPARE(town[0].disk.members().size(), std::size_t{1});
        town[0].disk.isFull = false;
        town.run(2000);
        QVERIFY(town[2].isMember());
    }

    void onlyOneJoinGoesOnAtATimeAndForceGivesItUp()
    {
        MembershipTown town(2);
        QVERIFY(town[0].membership->initialize(town[0].describe()));
        const NodeId before = town[1].id();
        town.losesAnswer = isConfirm;
        QVERIFY(!town.join(1, 0, town.token(0), false, 500));

        QVERIFY(failsWith(town.join(1, 0, town.token(0), false, 1), Error::Busy, "join"));
        QCOMPARE(town[1].membership->initialize(town[1].describe()).error().code, Error::Busy);
        Status left;
        town[1].membership->leave(false, [&](Status status) { left = std::move(status); });
        QCOMPARE(left.error().code, Error::Busy);
        town[1].membership->leave(true, [&](Status status) { left = std::move(status); });
        QVERIFY(left);
        town.losesAnswer = {};
        town.run(20'000);

        QVERIFY(!town[1].isMember() && !town[1].disk.kept.intent);
        const auto again = town.join(1, 0, town.token(0));
        QVERIFY(again && *again);
        QVERIFY(town[1].id() != before);
        QCOMPARE(town[0].disk.members(), (std::set<NodeId>{town[0].id(), town[1].id()}));
    }

    void reservedNumbersAreKnownByTheirName()
    {
        MembershipTown town(1);
        QVERIFY(town[0].membership->initialize(town[0].describe()));

        QVERIFY(isMemberNumberTaken("member-number/1", town[0].disk.nodes()));
        QVERIFY(!isMemberNumberTaken("member-number/2", town[0].disk.nodes()));
        QVERIFY(!isMemberNumberTaken("bucket/1", town[0].disk.nodes()));
    }
};

MAXIOFS_TEST(MembershipJoinTest)

#include "membership_join_test.moc"
