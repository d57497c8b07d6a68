// SPDX-License-Identifier: GPL-3.0-or-later
#include "cluster/member_store.h"

#include "base/hex.h"
#include "member_fixture.h"

#include <QFile>

using namespace Qt::StringLiterals;

namespace maxiofs::cluster {

using namespace fixture;

class MemberStoreTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aFoundedClusterOutlivesARestart()
    {
        MemberNode node("node-1");
        QVERIFY(node.makeUser("admin", "admin") && node.makeUser("u1", "anna"));
        const auto bucket = node.makeBucket("photos");
        QVERIFY(node.store->state().clusterId.empty() && !node.store->state().secrets);
        QCOMPARE(node.store->ownUserNames(), std::vector<std::string>{"anna"});
        QCOMPARE(node.store->ownBucketNames(), std::vector<std::string>{"photos"});
        const rules::ClusterSecrets secrets = secretsOf(1, node.records().nodeId());

        QVERIFY(node.store->found(kClusterId, secrets, node.description()).has_value());

        for (int start = 0; start < 2; ++start) {
            const rules::MemberState state = node.store->state();
            QCOMPARE(state.clusterId, kClusterId);
            QVERIFY(state.self == node.records().nodeId() && !state.wasMember && !state.intent);
            QVERIFY(state.secrets && same(*state.secrets, secrets));
            QCOMPARE(node.nodes->self().memberNumber, 1);
            QVERIFY(node.nodes->config().isClusterEnabled);
            QCOMPARE(node.find(Kind::UserProfile, "u1")->clusterId, kClusterId);
            QVERIFY(node.store->ownUserNames().empty() && node.store->ownBucketNames().empty());
            QCOMPARE(node.store->bucketsOf(state.self), std::vector<std::string>{"photos"});
            QVERIFY(node.store->isUserName("anna") && !node.store->isUserName("bert"));
            QVERIFY(node.store->isBucketName("photos") && !node.store->isBucketName("videos"));
            QCOMPARE(node.secretOf(Kind::ClusterSecret, "access-token-key"),
                     toText(*fromHex(secrets.accessTokenKey)));
            node.restart();
        }
    }

    void secretsAreSealedInTheFile()
    {
        MemberNode node("node-1");
        makeCluster(node);
        QVERIFY(node.store->saveIntent(intentOf(node, node)).has_value());
        const rules::ClusterSecrets secrets = *node.store->state().secrets;

        for (const auto suffix : {"", "-wal"}) {
            QFile file(QString::fromStdString(node.db.path() + suffix));
            QVERIFY(file.open(QIODevice::ReadOnly));
            const QByteArray content = file.readAll();
            for (const std::string &secret :
                 {secrets.token, secrets.previousToken, secrets.recordKey, secrets.accessTokenKey,
                  toText(*fromHex(secrets.token)), std::string("join key")})
                QVERIFY(!content.contains(secret.c_str()));
        }
    }

    void anIntentIsKeptUntilItsOutcomeIsKnown()
    {
        MemberNode node("node-2");
        MemberNode member("node-1");
        const rules::JoinIntent intent = intentOf(node, member);
        QVERIFY(node.store->saveIntent(intent).has_value());

        node.restart();

        const auto kept = node.store->state().intent;
        QVERIFY(kept.has_value());
        QVERIFY(kept->member == intent.member && kept->offer.offer == intent.offer.offer);
        QVERIFY(kept->self.id == intent.self.id && kept->self.name == intent.self.name);
        QCOMPARE(kept->key, intent.key);
        QVERIFY(node.store->saveIntent(std::nullopt).has_value());
        node.restart();
        QVERIFY(!node.store->state().intent);
    }

    void aJoinerBringsWhatItMadeAndTakesWhatIsTheClusters()
    {
        MemberNode member("node-1");
        MemberNode joiner("node-2");
        joiner.db.clock.nowMs += 120'000;  // two minutes ahead
        QVERIFY(member.makeUser("admin", "admin") && member.makeUser("u1", "anna"));
        QVERIFY(member.put(Kind::Setting, "s3-region", {{"value"_L1, u"eu"_s}}));
        makeCluster(member);
        QVERIFY(joiner.makeUser("admin", "admin") && joiner.makeUser("u2", "bert"));
        QVERIFY(joiner.put(Kind::Setting, "s3-region", {{"value"_L1, u"us"_s}}));
        QVERIFY(joiner.put(Kind::Session, "s", {}) && joiner.put(Kind::AccessKey, "MX1", {}, "key"));
        QVERIFY(joiner.put(Kind::Grant, "g", {}));
        QVERIFY(joiner.records().apply(one(Change::remove(Kind::Grant, "g"))).has_value());
        const auto bucket = joiner.makeBucket("photos");
        const NodeId id = joiner.records().nodeId();

        QVERIFY(join(joiner, member));
        QCOMPARE(joiner.secretOf(Kind::UserPassword, "admin"), std::string("hash of admin on node-2"));
        syncBoth(joiner, member);

        for (MemberNode *node : {&joiner, &member}) {
            QCOMPARE(node->secretOf(Kind::UserPassword, "admin"), std::string("hash of admin on node-1"));
            QCOMPARE(node->secretOf(Kind::UserPassword, "u2"), std::string("hash of bert on node-2"));
            QCOMPARE(node->secretOf(Kind::AccessKey, "MX1"), std::string("key"));
            QCOMPARE(node->find(Kind::Setting, "s3-region")->body.value("value"_L1).toString(), u"eu"_s);
            QVERIFY(!node->find(Kind::Session, "s") && !node->records().find(Kind::Grant, "g").value());
            QVERIFY((node->buckets->find("photos").value()->location == Location{id, {1, id}, false}));
            QCOMPARE(node->find(Kind::UserProfile, "u2")->clusterId, kClusterId);
            QCOMPARE(node->nodes->nodes().size(), 2);
        }
        QVERIFY(joiner.store->state().self == id && !joiner.store->state().intent);
        QVERIFY(same(*joiner.store->state().secrets, *member.store->state().secrets));
        QCOMPARE(joiner.nodes->self().memberNumber, 2);
    }

