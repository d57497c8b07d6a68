// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/s3/placement.h"

#include "s3_fixture.h"
#include "support/test_runner.h"

namespace placement_test {

using namespace maxiofs;
using cluster::rules::HealthStatus;
using cluster::rules::Observation;

constexpr std::int64_t kExbibyte = std::int64_t{1} << 60;  // more than any disk of a test

Observation observed(const NodeId &node, HealthStatus status, std::int64_t total, std::int64_t used)
{
    Observation observation;
    observation.id = node;
    observation.status = status;
    observation.probe.emplace();
    observation.probe->capacityTotal = total;
    observation.probe->capacityUsed = used;
    return observation;
}

}  // namespace placement_test

class PlacementTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void theHealthyNodeWithTheMostRoomIsChosen()
    {
        using namespace placement_test;
        const NodeId a = NodeId::random();
        const NodeId b = NodeId::random();
        Observation unprobed = observed(NodeId::random(), HealthStatus::Healthy, 900, 0);
        unprobed.probe.reset();
        const std::vector<Observation> others{
            observed(a, HealthStatus::Healthy, 100, 40), observed(b, HealthStatus::Healthy, 1000, 930),
            observed(NodeId::random(), HealthStatus::Degraded, 900, 0), unprobed};

        QVERIFY(api::s3::roomierNode(10, others) == b);
        QVERIFY(!api::s3::roomierNode(70, others));
        QVERIFY(api::s3::roomierNode(0, {others[0]}) == a);
        QVERIFY(!api::s3::roomierNode(0, {}));
    }

    void aBucketGoesThereOnlyWithTheSetting()
    {
        using namespace placement_test;
        test::S3Fixture s3;
        test::FakeCluster &cluster = *s3.cluster;
        cluster.member = true;
        cluster.observed = {observed(cluster.second, HealthStatus::Healthy, kExbibyte, 0)};

        QCOMPARE(s3.owner->send("PUT", "/addressed").status, 200U);
        QVERIFY(cluster.forwards.empty());
        cluster.placesByRoom = true;
        QCOMPARE(s3.owner->send("PUT", "/placed").status, 299U);
        QVERIFY(cluster.forwards[0].owner.id == cluster.second);
        QCOMPARE(s3.owner->send("PUT", "/addressed").status, 200U);
        QCOMPARE(cluster.forwards.size(), 1U);
    }

    void aBucketThatWasPassedOnIsMadeHere()
    {
        using namespace placement_test;
        test::S3Fixture s3;
        test::FakeCluster &cluster = *s3.cluster;
        cluster.member = true;
        cluster.placesByRoom = true;
        cluster.observed = {observed(cluster.second, HealthStatus::Healthy, kExbibyte, 0)};

        const auto made = s3.owner->send("PUT", "/placed", {},
                                         {{"X-MaxIOFS-Forwarded", std::string(test::FakeCluster::kGenuine)}});

        QCOMPARE(made.status, 200U);
        QVERIFY(s3.buckets->find("placed").value()->location.owner == cluster.self);
    }

    void aBucketIsMadeHereWhereTheOtherNodeIsGone()
    {
        using namespace placement_test;
        test::S3Fixture s3;
        test::FakeCluster &cluster = *s3.cluster;
        cluster.member = true;
        cluster.placesByRoom = true;
        cluster.observed = {observed(cluster.second, HealthStatus::Healthy, kExbibyte, 0)};
        const auto gone = [&](bool mayRepeat) {
            cluster.outcomes.emplace_back([mayRepeat] {
                return cluster::Unreachable{Error(Error::Closed, "refused"), mayRepeat, false};
            });
        };

        gone(true);
        QCOMPARE(s3.owner->send("PUT", "/first").status, 200U);
        gone(false);
        QCOMPARE(s3.owner->send("PUT", "/second").code(), std::string("ServiceUnavailable"));
        QCOMPARE(cluster.failed.size(), 2U);
    }
};

MAXIOFS_TEST(PlacementTest)

#include "placement_test.moc"
