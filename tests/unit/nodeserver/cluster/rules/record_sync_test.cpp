// SPDX-License-Identifier: GPL-3.0-or-later
#include "cluster/rules/record_sync.h"
#include "fake_store.h"
#include "fake_world.h"
#include "support/test_runner.h"

namespace maxiofs::cluster::rules {

namespace record_sync_test {

using records::Kind;
using records::Record;
using records::RecordKey;
using test::FakeMembers;
using test::FakeStore;
using test::FakeWorld;

// This node with two others, which have the same records until the test says otherwise.
class Syncing {
public:
    Syncing()
    {
        members.peers = {FakeWorld::peerOf(2), FakeWorld::peerOf(3)};
        sync.start();
        compareWell();
    }
    /// Answers all comparisons: nothing differs.
    void compareWell()
    {
        while (world.answer<CompareRecords>(Answer(CompareRecordsAnswer{true}))) {
        }
    }
    void change(Kind kind, const std::string &id)
    {
        store.put(FakeStore::recordOf(kind, id, world.wall));
        sync.changed({{kind, id}});
    }
    bool take(std::uint8_t member)
    {
        return world.answer<PushRecords>(Answer(PushRecordsAnswer{1, 0}), FakeWorld::idOf(member));
    }
    /// Sets to true when the changes are settled.
    void settle(bool &settled)
    {
        sync.whenSettled([&settled] { settled = true; });
    }

    FakeWorld world;
    FakeMembers members;
    FakeStore store;
    RecordSync sync{world, members, store};
};

}  // namespace record_sync_test

using namespace record_sync_test;

class RecordSyncTest final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void changeIsPushedToAllAtOnce();
    void kindsOfAGroupTravelTogether();
    void changesWaitForThePushThatIsOpen();
    void settledMeansThatAllHealthyMembersHaveIt();
    void settlingEndsAfterASecond();
    void loneNodeIsSettledAtOnce();
    void memberWithoutTheFirstComparisonIsNotSettled();
    void failedPushIsMadeGoodByAComparison();
    void memberThatIsAwayIsNotPushedTo();
    void memberThatIsBackIsComparedWithAtOnce();
    void moreChangesThanAreKeptAreLeftToAComparison();
    void newMemberIsComparedWithAtOnce();
    void syncNowWaitsForAComparisonThatBeginsAfterIt();
    void memberThatLeavesEndsTheWait();
    void whatDiffersGoesBothWays();
    void pageThatDoesNotMoveOnEndsTheComparison();
    void secretsOfTheClusterAreNeverExchanged();
    void onlyOldTombstonesAreDroppedAtAWord();
    void failedMergeIsNotConfirmed();
};

void RecordSyncTest::changeIsPushedToAllAtOnce()
{
    Syncing node;

    node.change(Kind::Setting, "s");

    QCOMPARE(node.world.waiting<PushRecords>(), std::size_t{2});
    const auto &push = std::get<PushRecords>(node.world.open.front().request);
    QCOMPARE(push.records.front().id, std::string("s"));
    QVERIFY(!push.forget);
}

void RecordSyncTest::kindsOfAGroupTravelTogether()
{
    Syncing node;
    node.members.peers = {FakeWorld::peerOf(2)};
    const std::vector<RecordKey> keys{
        {Kind::UserProfile, "u"}, {Kind::Bucket, "b"}, {Kind::UserPassword, "u"}, {Kind::UserProfile, "u"}};
    for (const RecordKey &key : keys)
        node.store.put(FakeStore::recordOf(key.kind, key.id, 1));

    node.sync.changed(keys);

    QCOMPARE(node.world.waiting<PushRecords>(), std::size_t{2});
    QCOMPARE(std::get<PushRecords>(node.world.open.front().request).records.size(), std::size_t{2});
}

void RecordSyncTest::changesWaitForThePushThatIsOpen()
{
    Syncing node;
    node.members.peers = {FakeWorld::peerOf(2)};
    node.change(Kind::Setting, "1");
    node.change(Kind::Setting, "2");
    node.change(Kind::Setting, "3");
    QCOMPARE(node.world.waiting<PushRecords>(), std::size_t{1});

    QVERIFY(node.take(2));

    QCOMPARE(node.world.waiting<PushRecords>(), std::size_t{1});
    QCOMPARE(std::get<PushRecords>(node.world.open.front().request).records.size(), std::size_t{2});
}

void RecordSyncTest::settledMeansThatAllHealthyMembersHaveIt()
{
    Syncing node;
    bool settled = false;
    node.change(Kind::Setting, "s");
    node.settle(settled);
    QVERIFY(node.take(2));
    QVERIFY(!settled);

    QVERIFY(node.take(3));

    QVERIFY(settled);
    settled = false;
    node.members.sick = {FakeWorld::idOf(3)};
    node.change(Kind::Setting, "s");
    node.settle(settled);
    QVERIFY(node.take(2));
    QVERIFY(settled);
}

void RecordSyncTest::settlingEndsAfterASecond()
{
    Syncing node;
    bool settled = false;
    node.change(Kind::Setting, "s");
    node.settle(settled);

    node.world.pass(999);
    QVERIFY(!settled);
    node.world.pass(1);

    QVERIFY(settled);
}

