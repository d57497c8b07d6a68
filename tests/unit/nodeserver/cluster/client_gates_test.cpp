// SPDX-License-Identifier: GPL-3.0-or-later
#include "cluster/client_gates.h"

#include "support/test_runner.h"

using namespace maxiofs;
using namespace maxiofs::cluster;

namespace client_gates_test {

// What became of changes that wanted to pass.
class Changes {
public:
    void pass(ClientGates &gates, const BucketId &bucket)
    {
        gates.pass(bucket, [this](Status status) { (status ? passed : refused) += 1; });
    }

    int passed = 0;
    int refused = 0;
};

void goOn(std::vector<ClientGates::Go> waiting, const Status &status)
{
    for (ClientGates::Go &go : waiting)
        go(status);
}

}  // namespace client_gates_test

using namespace client_gates_test;

class ClientGatesTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aBucketOfWhichNothingWasSaidIsOpen()
    {
        ClientGates gates;
        Changes changes;
        const BucketId bucket = BucketId::random();
        changes.pass(gates, bucket);
        QCOMPARE(changes.passed, 1);
        QVERIFY(gates.isOpen(bucket));
        QVERIFY(gates.isOpenSince(bucket, gates.turn(bucket)));
    }

    void whatWasDecidedBeforeTheBucketWasShutIsNeverAcknowledged()
    {
        ClientGates gates;
        const BucketId bucket = BucketId::random();
        const std::uint64_t before = gates.turn(bucket);
        goOn(gates.shut(bucket), {});
        QVERIFY(!gates.isOpenSince(bucket, before));
        QVERIFY(!gates.isOpen(bucket));
        goOn(gates.open(bucket), {});
        QVERIFY(gates.isOpen(bucket));
        QVERIFY(!gates.isOpenSince(bucket, before));
        QVERIFY(gates.isOpenSince(bucket, gates.turn(bucket)));
    }

    void changesOfAHeldBucketWaitForTheOutcome()
    {
        ClientGates gates;
        Changes changes;
        const BucketId bucket = BucketId::random();
        const BucketId other = BucketId::random();
        const std::uint64_t before = gates.turn(bucket);
        gates.hold(bucket);
        QVERIFY(gates.isHeld(bucket) && !gates.isOpen(bucket));
        changes.pass(gates, bucket);
        QCOMPARE(changes.passed, 0);
        changes.pass(gates, other);
        QCOMPARE(changes.passed, 1);
        // What was decided before is at the node that takes the bucket, too.
        QVERIFY(gates.isOpenSince(bucket, before));
        goOn(gates.open(bucket), {});
        QCOMPARE(changes.passed, 2);
        QVERIFY(gates.isOpenSince(bucket, before));
    }

    void whoWaitedForTooLongIsRefusedAndNobodyWaitsAfterThat()
    {
        ClientGates gates;
        Changes changes;
        const BucketId bucket = BucketId::random();
        gates.hold(bucket);
        changes.pass(gates, bucket);
        goOn(gates.endWaiting(bucket), failure(Error::Busy, "again"));
        QCOMPARE(changes.refused, 1);
        changes.pass(gates, bucket);  // the store refuses it
        QCOMPARE(changes.passed, 1);
        gates.hold(bucket);
        changes.pass(gates, bucket);
        QCOMPARE(changes.passed, 2);
        goOn(gates.open(bucket), {});
        gates.hold(bucket);
        changes.pass(gates, bucket);
        QCOMPARE(changes.passed, 2);
        goOn(gates.shut(bucket), {});
        QCOMPARE(changes.passed, 3);
        QVERIFY(gates.endWaiting(bucket).empty());
    }
};

MAXIOFS_TEST(ClientGatesTest)
#include "client_gates_test.moc"
