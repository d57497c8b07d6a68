// SPDX-License-Identifier: GPL-3.0-or-later
#include "store_fixture.h"
#include "support/test_runner.h"

namespace maxiofs::test {

// Restarts, loss, damage and failing disks.
class NodeStoreRecoveryTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void scrubFindsWhatIsDamaged();
    void figuresTellTheReserveAndTheLastRounds();
    void sweepMovesFilesWithoutARecord();
    void survivesCleanRestart();
    void rebuildsItsIndexFromTheLog();
    void whatALostEndOfTheLogHeldIsAnErrorAndNotAbsent_data();
    void whatALostEndOfTheLogHeldIsAnErrorAndNotAbsent();
    void lostEndThatNobodyKnowsIsRefusedUntilItIsGivenUp();
    void whatIsLostBeforeItIsIndexedMakesAbsenceAnError();
    void readerOutlivesItsObject();
    void failedSyncMakesItReadOnly();
    void failedSyncKeepsTheFileThatItsRecordNames();
    void fullVolumeRefusesWritesAndRecovers();
};

void NodeStoreRecoveryTest::scrubFindsWhatIsDamaged()
{
    StoreFixture store;
    store.open();
    QVERIFY(store.put("small", "data"));
    QVERIFY(store.put("large", patternOf(200000, 6)));
    QVERIFY(store->scrubOnce());
    QVERIFY(store->health().damage.empty());
    const auto folders = store.files().list("/data/blobs");
    for (const auto &folder : *folders) {
        const std::string path = "/data/blobs/" + folder.name;
        for (const auto &file : *store.files().list(path))
            QVERIFY(store.files().flipByte(path + "/" + file.name, 100000));
    }
    QVERIFY(store.files().flipByte("/data/log/0000000000000001.seg", 300));

    QVERIFY(store->scrubOnce());

    QCOMPARE(store->health().damage.size(), 2U);
    QCOMPARE(store->figures().scrubErrors, 2U);
    QCOMPARE(codeOf(store.get("large")), std::string("Corrupt"));
    store.close();
    store.open();
    QCOMPARE(store->health().damage.size(), 2U);  // a restart does not forget it
}

void NodeStoreRecoveryTest::figuresTellTheReserveAndTheLastRounds()
{
    StoreFixture store;
    store.segmentBytes = 10'000;
    store.open();
    QVERIFY(!store->figures().lastScrubMs);
    QVERIFY(!store->figures().lastCompactionMs);
    const std::int64_t before = store.clock.unixMs();

    for (unsigned i = 0; i < 10; ++i)
        QVERIFY(store.put("key", patternOf(4000, i)));
    QVERIFY(*store->compactOnce());
    QVERIFY(store->scrubOnce());

    const auto figures = store->figures();
    QVERIFY(*figures.lastCompactionMs > before);
    QVERIFY(*figures.lastScrubMs > *figures.lastCompactionMs);
    QVERIFY(figures.reserveBytes > 0);
    QVERIFY(figures.reserveBytes <= figures.diskTotal / 20);
}

void NodeStoreRecoveryTest::sweepMovesFilesWithoutARecord()
{
    StoreFixture store;
    store.files().setTime(1'600'000'000'000);  // long before the start
    store.open();
    QVERIFY(store.put("large", patternOf(200000, 6)));
    const auto upload = store.beginUpload("open");
    QVERIFY(store.putPart("open", *upload, 1, patternOf(50000, 1)));
    // A session that ends without a commit while the node dies leaves its file.
    auto session = store->beginPut(store.bucket, "lost", {}, std::nullopt);
    const std::string lost = patternOf(100000, 2);
    QVERIFY((*session)->write(asBytes(lost)));
    store.files().stopAfter(0);
    session->reset();
    store.files().clearFaults();
    store.close();
    store.open();

    const auto moved = store->sweepOnce();

    QCOMPARE(moved.value_or(99), 1U);
    QVERIFY(*store.get("large") == patternOf(200000, 6));
    QCOMPARE(store->listParts(store.bucket, "open", *upload, 0, 10)->parts.size(), 1U);
    QCOMPARE(store.files().list("/data/tmp/orphans")->size(), 1U);
    QCOMPARE(*store->sweepOnce(), 0U);
}

