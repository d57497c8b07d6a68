// SPDX-License-Identifier: GPL-3.0-or-later
#include "membership_town.h"
#include "support/test_runner.h"

using namespace maxiofs;
using namespace std::string_literals;
using namespace maxiofs::cluster::rules;
using namespace maxiofs::membership_town;

namespace membership_invite_test {

Result<NodeId> invite(MembershipTown &town, std::size_t member, std::size_t node, JoinInvite invite)
{
    Result<NodeId> outcome = failure(Error::Internal, "no answer");
    town[member].membership->invite({std::move(invite), town[node].address()},
                                    [&outcome](Result<NodeId> joined) { outcome = std::move(joined); });
    town.run(Membership::kInviteLimitMs);
    return outcome;
}

JoinInvite withPassword(const std::string &password)
{
    JoinInvite invite;
    invite.username = "admin";
    invite.password = password;
    return invite;
}

JoinInvite withToken(const std::string &token)
{
    JoinInvite invite;
    invite.key = token;
    return invite;
}

}  // namespace membership_invite_test

using namespace membership_invite_test;

class MembershipInviteTest final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aNodeThatHasTheTokenJoins()
    {
        MembershipTown town(2);
        QVERIFY(town[0].membership->initialize(town[0].describe()));
        town[1].inviteToken = town.token(0);
        town.restart(1);
        JoinInvite wish = withToken(town.token(0));
        wish.name = "west";

        const auto joined = invite(town, 0, 1, std::move(wish));

        QVERIFY(joined);
        QCOMPARE(*joined, town[1].id());
        QVERIFY(town[1].isMember());
        QCOMPARE(memberOf(town[0].disk.records.at(*joined))->description.name, "west"s);
    }

    void aNodeWhoseAdministratorVouchesJoinsWithoutEverSeeingTheTokenBefore()
    {
        MembershipTown town(2);
        QVERIFY(town[0].membership->initialize(town[0].describe()));
        std::set<std::string> keys;
        town.heard = [&](std::size_t to, const Request &request) {
            if (const auto *const offer = std::get_if<JoinOffer>(&request); offer && to == 0)
                keys.insert(offer->key);
        };

        const auto joined = invite(town, 0, 1, withPassword("right"));

        QVERIFY(joined);
        QVERIFY(town[1].isMember());
        QCOMPARE(keys.size(), std::size_t{1});
        QVERIFY(!keys.contains(town.token(0)));
        QVERIFY(!town[0].membership->admission()->keyThat(
            Proof::Join, [&](const std::string &key) { return keys.contains(key); }));
    }

    void aNodeThatDoesNotAgreeStaysAlone()
    {
        MembershipTown town(3);
        QVERIFY(town[0].membership->initialize(town[0].describe()));
        town[2].inviteToken = "of another cluster";
        town.restart(2);

        const auto wrong = invite(town, 0, 1, withPassword("wrong"));
        const auto without = invite(town, 0, 1, withToken(town.token(0)));
        const auto other = invite(town, 0, 2, withToken(town.token(0)));
        const auto mistyped = invite(town, 0, 1, withToken("mistyped"));

        QCOMPARE(wrong.error().subject, "credentials"s);
        QCOMPARE(without.error().subject, "token"s);
        QCOMPARE(other.error().subject, "token"s);
        QCOMPARE(mistyped.error().subject, "token"s);
        QVERIFY(without.error().message != other.error().message);
        for (const auto &refused : {wrong, without, other, mistyped})
            QCOMPARE(refused.error().code, Error::Unauthenticated);
        QVERIFY(!town[1].isMember() && !town[2].isMember());
    }

    void bothOrNeitherInAClusterAreRefused()
    {
        MembershipTown town(3);
        QCOMPARE(invite(town, 0, 1, withPassword("right")).error().subject, "cluster"s);
        QVERIFY(town[0].membership->initialize(town[0].describe()));
        QVERIFY(town[1].membership->initialize(town[1].describe()));
        QCOMPARE(invite(town, 0, 1, withPassword("right")).error().code, Error::AlreadyExists);

        town.cut = {{0, 2}};
        QCOMPARE(invite(town, 0, 2, withPassword("right")).error().code, Error::Closed);
    }

    void clashesComeBackToWhoInvites()
    {
        MembershipTown town(2);
        QVERIFY(town[0].membership->initialize(town[0].describe()));
        town[0].disk.userNames = {"alice"};
        town[1].disk.users = {"alice"};

        const auto refused = invite(town, 0, 1, withPassword("right"));
        QCOMPARE(refused.error().code, Error::PreconditionFailed);
        QCOMPARE(refused.error().subject, "alice"s);
        QVERIFY(!town[1].isMember());

        JoinInvite accepting = withPassword("right");
        accepting.acceptRenames = true;
        QVERIFY(invite(town, 0, 1, std::move(accepting)));
    }
};

MAXIOFS_TEST(MembershipInviteTest)

#include "membership_invite_test.moc"
