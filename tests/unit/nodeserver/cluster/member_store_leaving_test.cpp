// SPDX-License-Identifier: GPL-3.0-or-later
#include "cluster/member_store.h"

#include "member_fixture.h"

#include <random>

using namespace Qt::StringLiterals;

namespace maxiofs::cluster {

using namespace fixture;

class MemberStoreLeavingTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aFormerMemberBringsOnlyWhatItMadeWhileAlone()
    {
        MemberNode member("node-1");
        MemberNode node("node-2");
        QVERIFY(member.makeUser("admin", "admin"));
        makeCluster(member);
        QVERIFY(node.makeUser("admin", "admin"));
        const auto old = node.makeBucket("old");
        QVERIFY(join(node, member));
        QVERIFY(node.makeUser("u1", "anna"));
        const NodeId before = node.records().nodeId();
        syncBoth(node, member);
        QVERIFY(member.store->removeNode(before, secretsOf(2, member.records().nodeId())).has_value());
        QVERIFY(node.store->becomeLone().has_value());
        QVERIFY(node.put(Kind::UserProfile, "u1", {{"username"_L1, u"changed"_s}}));
        QVERIFY(node.put(Kind::UserPreferences, "u1", {{"theme"_L1, u"dark"_s}}));
        QVERIFY(node.makeUser("u2", "bert"));
        QVERIFY(node.put(Kind::Setting, "keys-exported/" + before.uuid(), {{"value"_L1, 5}}));
        const auto fresh = node.makeBucket("fresh");
        QVERIFY(node.store->state().wasMember);
        QCOMPARE(node.store->ownUserNames(), std::vector<std::string>{"bert"});

        QVERIFY(join(node, member));
        const NodeId now = node.records().nodeId();
        QVERIFY(now != before && !node.store->state().wasMember);
        QVERIFY(!node.find(Kind::UserProfile, "u1") && !node.find(Kind::UserPreferences, "u1"));
        QVERIFY(node.find(Kind::UserProfile, "admin").has_value());  // until the cluster's comes
        QVERIFY(!node.buckets->findById(old->id).has_value());
        syncBoth(node, member);

        for (MemberNode *each : {&node, &member}) {
            QCOMPARE(each->userName("u1"), std::string("anna"));
            QCOMPARE(each->userName("u2"), std::string("bert"));
            QVERIFY((each->buckets->find("fresh").value()->location == Location{now, {1, now}, false}));
            QVERIFY(each->buckets->find("old").value()->location.unavailable);
            QVERIFY(each->find(Kind::Setting, "keys-exported/" + now.uuid()).has_value());
            QCOMPARE(each->nodes->nodes().size(), 2);
        }
        QVERIFY(member.records().find(Kind::Node, before.uuid()).value()->deleted);

        node.restart();  // it still knows its former id
        QCOMPARE(node.store->takeBackBuckets().value(), 1);
        QCOMPARE(node.store->takeBackBuckets().value(), 0);
        QCOMPARE(member.store->takeBackBuckets().value(), 0);
        syncBoth(node, member);
        const Location back = member.buckets->find("old").value()->location;
        QVERIFY(back.owner == now && !back.unavailable && back.epoch.node == now);
        QCOMPARE(back.epoch.number, 3);
    }

    void aRemovedNodesBucketsAreUnavailable()
    {
        MemberNode member("node-1");
        MemberNode other("node-2");
        makeCluster(member);
        QVERIFY(join(other, member));
        const auto theirs = other.makeBucket("theirs");
        const auto ours = member.makeBucket("ours");
        syncBoth(other, member);
        const NodeId gone = other.records().nodeId();
        const NodeId self = member.records().nodeId();
        QCOMPARE(member.store->bucketsOf(gone), std::vector<std::string>{"theirs"});
        std::vector<std::pair<RecordKey, Origin>> heard;
        const auto listening =
            member.records().whenChanged([&](const std::vector<RecordKey> &keys, Origin origin) {
                for (const RecordKey &key : keys)
                    heard.emplace_back(key, origin);
            });

        QVERIFY(member.store->removeNode(gone, secretsOf(2, self)).has_value());

        QVERIFY((member.buckets->find("theirs").value()->location == Location{gone, {2, self}, true}));
        QVERIFY((member.buckets->find("ours").value()->location == Location{self, {1, self}, false}));
        QCOMPARE(member.nodes->find(gone).error().code, Error::NotFound);
        QVERIFY(member.store->state().secrets->generation.number == 2);
        const auto heardOf = [&](Kind kind, Origin origin) {
            return std::ranges::any_of(
                heard, [&](const auto &each) { return each.first.kind == kind && each.second == origin; });
        };
        QVERIFY(heardOf(Kind::Node, Origin::Local) && heardOf(Kind::Location, Origin::Local));
        QVERIFY(heardOf(Kind::Location, Origin::Merged) && heardOf(Kind::ClusterSecret, Origin::Merged));
        QVERIFY(!heardOf(Kind::ClusterSecret, Origin::Local));
    }

