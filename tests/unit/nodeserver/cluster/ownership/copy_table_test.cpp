// SPDX-License-Identifier: GPL-3.0-or-later
#include "cluster/ownership/copy_table.h"

#include "support/test_runner.h"
#include "unit/nodeserver/records/records_fixture.h"

using namespace maxiofs;
using namespace maxiofs::cluster;
using namespace maxiofs::cluster::ownership;

namespace copy_table_test {

const BucketId kBucket = BucketId::random();
const records::Epoch kEpoch{3, NodeId::random()};

rules::CopyState owned()
{
    rules::CopyState state;
    state.fed = kEpoch;
    state.handed = kEpoch;
    state.wasOwner = true;
    state.degraded = {Id128::random()};
    return state;
}

}  // namespace copy_table_test

using namespace copy_table_test;

class CopyTableTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aStateIsThereAfterARestart()
    {
        records::fixture::AuthDb db;
        const rules::CopyState state = owned();
        {
            const auto table = CopyTable::load(db.records()).value();
            QVERIFY(!table->find(kBucket));
            QVERIFY(table->write(kBucket, state));
            QVERIFY(table->find(kBucket) == state);
            QVERIFY(table->isDegraded(kBucket, state.degraded.front()));
            QVERIFY(!table->isDegraded(kBucket, Id128::random()));
        }
        db.reopen();
        const auto table = CopyTable::load(db.records()).value();
        QVERIFY(table->find(kBucket) == state);
        QVERIFY(table->buckets() == std::vector{kBucket});
    }

    void whatWasReceivedOnlyGrowsAndIsKeptWhenTold()
    {
        records::fixture::AuthDb db;
        {
            const auto table = CopyTable::load(db.records()).value();
            QCOMPARE(table->receivedTo(kBucket, kEpoch), 0U);
            table->received(kBucket, kEpoch, 70);
            table->received(kBucket, kEpoch, 50);
            QCOMPARE(table->receivedTo(kBucket, kEpoch), 70U);
            QVERIFY(table->keepReceived());
            table->received(kBucket, kEpoch, 90);
            QVERIFY(!table->find(kBucket));
        }
        db.reopen();
        const auto table = CopyTable::load(db.records()).value();
        QCOMPARE(table->receivedTo(kBucket, kEpoch), 70U);
        QVERIFY(table->buckets().empty());
        QVERIFY(table->write(kBucket, owned()));
        QCOMPARE(table->receivedTo(kBucket, kEpoch), 70U);
    }

    void theNewestEpochsStayKnown()
    {
        records::fixture::AuthDb db;
        const auto table = CopyTable::load(db.records()).value();
        const NodeId node = NodeId::random();
        for (std::uint64_t number = 1; number <= CopyTable::kMostReceived + 3; ++number)
            table->received(kBucket, {number, node}, 10 * number);
        QCOMPARE(table->receivedTo(kBucket, {3, node}), 0U);
        QCOMPARE(table->receivedTo(kBucket, {4, node}), 40U);
        QCOMPARE(table->receivedTo(kBucket, {CopyTable::kMostReceived + 3, node}),
                 10 * (CopyTable::kMostReceived + 3));
    }

    void aDeletedBucketIsForgotten()
    {
        records::fixture::AuthDb db;
        {
            const auto table = CopyTable::load(db.records()).value();
            QVERIFY(table->write(kBucket, owned()));
            table->received(kBucket, kEpoch, 5);
            QVERIFY(table->forget(kBucket));
            QVERIFY(!table->find(kBucket));
            QCOMPARE(table->receivedTo(kBucket, kEpoch), 0U);
        }
        db.reopen();
        QVERIFY(!CopyTable::load(db.records()).value()->find(kBucket));
    }
};

MAXIOFS_TEST(CopyTableTest)
#include "copy_table_test.moc"