void NodeStoreRecoveryTest::survivesCleanRestart()
{
    StoreFixture store;
    store.open();
    QVERIFY(store.put("small", "data"));
    QVERIFY(store.put("large", patternOf(200000, 6)));

    store.close();
    store.open();

    QCOMPARE(*store.get("small"), std::string("data"));
    QVERIFY(*store.get("large") == patternOf(200000, 6));
    QVERIFY(store.put("small", "again"));
    QCOMPARE(*store.get("small"), std::string("again"));
}

void NodeStoreRecoveryTest::rebuildsItsIndexFromTheLog()
{
    StoreFixture store;
    store.versioning = store::Versioning::Enabled;
    store.open();
    const auto first = store.put("key", "first");
    QVERIFY(store.put("key", "second"));
    QVERIFY(store.setTags("key", {{"a", "1"}}, first->version));
    QVERIFY(store.put("gone", "data"));
    QVERIFY(store.remove("gone"));
    const auto upload = store.beginUpload("open");
    QVERIFY(store.putPart("open", *upload, 1, patternOf(9000, 1)));
    const auto before = *store->counters(store.bucket);

    store.close();
    store.dropIndex();
    store.open();

    QVERIFY(*store->counters(store.bucket) == before);
    QCOMPARE(*store.get("key"), std::string("second"));
    QCOMPARE(*store.get("key", first->version), std::string("first"));
    QCOMPARE(codeOf(store.get("gone")), std::string("DeleteMarker"));
    QCOMPARE(store->listParts(store.bucket, "open", *upload, 0, 10)->parts.size(), 1U);
}

void NodeStoreRecoveryTest::whatALostEndOfTheLogHeldIsAnErrorAndNotAbsent_data()
{
    QTest::addColumn<bool>("wholeSegment");
    QTest::newRow("the newest segment is cut short") << false;
    QTest::newRow("the newest segment is gone") << true;
}

void NodeStoreRecoveryTest::whatALostEndOfTheLogHeldIsAnErrorAndNotAbsent()
{
    QFETCH(const bool, wholeSegment);
    const std::string newest = "/data/log/0000000000000002.seg";
    StoreFixture store;
    store.open();
    QVERIFY(store.put("before", "data"));
    store.close();
    store.open();
    QVERIFY(store.put("first", "data"));
    const auto length = (*store.files().open(newest, os::OpenMode::Read))->size();
    QVERIFY(store.put("lost", "data"));
    store.close();
    if (wholeSegment)
        QVERIFY(store.files().remove(newest));
    else
        QVERIFY((*store.files().open(newest, os::OpenMode::ReadWrite))->truncate(*length));

    for (int start = 0; start < 3; ++start) {
        store.open();
        QVERIFY(!store->health().damage.empty());
        QVERIFY(store->scrubOnce());
        QVERIFY(!store->health().damage.empty());
        const std::string code = codeOf(store.get("lost"));
        QVERIFY2(code == "Corrupt" || code == "Damaged", code.c_str());
        QCOMPARE(codeOf(store.get("first")), wholeSegment ? code : std::string("ok"));
        QCOMPARE(codeOf(store.get("before")), std::string("ok"));
        QCOMPARE(codeOf(store.get("never")), std::string("NoSuchKey"));
        QCOMPARE(store->list({.bucket = store.bucket, .prefix = "lost"}, index::ReadMode::MayBlock)
                     ->entries.size(),
                 1U);
        QVERIFY(store.put("after", "data"));
        QCOMPARE(codeOf(store.get("after")), std::string("ok"));
        store.close();
    }
}

void NodeStoreRecoveryTest::lostEndThatNobodyKnowsIsRefusedUntilItIsGivenUp()
{
    StoreFixture store;
    store.open();
    QVERIFY(store.put("before", "data"));
    store.close();
    store.open();
    QVERIFY(store.put("lost", "data"));
    QVERIFY(store->noteLogEnd());
    store.kill();
    QVERIFY(store.files().remove("/data/log/0000000000000002.seg"));

    const Status refused = store.tryOpen();

    QVERIFY(!refused);
    QVERIFY2(refused.error().message.find("/data/log") != std::string::npos, refused.error().message.c_str());
    store.close();
    store.acceptLoss = true;
    store.dropIndex();
    store.open();
    QVERIFY(store->noteLogEnd());
    store.close();
    store.acceptLoss = false;
    store.open();
    QCOMPARE(codeOf(store.get("before")), std::string("ok"));
    QCOMPARE(codeOf(store.get("lost")), std::string("NoSuchKey"));
}