void RecordSyncTest::loneNodeIsSettledAtOnce()
{
    Syncing node;
    node.members.peers.clear();
    bool settled = false;
    bool synced = false;

    node.change(Kind::Setting, "s");
    node.settle(settled);
    node.sync.syncNow([&] { synced = true; });

    QVERIFY(settled);
    QVERIFY(synced);
}

void RecordSyncTest::memberWithoutTheFirstComparisonIsNotSettled()
{
    Syncing node;
    node.members.peers.push_back(FakeWorld::peerOf(4));
    bool settled = false;
    node.settle(settled);
    QVERIFY(!settled);

    node.compareWell();

    QVERIFY(settled);
}

void RecordSyncTest::failedPushIsMadeGoodByAComparison()
{
    Syncing node;
    node.members.peers = {FakeWorld::peerOf(2)};
    bool settled = false;
    node.change(Kind::Setting, "s");
    QVERIFY(node.world.refuse<PushRecords>(Error::Closed, "the connection broke"));
    QCOMPARE(node.world.waiting<CompareRecords>(), std::size_t{0});

    node.world.pass(RecordSync::kRetryMs);
    QCOMPARE(node.world.waiting<CompareRecords>(), std::size_t{1});
    node.settle(settled);
    QVERIFY(!settled);
    node.compareWell();

    QVERIFY(settled);
}

void RecordSyncTest::memberThatIsAwayIsNotPushedTo()
{
    Syncing node;
    node.members.peers = {FakeWorld::peerOf(2)};
    node.members.sick = {FakeWorld::idOf(2)};
    node.change(Kind::Setting, "s");
    QCOMPARE(node.world.waiting<PushRecords>(), std::size_t{1});  // it may be there all the same
    QVERIFY(node.world.refuse<PushRecords>(Error::Closed, "refused"));

    for (int i = 0; i < 100; ++i)
        node.change(Kind::Setting, "s");

    QCOMPARE(node.world.waiting<PushRecords>(), std::size_t{0});
}

void RecordSyncTest::memberThatIsBackIsComparedWithAtOnce()
{
    Syncing node;
    node.members.peers = {FakeWorld::peerOf(2)};
    node.sync.reached(FakeWorld::idOf(2));
    QCOMPARE(node.world.waiting<CompareRecords>(), std::size_t{0});
    node.change(Kind::Setting, "s");
    QVERIFY(node.world.refuse<PushRecords>(Error::Closed, "refused"));

    node.sync.reached(FakeWorld::idOf(2));

    QCOMPARE(node.world.waiting<CompareRecords>(), std::size_t{1});
}

void RecordSyncTest::moreChangesThanAreKeptAreLeftToAComparison()
{
    Syncing node;
    node.members.peers = {FakeWorld::peerOf(2)};
    bool settled = false;
    node.change(Kind::Setting, "s");  // an open push, so that the others wait
    const std::vector<RecordKey> keys(RecordSync::kMaxWaiting + 10, RecordKey{Kind::Setting, "s"});
    node.sync.changed(keys);
    node.settle(settled);

    while (node.take(2)) {
    }
    QVERIFY(!settled);
    node.world.pass(RecordSync::kRetryMs - 1);
    node.sync.reached(FakeWorld::idOf(2));
    node.compareWell();

    QVERIFY(settled);
}

void RecordSyncTest::newMemberIsComparedWithAtOnce()
{
    Syncing node;
    node.members.peers.push_back(FakeWorld::peerOf(4));

    // Its record came from another member.
    QVERIFY(node.sync.onPush({{[] {
                                  std::vector<Record> records;
                                  records.push_back(FakeStore::recordOf(Kind::Node, "4", 5));
                                  return records;
                              }()},
                              false}));

    QCOMPARE(node.world.waiting<CompareRecords>(), std::size_t{1});
}

void RecordSyncTest::syncNowWaitsForAComparisonThatBeginsAfterIt()
{
    Syncing node;
    node.members.peers = {FakeWorld::peerOf(2)};
    bool synced = false;
    node.world.pass(RecordSync::kIntervalMs);
    QCOMPARE(node.world.waiting<CompareRecords>(), std::size_t{1});

    node.sync.syncNow([&] { synced = true; });
    for (std::size_t i = 0; i < syncGroups().size(); ++i)
        QVERIFY(node.world.answer<CompareRecords>(Answer(CompareRecordsAnswer{true})));
    QVERIFY(!synced);
    node.compareWell();

    QVERIFY(synced);
}

void RecordSyncTest::memberThatLeavesEndsTheWait()
{
    Syncing node;
    bool synced = false;
    node.sync.syncNow([&] { synced = true; });

    node.members.peers.clear();
    node.change(Kind::Setting, "s");

    QVERIFY(synced);
    QVERIFY(!node.world.answer<PushRecords>(Answer(PushRecordsAnswer{})));
    node.compareWell();  // answers that come late harm nobody
}

