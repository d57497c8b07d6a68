// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/test_runner.h"

#include "log_fixture.h"

namespace maxiofs::test {

// What a crash tore, what a disk lost or changed, and what of it is damage.
class LogDamageTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void tornTailIsCutOff();
    void damageBeforeAnIntactBatchIsKeptApart();
    void failedWriteGoesOnInANewSegment();
    void whatWasNeverSyncedIsCutOffAtTheNextStart();
    void halfMadeSegmentIsRemoved();
    void missingEndThatTheIndexContainsIsDamage();
    void missingSegmentsAreDamage();
    void damageBeforeWhatIsKnownToBeSyncedIsNoTornTail();
    void everyFlippedByteIsFound();
    void tailTornAtAnyByteIsNoDamage();
    void markProvesTheLastBatch();
    void whatAStartReadsSurvivesAPowerCut();
    void missingEndOfAnOlderSegmentIsDamage();
    void unreadableHeaderIsDamageOfTheWholeSegment();
    void failedSyncOfANewSegmentIsFinal();
};

void LogDamageTest::tornTailIsCutOff()
{
    LogFixture fixture;
    QVERIFY(fixture.append("a"));
    const std::uint64_t good = fixture.log->lengthOf(1);
    QVERIFY(fixture.append("b"));
    const auto file = *fixture.disk.open(kFirstSegment, os::OpenMode::ReadWrite);
    QVERIFY(file->truncate(*file->size() - 3));

    fixture.open();

    QVERIFY(fixture.keys() == Keys{"a"});
    QVERIFY(fixture.damage.empty());
    // The last batch's header stays: an empty promise that the next segment's header ends.
    QVERIFY(fixture.end.offset >= good && fixture.end.offset <= good + log::BatchHeader::kSize);
}

void LogDamageTest::damageBeforeAnIntactBatchIsKeptApart()
{
    LogFixture fixture;
    QVERIFY(fixture.append("a"));
    QVERIFY(fixture.append("b"));
    const log::Place broken = fixture.last.place;
    QVERIFY(fixture.append("c"));
    QVERIFY(fixture.disk.flipByte(kFirstSegment, broken.offset + log::RecordPrefix::kSize));

    fixture.open();

    QVERIFY(fixture.keys() == (Keys{"a", "c"}));
    QCOMPARE(fixture.damage.size(), 1U);
    QCOMPARE(fixture.damage[0].from, broken.offset);
    QCOMPARE(fixture.damage[0].to, broken.offset + broken.length);
}

void LogDamageTest::failedWriteGoesOnInANewSegment()
{
    LogFixture fixture;
    QVERIFY(fixture.append("a"));
    os::Fault fault;
    fault.operation = os::Operation::Write;
    fault.errorNumber = ENOSPC;
    fault.writtenBytes = 60;
    fixture.disk.inject(fault);

    const Status failed = fixture.append("lost");
    QVERIFY(fixture.append("b"));

    QVERIFY(!failed);
    QVERIFY(failed.error().code == Error::StorageFull);
    fixture.open();
    QVERIFY(fixture.keys() == (Keys{"a", "b"}));
    QVERIFY(fixture.damage.empty());
}

void LogDamageTest::whatWasNeverSyncedIsCutOffAtTheNextStart()
{
    LogFixture fixture;
    QVERIFY(fixture.append("a"));
    const std::uint64_t good = fixture.log->lengthOf(1);
    fixture.open();
    QVERIFY(fixture.append("b"));
    {
        const auto file = *fixture.disk.open(kFirstSegment, os::OpenMode::ReadWrite);
        const Bytes junk(500, std::byte{7});
        const ByteView piece(junk);
        QVERIFY(file->writeAt(good, {&piece, 1}));
    }

    fixture.open();

    QCOMPARE(fixture.log->lengthOf(1), good);
    QVERIFY(fixture.keys() == (Keys{"a", "b"}));
    QVERIFY(fixture.damage.empty());
}

void LogDamageTest::halfMadeSegmentIsRemoved()
{
    LogFixture fixture;
    QVERIFY(fixture.append("a"));
    {
        const auto file = *fixture.disk.open("/data/log/0000000000000002.seg", os::OpenMode::CreateNew);
        const Bytes half(40, std::byte{0});
        const ByteView piece(half);
        QVERIFY(file->writeAt(0, {&piece, 1}));
    }

    fixture.open();

    QCOMPARE(fixture.log->segments().size(), 1U);
    QVERIFY(fixture.append("b"));
    QVERIFY(fixture.keys() == (Keys{"a", "b"}));
}

