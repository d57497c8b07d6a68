// SPDX-License-Identifier: GPL-3.0-or-later
#include "merge_fixture.h"
#include "support/test_runner.h"

namespace maxiofs::identity {

using namespace merging;

// Sessions, and what ends with them, at nodes that give one another their records.
class SessionMergeTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aSessionGoesOnAtAnyNode()
    {
        TestDirectory a;
        TestDirectory b;
        a.addUser("ann");
        const auto key = crypto::SecretBytes::random(32);
        QVERIFY(a->sessions().setTokenKey(key.clone()).has_value());
        QVERIFY(b->sessions().setTokenKey(key.clone()).has_value());
        const Tokens first = a.login("ann");
        exchange(a, b);
        QVERIFY(b->sessions().authenticate(first.access).has_value());
        const Tokens second = b->sessions().refresh(first.refresh).value();
        exchange(a, b);
        const Tokens third = a->sessions().refresh(second.refresh).value();
        exchange(a, b);
        QVERIFY(b->sessions().authenticate(third.access).has_value());
        b.reopen();
        QVERIFY(b->sessions().authenticate(third.access).has_value());

        QVERIFY(!b->sessions().refresh(second.refresh).has_value());  // used before
        exchange(a, b);
        QVERIFY(!a->sessions().refresh(third.refresh).has_value());
        QVERIFY(!a->sessions().authenticate(third.access).has_value());
    }

    // As a node does that founds, enters or leaves a cluster.
    void aKeyThatComesWithTheMembershipSignsFromThenOn()
    {
        TestDirectory a;
        a.addUser("ann");
        const Tokens before = a.login("ann");
        const Status written = a.records().write(
            [](records::RecordTransaction &transaction) {
                return transaction.apply(records::Change::put(Kind::ClusterSecret, "access-token-key", {},
                                                              crypto::SecretBytes::random(32)));
            },
            {records::Origin::Merged});
        QVERIFY(written.has_value());

        QVERIFY(!a->sessions().authenticate(before.access).has_value());
        const Tokens after = a->sessions().refresh(before.refresh).value();
        QVERIFY(a->sessions().authenticate(after.access).has_value());
        a.reopen();
        QVERIFY(a->sessions().authenticate(after.access).has_value());
    }

    void aNodeThatMissedARefreshDoesNotEndTheSession()
    {
        TestDirectory a;
        TestDirectory b;
        a.addUser("ann");
        const Tokens first = a.login("ann");
        exchange(a, b);
        const Tokens second = a->sessions().refresh(first.refresh).value();

        QCOMPARE(b->sessions().refresh(second.refresh).error().code, Error::Busy);

        exchange(a, b);
        QVERIFY(b->sessions().refresh(second.refresh).has_value());
    }

    void aRefreshAtTwoNodesEndsTheSessionOfOne()
    {
        TestDirectory a;
        TestDirectory b;
        a.addUser("ann");
        const Tokens first = a.login("ann");
        exchange(a, b);
        const Tokens atA = a->sessions().refresh(first.refresh).value();
        b.clock.nowMs += 1;
        const Tokens atB = b->sessions().refresh(first.refresh).value();
        exchange(a, b);

        QVERIFY(!a->sessions().refresh(atA.refresh).has_value());
        exchange(a, b);
        QCOMPARE(b->sessions().count(), 0U);
        QVERIFY(!b->sessions().refresh(atB.refresh).has_value());
    }

    void aNewPasswordEndsSessionsThatWereRefreshedElsewhere()
    {
        TestDirectory a;
        TestDirectory b;
        const UserPtr ann = a.addUser("ann");
        const Tokens thief = a.login("ann");
        const Tokens mine = a.login("ann");
        const std::string session = a->sessions().authenticate(mine.access)->sessionId;
        exchange(a, b);
        a.clock.nowMs += 10;
        QVERIFY(a->changePassword(ann->id, "a new password", session).has_value());
        b.clock.nowMs += 1000;
        const Tokens stolen = b->sessions().refresh(thief.refresh).value();

        exchange(a, b);

        QVERIFY(a->sessions().authenticate(mine.access).has_value());
        for (TestDirectory *node : {&a, &b}) {
            QVERIFY(!(*node)->sessions().authenticate(stolen.access).has_value());
            QVERIFY(!(*node)->sessions().refresh(stolen.refresh).has_value());
            QVERIFY((*node)->sessions().login("ann", "a new password", "x").has_value());
        }
    }

    void clocksThatDifferLockNobodyOut()
    {
        TestDirectory a;
        TestDirectory b;
        a.clock.nowMs += 120'000;
        const UserPtr ann = a.addUser("ann");
        exchange(a, b);
        const Tokens first = b.login("ann");
        QVERIFY(b->sessions().authenticate(first.access).has_value());
        QVERIFY(a->changePassword(ann->id, TestDirectory::passwordOf("ann")).has_value());
        exchange(a, b);
        const Tokens second = b.login("ann");
        QVERIFY(b->sessions().authenticate(second.access).has_value());
        exchange(a, b);
        QVERIFY(a->sessions().refresh(second.refresh).has_value());
    }

    void aTemporaryKeyEndsEverywhereWithItsSession()
    {
        TestDirectory a;
        TestDirectory b;
        const UserPtr ann = a.addUser("ann");
        const std::string session = a->sessions().authenticate(a.login("ann").access)->sessionId;
        const auto key = a->keys().createTemporary(ann->id, session).value();
        exchange(a, b);
        QVERIFY(b->keys().findSigner(key.key->id, "20251213", "r").has_value());
        const auto late = b->keys().createTemporary(ann->id, session).value();
        QVERIFY(a->sessions().logout(session).has_value());

        exchange(a, b);

        for (TestDirectory *node : {&a, &b}) {
            QVERIFY((*node)->keys().find(key.key->id) == nullptr);
            QVERIFY((*node)->keys().find(late.key->id) == nullptr);
        }
    }
};

MAXIOFS_TEST(SessionMergeTest)

}  // namespace maxiofs::identity

#include "session_merge_test.moc"