void RecordSyncTest::whatDiffersGoesBothWays()
{
    Syncing node;
    node.members.peers = {FakeWorld::peerOf(2)};
    FakeStore theirs;
    FakeMembers nobody;
    FakeWorld theirWorld;
    RecordSync their(theirWorld, nobody, theirs);
    for (int i = 0; i < 40; ++i) {
        const std::string id = "u" + std::to_string(i);
        if (i % 3 != 0)
            node.store.put(FakeStore::recordOf(Kind::UserProfile, id, 1000 + 2 * (i % 4)));
        if (i % 5 != 0)
            theirs.put(FakeStore::recordOf(Kind::UserProfile, id, 1003, i % 2 == 0));
    }

    node.sync.syncNow([] {});
    while (!node.world.open.empty()) {
        auto &request = node.world.open.front().request;
        if (const auto *compare = std::get_if<CompareRecords>(&request)) {
            auto answer = their.onCompare(*compare);
            QVERIFY(node.world.answer<CompareRecords>(Answer(*answer)));
        } else if (const auto *digests = std::get_if<AskDigests>(&request)) {
            auto answer = their.onDigests(*digests);
            QVERIFY(node.world.answer<AskDigests>(Answer(*answer)));
        } else if (const auto *pull = std::get_if<PullRecords>(&request)) {
            auto answer = their.onPull(*pull);
            QVERIFY(node.world.answer<PullRecords>(
                Answer(std::in_place_type<PullRecordsAnswer>, std::move(*answer))));
        } else {
            auto answer = their.onPush(std::move(std::get<PushRecords>(request)));
            QVERIFY(node.world.answer<PushRecords>(Answer(*answer)));
        }
    }

    const std::vector<Kind> kinds{Kind::UserProfile};
    QCOMPARE(node.store.checksum(kinds), theirs.checksum(kinds));
    QCOMPARE(theirs.kept.size(), std::size_t{37});  // all but those that neither had: 0, 15 and 30
}

void RecordSyncTest::pageThatDoesNotMoveOnEndsTheComparison()
{
    Syncing node;
    node.members.peers = {FakeWorld::peerOf(2)};
    node.store.put(FakeStore::recordOf(Kind::Tenant, "t", 1));
    int ended = 0;
    node.sync.syncNow([&] { ++ended; });
    QVERIFY(node.world.answer<CompareRecords>(Answer(CompareRecordsAnswer{false})));
    QVERIFY(node.world.answer<AskDigests>(Answer(AskDigestsAnswer{})));

    PullRecordsAnswer endless;
    endless.page.more = true;
    QVERIFY(
        node.world.answer<PullRecords>(Answer(std::in_place_type<PullRecordsAnswer>, std::move(endless))));

    QCOMPARE(ended, 1);
    QVERIFY(node.world.open.empty());
}

void RecordSyncTest::secretsOfTheClusterAreNeverExchanged()
{
    Syncing node;
    PushRecords push;
    push.records.push_back(FakeStore::recordOf(Kind::ClusterSecret, "token", 1));

    QCOMPARE(node.sync.onPush(std::move(push)).error().code, Error::InvalidArgument);
    QVERIFY(!node.sync.onCompare({{Kind::ClusterSecret}, ""}));
    QVERIFY(!node.sync.onDigests({Kind::ClusterSecret}));
    QVERIFY(!node.sync.onPull({Kind::ClusterSecret, {}, ""}));
    node.change(Kind::ClusterSecret, "token");

    QCOMPARE(node.world.waiting<PushRecords>(), std::size_t{0});
    QVERIFY(node.store.kept.contains({Kind::ClusterSecret, "token"}));
}

void RecordSyncTest::onlyOldTombstonesAreDroppedAtAWord()
{
    Syncing node;
    const std::int64_t old = node.world.wall - Tombstones::kKeptMs - 1;
    const auto add = [&](PushRecords &word, Record record) {
        node.store.put(record.clone());
        word.records.push_back(std::move(record));
    };
    PushRecords word;
    word.forget = true;
    add(word, FakeStore::recordOf(Kind::UserProfile, "old", old, true));
    add(word, FakeStore::recordOf(Kind::UserProfile, "young", old + 1, true));
    add(word, FakeStore::recordOf(Kind::UserProfile, "alive", old));
    add(word, FakeStore::recordOf(Kind::Node, "removed", old, true));
    add(word, FakeStore::recordOf(Kind::Location, "deleted", old, true));

    const auto answer = node.sync.onPush(std::move(word));

    QCOMPARE(answer->applied, std::size_t{1});
    QCOMPARE(answer->ignored, std::size_t{4});
    QCOMPARE(node.store.kept.size(), std::size_t{4});
    QVERIFY(!node.store.kept.contains({Kind::UserProfile, "old"}));
}

void RecordSyncTest::failedMergeIsNotConfirmed()
{
    Syncing node;
    node.store.broken = true;
    PushRecords push;
    push.records.push_back(FakeStore::recordOf(Kind::Setting, "s", 1));

    QCOMPARE(node.sync.onPush(std::move(push)).error().code, Error::Io);
}

MAXIOFS_TEST(RecordSyncTest)

}  // namespace maxiofs::cluster::rules

#include "record_sync_test.moc"