// The index was flushed with what the log has lost: that is named by it, and the log goes on behind.
void LogDamageTest::missingEndThatTheIndexContainsIsDamage()
{
    LogFixture fixture;
    QVERIFY(fixture.append("a"));
    const std::uint64_t first = fixture.log->lengthOf(1);
    QVERIFY(fixture.append("b"));
    fixture.from = fixture.writer->position();
    QVERIFY((*fixture.disk.open(kFirstSegment, os::OpenMode::ReadWrite))->truncate(first));

    fixture.open();

    QVERIFY(fixture.keys().empty());
    QVERIFY(fixture.isComplete);
    QCOMPARE(fixture.damage.size(), 1U);
    QCOMPARE(fixture.damage[0].from, first);
    QCOMPARE(fixture.damage[0].to, fixture.from.offset);
    QVERIFY(fixture.log->end() == fixture.from);
    fixture.restartWriter();
    QVERIFY(fixture.append("c"));
    fixture.open();
    QVERIFY(fixture.keys() == Keys{"c"});
    QCOMPARE(fixture.damage.size(), 1U);  // the new segment's header tells it too
}

void LogDamageTest::missingSegmentsAreDamage()
{
    LogFixture fixture;
    QVERIFY(fixture.append("a"));
    fixture.from = fixture.writer->position();
    fixture.open();
    QVERIFY(fixture.append("b"));
    fixture.open();
    QVERIFY(fixture.append("c"));
    QVERIFY(fixture.disk.remove("/data/log/0000000000000002.seg"));

    fixture.open();

    QVERIFY(fixture.keys() == Keys{"c"});
    QVERIFY(!fixture.isComplete);
    QCOMPARE(fixture.damage.size(), 1U);
    QCOMPARE(fixture.damage[0].segment, 2U);

    // Where the index contains the newest too, its number is not used again.
    fixture.from = fixture.log->end();
    QVERIFY(fixture.disk.remove(kFirstSegment));
    QVERIFY(fixture.disk.remove("/data/log/0000000000000003.seg"));
    fixture.open();
    QVERIFY(fixture.keys().empty());
    QVERIFY(fixture.isComplete);
    QCOMPARE(fixture.damage[0].segment, 3U);
    fixture.restartWriter();
    QVERIFY(fixture.append("d"));
    QCOMPARE(fixture.last.place.segment, 4U);
}

void LogDamageTest::damageBeforeWhatIsKnownToBeSyncedIsNoTornTail()
{
    LogFixture fixture;
    QVERIFY(fixture.append("a"));
    QVERIFY(fixture.append("b"));
    fixture.synced = fixture.writer->position();
    QVERIFY(fixture.disk.flipByte(kFirstSegment, fixture.last.place.offset + 5));
    const std::uint64_t whole = fixture.log->lengthOf(1);

    fixture.open();

    QVERIFY(fixture.keys() == Keys{"a"});
    QVERIFY(!fixture.isComplete);
    QCOMPARE(fixture.damage.size(), 1U);
    QCOMPARE(fixture.log->lengthOf(1), whole);
}

void LogDamageTest::everyFlippedByteIsFound()
{
    LogFixture fixture;
    QVERIFY(fixture.append("a"));
    QVERIFY(fixture.append("b", 200));
    const log::Place target = fixture.last.place;
    QVERIFY(fixture.append("c"));

    for (std::uint64_t at = target.offset; at < target.offset + target.length; ++at) {
        QVERIFY(fixture.disk.flipByte(kFirstSegment, at));
        fixture.open();
        const auto segment = *fixture.log->segment(1);
        const auto record = segment->readRecord(target.offset);
        const bool intact = record && segment->readPayload(*record) && segment->openSealed(2, record->sealed);
        QVERIFY2(!intact, std::to_string(at - target.offset).c_str());
        QVERIFY(fixture.disk.flipByte(kFirstSegment, at));
    }
}

