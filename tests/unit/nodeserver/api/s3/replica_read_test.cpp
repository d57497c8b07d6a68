// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/s3/replica_read.h"

#include "s3_member.h"
#include "support/test_runner.h"

namespace replica_read_test {

using namespace maxiofs;
using cluster::Moved;
using test::FakeCluster;
using test::kOfTheOwner;
using test::kPassedOn;
using test::kUnreachable;
using test::S3Member;

}  // namespace replica_read_test

using namespace replica_read_test;

class ReplicaReadTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aReadWhoseOwnerIsAwayGoesToTheFreshestReplica()
    {
        S3Member node;
        node.cluster.place(node.id(), node.cluster.second, 5);
        node.cluster.replicas = {node.cluster.third, node.cluster.self};
        node.answerWith(kUnreachable);

        const auto answer = node.s3.owner->send("GET", "/bucket/key");

        QCOMPARE(answer.status, kOfTheOwner);
        QCOMPARE(node.cluster.forwards.size(), 2U);
        QVERIFY(node.cluster.forwards[1].owner.id == node.cluster.third);
        QCOMPARE(node.cluster.forwards[1].value, std::string("5 127.0.0.1 GET /bucket/key to a replica"));
        QVERIFY(node.cluster.failed == std::vector<NodeId>{node.cluster.second});
    }

    void theNextReplicaAnswersWhereOneIsAwayOrHasNothing()
    {
        S3Member node;
        node.cluster.place(node.id(), node.cluster.second, 5);
        const NodeId fourth = NodeId::random();
        node.cluster.replicas = {node.cluster.third, fourth, node.cluster.self};
        node.cluster.ownLag = std::chrono::milliseconds(2'100);
        node.answerWith(kUnreachable);
        node.answerWith(kUnreachable);
        node.answerWith(Moved{FakeCluster::answerOf(node.id(), node.cluster.second, 5), true});

        const auto answer = node.s3.owner->send("GET", "/bucket/key");

        QCOMPARE(answer.code(), std::string("NoSuchKey"));
        QCOMPARE(answer.header("x-maxiofs-replica-lag"), std::string("3"));
        QCOMPARE(node.cluster.forwards.size(), 3U);
        const std::vector<NodeId> failed{node.cluster.second, node.cluster.third};
        QVERIFY(node.cluster.failed == failed);
    }

    void aReplicaThatKnowsTheNewOwnerTellsTheWay()
    {
        S3Member node;
        node.cluster.place(node.id(), node.cluster.second, 5);
        node.cluster.replicas = {node.cluster.third};
        node.answerWith(kUnreachable);
        node.answerWith(Moved{FakeCluster::answerOf(node.id(), node.cluster.third, 6), true});

        QCOMPARE(node.s3.owner->send("GET", "/bucket/key").status, kOfTheOwner);

        QCOMPARE(node.cluster.forwards.size(), 3U);
        QCOMPARE(node.cluster.forwards[2].value, std::string("6 127.0.0.1 GET /bucket/key"));
    }

    void theNodesOwnReplicaAnswersEveryRead()
    {
        S3Member node;
        QCOMPARE(node.s3.owner->send("PUT", "/bucket/key", "value").status, 200U);
        node.cluster.place(node.id(), node.cluster.second, 5);
        node.s3.store->setBucket({.id = node.id(), .role = store::BucketRole::Replica});
        node.cluster.replicas = {node.cluster.self};
        node.cluster.ownLag = std::chrono::milliseconds(0);
        const std::vector<std::pair<std::string, std::string>> requests{
            {"HEAD", "/bucket"},
            {"GET", "/bucket?location"},
            {"GET", "/bucket?versioning"},
            {"GET", "/bucket?acl"},
            {"GET", "/bucket"},
            {"GET", "/bucket?list-type=2"},
            {"GET", "/bucket?versions"},
            {"GET", "/bucket/key"},
            {"HEAD", "/bucket/key"},
            {"GET", "/bucket/key?acl"},
            {"GET", "/bucket/key?tagging"},
        };

        for (const auto &[method, target] : requests) {
            node.answerWith(kUnreachable);
            const auto answer = node.s3.owner->send(method, target);
            QCOMPARE(answer.status, 200U);
            QCOMPARE(answer.header("x-maxiofs-replica-lag"), std::string("0"));
        }

        QCOMPARE(node.s3.owner->send("GET", "/bucket/key").status, kOfTheOwner);
        QCOMPARE(node.cluster.choices.load(), static_cast<int>(requests.size()));
    }

    void whatNeedsTheOwnerGoesToNoReplica()
    {
        S3Member node;
        node.cluster.place(node.id(), node.cluster.second, 5);
        node.cluster.replicas = {node.cluster.self, node.cluster.third};
        node.cluster.ownLag = std::chrono::milliseconds(0);
        const std::vector<std::pair<std::string, std::string>> requests{
            {"DELETE", "/bucket"},           {"PUT", "/bucket?versioning"},
            {"GET", "/bucket?uploads"},      {"POST", "/bucket?delete"},
            {"PUT", "/bucket/key"},          {"DELETE", "/bucket/key"},
            {"POST", "/bucket/key?uploads"}, {"GET", "/bucket/key?uploadId=00000000000000000000000000000000"},
        };

        for (const auto &[method, target] : requests) {
            node.answerWith(kUnreachable);
            QCOMPARE(node.s3.owner->send(method, target).status, 503U);
        }

        QCOMPARE(node.cluster.forwards.size(), requests.size());
        QCOMPARE(node.cluster.choices.load(), 0);
    }

    void aReplicaAnswersWhomAMemberSendsAlone()
    {
        S3Member node;
        QCOMPARE(node.s3.owner->send("PUT", "/bucket/key", "value").status, 200U);
        node.cluster.place(node.id(), node.cluster.third, 5);
        node.s3.store->setBucket({.id = node.id(), .role = store::BucketRole::Replica});
        node.cluster.ownLag = std::chrono::milliseconds(1);
        node.cluster.forwardedEpoch = {5, node.cluster.third};
        const test::S3Client::Headers marked{{"X-MaxIOFS-Forwarded", std::string(FakeCluster::kToReplica)}};

        const auto answer = node.s3.owner->send("GET", "/bucket/key", {}, marked);

        QCOMPARE(answer.body, std::string("value"));
        QCOMPARE(answer.header("x-maxiofs-replica-lag"), std::string("1"));
        QCOMPARE(node.s3.owner->send("PUT", "/bucket/key", "x", marked).status, 421U);
        QCOMPARE(node.s3.owner->send("GET", "/bucket?uploads", {}, marked).status, 421U);
        QCOMPARE(node.s3.owner->send("GET", "/bucket/key", {}, kPassedOn).status, 421U);
        QVERIFY(node.cluster.forwards.empty());
        node.cluster.forwardedEpoch = {4, node.cluster.second};  // the edge does not know the new owner
        QCOMPARE(node.s3.owner->send("GET", "/bucket/key", {}, marked).status, 421U);
        node.cluster.forwardedEpoch = {5, node.cluster.third};
        node.cluster.ownLag.reset();
        QCOMPARE(node.s3.owner->send("GET", "/bucket/key", {}, marked).status, 421U);
    }
};

MAXIOFS_TEST(ReplicaReadTest)
#include "replica_read_test.moc"
