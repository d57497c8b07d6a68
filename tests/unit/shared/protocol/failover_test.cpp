// SPDX-License-Identifier: GPL-3.0-or-later
#include "protocol/failover.h"

#include "golden_json.h"
#include "protocol/cluster.h"
#include "support/test_runner.h"

using namespace Qt::StringLiterals;

namespace maxiofs::protocol {

class FailoverProtocolTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aConflictNamesWhatLostAndWhatWon()
    {
        const auto conflict = checkGolden<Conflict>(u"conflict"_s);
        QVERIFY(conflict.isDeleteMarker);
        QCOMPARE(conflict.currentSize, std::int64_t{9007199254740993});
        QCOMPARE(conflict.currentChangedAt->unixMs, 1'795'169'731'000);
    }
    void aBucketsNodesTellPolicyEpochAndFormerOwners()
    {
        const auto nodes = checkGolden<BucketNodes>(u"bucket_nodes"_s);
        QCOMPARE(nodes.failover, FailoverPolicy::Manual);
        QCOMPARE(nodes.epoch, 7);
        QVERIFY(nodes.awaited.size() == 1 && nodes.awaited[0].name == "west");
        QVERIFY(!nodes.replicas[1].lagSeconds);
    }
    void aBucketWithoutAPolicyOfItsOwnHasTheClusters()
    {
        const auto own = fromJson<BucketFailover>(QJsonObject{{"failover"_L1, u"manual"_s}});
        const auto none = fromJson<BucketFailover>(QJsonObject{{"failover"_L1, QJsonValue()}});
        const auto wrong = fromJson<BucketFailover>(QJsonObject{{"failover"_L1, u"never"_s}});

        QVERIFY(own && own->failover == FailoverPolicy::Manual);
        QVERIFY(none && !none->failover);
        QVERIFY(toJson(*none).value("failover"_L1).isNull());
        QVERIFY(!wrong && wrong.error().subject == "failover");
    }
    void aPromotionNamesNoNodeUnlessItIsAsked()
    {
        const auto least = fromJson<PromoteRequest>(QJsonObject());
        const auto forced =
            fromJson<PromoteRequest>(QJsonObject{{"node_id"_L1, u"n2"_s}, {"force"_L1, true}});

        QVERIFY(least && least->nodeId.empty() && !least->force);
        QVERIFY(forced && forced->nodeId == "n2" && forced->force);
    }
};

MAXIOFS_TEST(FailoverProtocolTest)

}  // namespace maxiofs::protocol

#include "failover_test.moc"