void NodeStoreRecoveryTest::whatIsLostBeforeItIsIndexedMakesAbsenceAnError()
{
    StoreFixture store;
    store.open();
    for (const char *key : {"a", "b", "c"})
        QVERIFY(store.put(key, std::string(1000, *key)));
    store.kill();
    QVERIFY(store.files().flipByte("/data/log/0000000000000001.seg", 1500));

    for (int start = 0; start < 2; ++start) {
        store.open();
        QCOMPARE(codeOf(store.get("a")), std::string("ok"));
        QCOMPARE(codeOf(store.get("b")), std::string("Damaged"));
        QCOMPARE(codeOf(store.get("c")), std::string("ok"));
        QCOMPARE(codeOf(store->list({.bucket = store.bucket}, index::ReadMode::MayBlock)),
                 std::string("Damaged"));
        QCOMPARE(codeOf(store.put("b", "new", {.ifNoneMatchAny = true})), std::string("Damaged"));
        QCOMPARE(codeOf(store.setTags("b", {{"a", "1"}})), std::string("Damaged"));
        QCOMPARE(codeOf(store.put("d", "data")), std::string("ok"));
        QVERIFY(store->scrubOnce());
        QVERIFY(!store->health().damage.empty());
        store.close();
    }

    store.acceptLoss = true;
    store.dropIndex();
    store.open();
    QCOMPARE(codeOf(store.get("b")), std::string("NoSuchKey"));
    QCOMPARE(codeOf(store.get("d")), std::string("ok"));
    QVERIFY(store->list({.bucket = store.bucket}, index::ReadMode::MayBlock));
}

void NodeStoreRecoveryTest::readerOutlivesItsObject()
{
    StoreFixture store;
    store.open();
    const std::string data = patternOf(500000, 9);
    QVERIFY(store.put("key", data));
    const auto object = *store->open(store.bucket, "key", {}, index::ReadMode::MayBlock);

    QVERIFY(store.put("key", "other"));

    Bytes read;
    while (read.size() < data.size())
        QVERIFY(object->read(read.size(), 100000, read, index::ReadMode::MayBlock));
    QVERIFY(toText(read) == data);
}

void NodeStoreRecoveryTest::failedSyncMakesItReadOnly()
{
    StoreFixture store;
    store.open();
    QVERIFY(store.put("key", "data"));
    os::Fault fault;
    fault.operation = os::Operation::Sync;
    store.files().inject(fault);

    QCOMPARE(codeOf(store.put("other", "data")), std::string("ReadOnly"));

    QCOMPARE(codeOf(store.put("third", "data")), std::string("ReadOnly"));
    QVERIFY(store->health().readOnly);
    QCOMPARE(*store.get("key"), std::string("data"));
}

// The record was written, only its sync failed: the next start may find it.
void NodeStoreRecoveryTest::failedSyncKeepsTheFileThatItsRecordNames()
{
    StoreFixture store;
    store.open();
    QVERIFY(store.put("first", "data"));
    const std::string data = patternOf(1 << 20, 1);
    os::Fault fault;
    fault.operation = os::Operation::Sync;
    fault.pathPart = "/log/";
    store.files().inject(fault);

    QCOMPARE(codeOf(store.put("large", data)), std::string("ReadOnly"));
    store.kill();
    store.open();

    const auto found = store.get("large");
    QVERIFY(found ? *found == data : found.error().code == Error::NoSuchKey);
}

void NodeStoreRecoveryTest::fullVolumeRefusesWritesAndRecovers()
{
    StoreFixture store;
    store.open();
    QVERIFY(store.put("key", patternOf(100000, 1)));
    store.files().limitSpace(1);

    QTRY_COMPARE(codeOf(store.put("other", "data")), std::string("StorageFull"));
    QCOMPARE(codeOf(store.remove("key")),
             std::string("StorageFull"));  // no byte is left, not even the reserve
    store.files().limitSpace(std::uint64_t{1} << 40);

    QTRY_COMPARE(codeOf(store.put("other", "data")), std::string("ok"));
    QVERIFY(store.remove("key"));
    QVERIFY(!store->health().readOnly);
}

}  // namespace maxiofs::test

using maxiofs::test::NodeStoreRecoveryTest;
MAXIOFS_TEST(NodeStoreRecoveryTest)
#include "node_store_recovery_test.moc"