void LogDamageTest::tailTornAtAnyByteIsNoDamage()
{
    LogFixture fixture;
    QVERIFY(fixture.append("a"));
    const std::uint64_t first = fixture.log->lengthOf(1);
    QVERIFY(fixture.append("b"));
    const std::uint64_t whole = fixture.log->lengthOf(1);
    const Bytes content = *os::readWholeFile(fixture.disk, kFirstSegment, whole);

    for (std::uint64_t length = first; length < whole; ++length) {
        QVERIFY(os::replaceFile(fixture.disk, kFirstSegment, ByteView(content).first(length)));
        fixture.open();
        QVERIFY2(fixture.keys() == Keys{"a"}, std::to_string(length).c_str());
        QVERIFY(fixture.damage.empty());
        QVERIFY(fixture.log->lengthOf(1) < length || length - first <= log::BatchHeader::kSize);
    }
}

void LogDamageTest::markProvesTheLastBatch()
{
    LogFixture fixture;
    QVERIFY(fixture.append("a"));
    QVERIFY(fixture.append("b"));
    QVERIFY(fixture.writer->mark());
    QVERIFY(fixture.writer->isMarked());
    QVERIFY(fixture.disk.flipByte(kFirstSegment, fixture.last.place.offset + 5));

    fixture.open();

    QVERIFY(fixture.keys() == Keys{"a"});
    QCOMPARE(fixture.damage.size(), 1U);
}

// The run that wrote it was killed, or its sync failed: then the bytes may be in the kernel's memory alone.
void LogDamageTest::whatAStartReadsSurvivesAPowerCut()
{
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
        LogFixture fixture;
        QVERIFY(fixture.append("a"));
        os::Fault fault;
        fault.operation = os::Operation::Sync;
        fixture.disk.inject(fault);
        QVERIFY(fixture.append("b").error().code == Error::ReadOnly);

        fixture.open();
        const Keys found = fixture.keys();
        os::MemoryFileSystem::Random random(seed);
        const auto survived = fixture.disk.crash(random);
        const auto log = std::move(*log::Log::open(*survived, *fixture.keyring, "/data/log"));
        Keys left;
        QVERIFY(log->replay(
            {}, {},
            [&](const log::Record &record) -> Status {
                left.push_back(record.fields.text(frame::Tag::Key).value_or(""));
                return {};
            },
            [](log::Log::Position) { return Status(); }));

        QVERIFY(found == (Keys{"a", "b"}));
        QVERIFY(left == found);
    }
}

void LogDamageTest::missingEndOfAnOlderSegmentIsDamage()
{
    LogFixture fixture;
    QVERIFY(fixture.append("a"));
    const std::uint64_t first = fixture.log->lengthOf(1);
    QVERIFY(fixture.append("b"));
    const std::uint64_t whole = fixture.log->lengthOf(1);
    fixture.open();
    QVERIFY(fixture.append("c"));
    QVERIFY((*fixture.disk.open(kFirstSegment, os::OpenMode::ReadWrite))->truncate(first));

    fixture.open();

    QVERIFY(fixture.keys() == (Keys{"a", "c"}));
    QCOMPARE(fixture.damage.size(), 1U);
    QCOMPARE(fixture.damage[0].from, first);
    QCOMPARE(fixture.damage[0].to, whole);
}

void LogDamageTest::unreadableHeaderIsDamageOfTheWholeSegment()
{
    LogFixture fixture;
    QVERIFY(fixture.append("a"));
    fixture.open();
    QVERIFY(fixture.append("b"));
    QVERIFY(fixture.disk.flipByte(kFirstSegment, 20));

    fixture.open();

    QVERIFY(fixture.keys() == Keys{"b"});
    QCOMPARE(fixture.damage.size(), 1U);
    QCOMPARE(fixture.damage[0].to, fixture.log->lengthOf(1));
}

void LogDamageTest::failedSyncOfANewSegmentIsFinal()
{
    for (const os::Operation operation : {os::Operation::Sync, os::Operation::SyncDirectory}) {
        LogFixture fixture;
        os::Fault fault;
        fault.operation = operation;
        fixture.disk.inject(fault);

        QVERIFY(fixture.append("a").error().code == Error::ReadOnly);

        fixture.open();
        QVERIFY(fixture.keys().empty());
        QVERIFY(fixture.append("b"));
    }
}

}  // namespace maxiofs::test

using maxiofs::test::LogDamageTest;
MAXIOFS_TEST(LogDamageTest)
#include "log_damage_test.moc"