    void namesThatClashGiveWay()
    {
        MemberNode member("node-1");
        MemberNode joiner("node 2");
        joiner.db.clock.nowMs -= 200'000;  // its names would look older
        QVERIFY(member.makeUser("u1", "anna") && member.makeUser("u2", "bert"));
        const auto first = member.makeBucket("photos");
        makeCluster(member);
        QVERIFY(joiner.makeUser("u3", "anna") && joiner.makeUser("u4", "anna-node-2"));
        QVERIFY(member.put(Kind::Tenant, "t1", {{"name"_L1, u"acme"_s}, {"name_taken_ms"_L1, 5000}}));
        QVERIFY(joiner.put(Kind::Tenant, "t2", {{"name"_L1, u"acme"_s}, {"name_taken_ms"_L1, 1}}));
        QVERIFY(joiner.put(Kind::Tenant, "t3", {{"name"_L1, u"other"_s}, {"name_taken_ms"_L1, 1}}));
        QVERIFY(joiner.makeUser("u5", std::string(127, 'x')) && member.makeUser("u6", std::string(127, 'x')));
        const auto second = joiner.makeBucket("photos");
        const auto videos = joiner.makeBucket("videos");

        QVERIFY(join(joiner, member));
        syncBoth(joiner, member);

        for (MemberNode *node : {&joiner, &member}) {
            QCOMPARE(node->userName("u1"), std::string("anna"));
            QCOMPARE(node->userName("u3"), std::string("anna-node-2-2"));
            QCOMPARE(node->userName("u4"), std::string("anna-node-2"));
            QCOMPARE(node->userName("u5"), std::string(121, 'x') + "-node-2");
            QCOMPARE(node->tenantName("t1"), std::string("acme"));
            QCOMPARE(node->tenantName("t2"), std::string("acme-node-2"));
            QCOMPARE(node->tenantName("t3"), std::string("other"));
            QCOMPARE(node->nameTakenMs(Kind::Tenant, "t1"), 5000);
            QVERIFY(node->nameTakenMs(Kind::Tenant, "t3") > member.db.clock.nowMs);
            QVERIFY(node->nameTakenMs(Kind::UserProfile, "u4") > member.db.clock.nowMs);
            QVERIFY(node->buckets->find("photos").value()->id == first->id);
            const std::string renamed = records::conflictNameOf("photos", second->id);
            QVERIFY(node->buckets->find(renamed).value()->id == second->id);
            QVERIFY(!node->buckets->find(renamed).value()->hasConflictName());
            QVERIFY(node->buckets->find("videos").value()->id == videos->id);
            QVERIFY(node->buckets->find("videos").value()->nameStamp > first->nameStamp);
        }
    }

    // A crash in the middle is a transaction that ends early: nothing of it is there.
    void anEntryThatFailsLeavesTheNodeAsItWas()
    {
        MemberNode member("node-1");
        MemberNode node("node-2");
        makeCluster(member);
        QVERIFY(node.makeUser("u1", "anna"));
        const auto bucket = node.makeBucket("photos");
        const rules::JoinIntent intent = intentOf(node, member);
        QVERIFY(node.store->saveIntent(intent).has_value());
        const std::string before = node.records().checksum(records::syncedKinds());
        const NodeId id = node.records().nodeId();
        rules::JoinConfirmAnswer answer;
        answer.clusterId = kClusterId;
        answer.secrets = secretsOf(1, member.records().nodeId());
        answer.secrets.accessTokenKey = "not a key";  // found at the very end
        answer.nodes = member.store->nodes();

        QVERIFY(!node.store->enter(intent, answer).has_value());

        for (int start = 0; start < 2; ++start) {
            QCOMPARE(node.records().checksum(records::syncedKinds()), before);
            QVERIFY(node.records().nodeId() == id && node.records().clusterId().empty());
            QVERIFY(node.store->state().intent.has_value() && !node.store->state().secrets);
            QVERIFY(*node.buckets->find("photos").value() == *bucket);
            node.restart();
        }
    }
};

MAXIOFS_TEST(MemberStoreTest)

}  // namespace maxiofs::cluster

#include "member_store_test.moc"
