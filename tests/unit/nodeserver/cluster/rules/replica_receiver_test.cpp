// SPDX-License-Identifier: GPL-3.0-or-later
#include "cluster/rules/replica_receiver.h"
#include "support/test_runner.h"

namespace maxiofs::test {

namespace replica_receiver_test {

using namespace cluster::rules;

class KnownLocation final : public ReceiverWorld {
public:
    [[nodiscard]] records::Location location(const BucketId & /*bucket*/) const override { return known; }
    void learn(const BucketId & /*bucket*/, const records::Location &location) override { learnt = location; }
    [[nodiscard]] std::string whyNotReady(const BatchHeader & /*header*/) const override { return reason; }
    void note(const BatchHeader & /*header*/) override { ++noted; }

    records::Location known{{}, {2, {}}, false};
    std::optional<records::Location> learnt;
    std::string reason;
    int noted = 0;
};

BatchHeader headerOf(std::uint64_t epoch)
{
    BatchHeader header;
    header.location.epoch.number = epoch;
    return header;
}

// A batch that waits to be applied.
struct Arrived {
    Arrived(ReplicaReceiver &receiver, std::uint64_t epoch)
    {
        receiver.onBatch(
            headerOf(epoch), [this](ReceiverWorld::Applied done) { applied = std::move(done); },
            [this](Result<BatchAnswer> result) { answer = std::move(result); });
    }
    void apply() { applied(std::vector<EntryAnswer>(1)); }

    ReceiverWorld::Applied applied;
    std::optional<Result<BatchAnswer>> answer;
};

}  // namespace replica_receiver_test

using namespace replica_receiver_test;

class ReplicaReceiverTest final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void batchOfTheOwnerIsAppliedAndAnswered();
    void formerOwnerIsRefused();
    void newerOwnerIsLearntAndTheOlderRefusedFromThenOn();
    void batchThatATakeoverOvertookIsNotAcknowledged();
    void bucketThatIsNotReadyTakesNothing();
};

void ReplicaReceiverTest::batchOfTheOwnerIsAppliedAndAnswered()
{
    KnownLocation world;
    ReplicaReceiver receiver(world);

    Arrived batch(receiver, 2);
    const bool early = batch.answer.has_value();
    batch.apply();

    QVERIFY(!early);
    QCOMPARE((*batch.answer)->verdict, Verdict::Taken);
    QCOMPARE((*batch.answer)->entries.size(), std::size_t{1});
    QCOMPARE(world.noted, 1);
}

void ReplicaReceiverTest::formerOwnerIsRefused()
{
    KnownLocation world;
    ReplicaReceiver receiver(world);

    const Arrived batch(receiver, 1);

    QVERIFY(!batch.applied);
    QCOMPARE((*batch.answer)->verdict, Verdict::Superseded);
    QCOMPARE((*batch.answer)->location, world.known);
    QCOMPARE(receiver.onManifest(headerOf(1)).verdict, Verdict::Superseded);
}

void ReplicaReceiverTest::newerOwnerIsLearntAndTheOlderRefusedFromThenOn()
{
    KnownLocation world;
    ReplicaReceiver receiver(world);

    const Arrived newer(receiver, 3);
    const Arrived older(receiver, 2);

    QVERIFY(newer.applied);
    QCOMPARE(world.learnt->epoch.number, std::uint64_t{3});
    QCOMPARE((*older.answer)->verdict, Verdict::Superseded);
}

void ReplicaReceiverTest::batchThatATakeoverOvertookIsNotAcknowledged()
{
    KnownLocation world;
    ReplicaReceiver receiver(world);

    Arrived batch(receiver, 2);
    world.known.epoch.number = 3;
    batch.apply();

    QCOMPARE((*batch.answer)->verdict, Verdict::Superseded);
    QCOMPARE(world.noted, 0);
}

void ReplicaReceiverTest::bucketThatIsNotReadyTakesNothing()
{
    KnownLocation world;
    world.reason = "it has not handed over";
    ReplicaReceiver receiver(world);

    const Arrived batch(receiver, 2);

    QVERIFY(!batch.applied);
    QCOMPARE((*batch.answer)->verdict, Verdict::NotReady);
    QCOMPARE((*batch.answer)->reason, world.reason);
}

MAXIOFS_TEST(ReplicaReceiverTest)

}  // namespace maxiofs::test

#include "replica_receiver_test.moc"