    void aBucketThatIsHeardOfAfterItsOwnersRemovalIsMarkedToo()
    {
        MemberNode member("node-1");
        MemberNode other("node-2");
        makeCluster(member);
        QVERIFY(join(other, member));
        syncBoth(other, member);
        const auto late = other.makeBucket("late");
        const NodeId gone = other.records().nodeId();
        QVERIFY(member.store->removeNode(gone, secretsOf(2, member.records().nodeId())).has_value());
        auto page = other.records().page(Kind::Location, records::Slots().set(), {}, 100'000).value();
        QVERIFY(member.records().merge(std::move(page.records)).has_value());
        page = other.records().page(Kind::Bucket, records::Slots().set(), {}, 100'000).value();
        QVERIFY(member.records().merge(std::move(page.records)).has_value());
        QVERIFY(!member.buckets->find("late").value()->location.unavailable);

        QVERIFY(member.store->markOwnersRemoved().has_value());

        const Location marked = member.buckets->find("late").value()->location;
        QVERIFY(marked.unavailable && marked.owner == gone);
        QVERIFY(member.store->markOwnersRemoved().has_value());
        QVERIFY(member.buckets->find("late").value()->location == marked);
    }

    void aNodeThatLeavesKeepsItsOwn()
    {
        MemberNode member("node-1");
        MemberNode node("node-2");
        QVERIFY(member.makeUser("admin", "admin") && member.makeUser("u1", "anna"));
        makeCluster(member);
        const auto theirs = member.makeBucket("theirs");
        QVERIFY(join(node, member));
        const auto own = node.makeBucket("own");
        syncBoth(node, member);
        const NodeId id = node.records().nodeId();
        QVERIFY(member.store->removeNode(id, secretsOf(2, member.records().nodeId())).has_value());
        const std::string key = node.secretOf(Kind::ClusterSecret, "access-token-key");
        syncBoth(node, member);  // it hears of its own removal

        QVERIFY(node.store->becomeLone().has_value());

        for (int start = 0; start < 2; ++start) {
            const rules::MemberState state = node.store->state();
            QVERIFY(state.clusterId.empty() && !state.secrets && state.wasMember && state.self == id);
            QCOMPARE(node.nodes->nodes().size(), 1);
            QCOMPARE(node.nodes->self().name, std::string("node-2"));
            QCOMPARE(node.nodes->self().endpoint, std::string("https://node-2"));
            QCOMPARE(node.nodes->self().certificate, node.certificate());
            QCOMPARE(node.nodes->self().memberNumber, 0);
            QVERIFY(!node.nodes->config().isClusterEnabled);
            QCOMPARE(node.userName("u1"), std::string("anna"));
            QVERIFY(!node.buckets->findById(theirs->id).has_value());
            QVERIFY(!node.buckets->find("own").value()->location.unavailable);
            QVERIFY(node.secretOf(Kind::ClusterSecret, "access-token-key") != key);
            node.restart();
        }

        rules::NodeDescription self = node.description();
        self.id = NodeId::random();
        QVERIFY(node.store->found(kOtherCluster, secretsOf(1, self.id), self).has_value());
        QVERIFY(node.records().nodeId() == self.id);
        QVERIFY(node.buckets->find("own").value()->location.owner == self.id);
        QCOMPARE(node.find(Kind::UserProfile, "u1")->clusterId, kOtherCluster);
    }

    void aLoneNodeThatGivesUpAJoinKeepsWhatItHas()
    {
        MemberNode node("node-2");
        QVERIFY(node.makeUser("u1", "anna"));
        const auto own = node.makeBucket("own");
        const NodeId id = node.records().nodeId();
        QVERIFY(node.store->saveIntent(rules::JoinIntent()).has_value());

        QVERIFY(node.store->becomeLone().has_value());

        for (int start = 0; start < 2; ++start) {
            const rules::MemberState state = node.store->state();
            QVERIFY(state.clusterId.empty() && !state.intent && state.wasMember && state.self == id);
            QCOMPARE(node.nodes->nodes().size(), 1);
            QCOMPARE(node.userName("u1"), std::string("anna"));
            QVERIFY(node.find(Kind::UserProfile, "u1")->clusterId.empty());
            QVERIFY(node.buckets->findById(own->id).value()->location.owner == id);
            node.restart();
        }
    }

    void aMemberIsWrittenDownAgainWithItsNewNumber()
    {
        MemberNode member("node-1");
        MemberNode other("node-2");
        makeCluster(member);
        const rules::NodeDescription node = other.description();
        QVERIFY(member.store->addNode(node, 2).has_value());
        const std::int64_t joined = member.nodes->find(node.id).value().createdMs;
        member.db.clock.nowMs += 1000;

        QVERIFY(member.store->addNode(node, 7).has_value());

        const records::ClusterNode seen = member.nodes->find(node.id).value();
        QCOMPARE(seen.memberNumber, 7);
        QCOMPARE(seen.createdMs, joined);
        QCOMPARE(seen.certificate, other.certificate());
        QCOMPARE(member.store->nodes().size(), 2);
    }

    // Joins, removals and changes in any order, with syncs in between: members agree, and each bucket has one
    // owner that is a member, or is unavailable.
    void randomLivesConverge()
    {
        const unsigned seed = std::random_device{}();
        qInfo("seed %u", seed);
        std::mt19937 random(seed);
        MemberNode member("node-1");
        MemberNode node("node-2");
        QVERIFY(member.makeUser("admin", "admin") && node.makeUser("admin", "admin"));
        makeCluster(member);
        std::uint64_t generation = 1;
        for (int step = 0; step < 40; ++step) {
            MemberNode &one = random() % 2 == 0 ? member : node;
            one.db.clock.nowMs += static_cast<std::int64_t>(random() % 5000);
            const bool isMember = !node.store->state().clusterId.empty();
            switch (random() % 5) {
            case 0:
                if (!isMember) {
                    QVERIFY(join(node, member));
                    syncBoth(node, member);
                    QVERIFY(node.store->takeBackBuckets().has_value());
                }
                break;
            case 1:
                if (isMember && random() % 3 == 0) {
                    const NodeId self = member.records().nodeId();
                    QVERIFY(member.store->removeNode(node.records().nodeId(), secretsOf(++generation, self))
                                .has_value());
                    QVERIFY(node.store->becomeLone().has_value());
                }
                break;
            case 2: QVERIFY(one.makeUser("u" + std::to_string(step), "anna")); break;
            case 3: (void)one.makeBucket("bucket-" + std::to_string(step)); break;
            default: QVERIFY(one.buckets->renameConflicts().has_value()); break;
            }
        }
        if (node.store->state().clusterId.empty())
            QVERIFY(join(node, member));
        syncBoth(node, member);
        QVERIFY(node.store->takeBackBuckets().has_value());
        syncBoth(node, member);

        QCOMPARE(node.buckets->count(), member.buckets->count());
        for (const records::BucketPtr &bucket : node.buckets->all()) {
            QVERIFY(*member.buckets->find(bucket->name).value() == *bucket);
            QVERIFY(node.nodes->find(bucket->location.owner).has_value());
            QVERIFY(!bucket->location.unavailable);
        }
        QCOMPARE(node.secretOf(Kind::UserPassword, "admin"), std::string("hash of admin on node-1"));
    }
};

MAXIOFS_TEST(MemberStoreLeavingTest)

}  // namespace maxiofs::cluster

#include "member_store_leaving_test.moc"
