// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/test_runner.h"

#include "log/segment_writer.h"
#include "os/memory_file_system.h"
#include "support/golden.h"

#include <memory>

namespace maxiofs::test {

class LogTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void formatIsAsTheGoldenFile();
    void recordsComeBackInOrder();
    void everyRunBeginsItsOwnSegment();
    void segmentsRollAtTheirLimit();
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
    void rotatedKeyBeginsASegmentAndTheOldOnesStayReadable();
    void failedSyncOfANewSegmentIsFinal();
    void newerFormatAndUnknownTypeAreRefused();
    void removedSegmentIsReadByWhoHoldsIt();
};

namespace {

using log::RecordType;

constexpr std::uint64_t kSmallSegment = 4096;
const std::string kFirst = "/data/log/0000000000000001.seg";

// A log on a disk in memory, written in batches of one record each.
class LogFixture {
public:
    LogFixture()
    {
        frame::Keyring::Options options;
        options.directory = "/data/keys";
        options.mayCreate = true;
        if (!disk.createDirectories("/data/keys") || !disk.createDirectories("/data/log"))
            qFatal("folders");
        keyring = std::move(*frame::Keyring::open(disk, options));
        disk.syncAll();
        open();
    }
    void open()
    {
        writer.reset();
        log = std::move(*log::Log::open(disk, *keyring, "/data/log"));
        restartWriter();
    }
    void restartWriter()
    {
        writer = std::make_unique<log::SegmentWriter>(*log, SystemClock::instance(), segmentBytes);
    }
    Status append(const std::string &key, std::size_t payload = 100)
    {
        frame::Fields fields;
        fields.setText(frame::Tag::Key, key);
        fields.set(frame::Tag::UserMetadata, toBytes("secret"));
        const Bytes data(payload, std::byte{0x5a});
        TRY_STATUS(writer->begin(sequence));
        last = writer->add({RecordType::Put, ++sequence, {}, &fields, data});
        return writer->commit();
    }
    /// The keys of all records, and what the replay said beside.
    std::vector<std::string> keys()
    {
        std::vector<std::string> found;
        auto replay = log->replay(
            from, synced,
            [&](const log::Record &record) -> Status {
                found.push_back(record.fields.text(frame::Tag::Key).value_or(""));
                return {};
            },
            [](log::Log::Position) { return Status(); });
        if (!replay)
            qFatal("%s", replay.error().message.c_str());
        damage = replay->damage;
        isComplete = replay->isComplete;
        end = replay->end;
        return found;
    }

    os::MemoryFileSystem disk;
    std::unique_ptr<frame::Keyring> keyring;
    std::unique_ptr<log::Log> log;
    std::unique_ptr<log::SegmentWriter> writer;
    std::uint64_t segmentBytes = log::kSegmentBytes;
    std::uint64_t sequence = 0;
    log::Placed last;
    log::Log::Position from;
    log::Log::Position synced;
    std::vector<log::Damage> damage;
    bool isComplete = false;
    log::Log::Position end;
};

using Keys = std::vector<std::string>;

}  // namespace

void LogTest::formatIsAsTheGoldenFile()
{
    frame::Key256 key;
    key.fill(std::byte{1});
    log::SegmentHeader header;
    header.number = 7;
    header.salt.fill(std::byte{2});
    header.marker.bytes.fill(std::byte{3});
    header.previous = 6;
    header.previousLength = 4711;
    header.createdMs = 1'700'000'000'000;
    header.lastSequence = 41;
    frame::FrameCipher cipher(key, header.salt);
    frame::Fields fields;
    fields.setText(frame::Tag::Key, "key");
    fields.set(frame::Tag::UserMetadata, toBytes("secret"));
    const Bytes payload = toBytes("payload");
    Bytes records;
    Bytes segment;

    header.encode(cipher, segment);
    std::vector<std::size_t> begins;
    for (auto type = static_cast<std::uint64_t>(RecordType::Put);
         type <= static_cast<std::uint64_t>(RecordType::Stub); ++type) {
        begins.push_back(records.size());
        const auto encoded = log::encodeRecord(
            {static_cast<RecordType>(type), 41 + type, {43, Id128{}}, &fields, payload}, cipher, records);
        QCOMPARE(encoded.length, records.size() - begins.back());
    }
    const log::BatchHeader batch{header.marker, 1, static_cast<std::uint32_t>(begins.size()),
                                 static_cast<std::uint32_t>(records.size())};
    batch.encode(segment);
    append(segment, records);

    QVERIFY(goldenFile("log-segment-v1.bin", segment) == segment);
    for (std::size_t i = 0; i < begins.size(); ++i) {
        const ByteView record = ByteView(records).subspan(begins[i]);
        const auto prefix = log::RecordPrefix::decode(record);
        const auto decoded = log::decodeRecord(record, *prefix, cipher, 7, begins[i]);
        QVERIFY(decoded->type == static_cast<RecordType>(i + 1));
        QCOMPARE(decoded->sequence, 42 + i);
        QCOMPARE(*decoded->fields.text(frame::Tag::Key), std::string("key"));
        QCOMPARE(decoded->payloadSize, payload.size());
    }
}

void LogTest::recordsComeBackInOrder()
{
    LogFixture fixture;
    for (const char *key : {"a", "b", "c"})
        QVERIFY(fixture.append(key, 70'000));

    fixture.open();

    QVERIFY(fixture.keys() == (Keys{"a", "b", "c"}));
    QVERIFY(fixture.damage.empty());
    const auto segment = *fixture.log->segment(fixture.last.place.segment);
    const auto record = segment->readRecord(fixture.last.place.offset);
    QCOMPARE(segment->readPayload(*record)->size(), 70'000U);
    QCOMPARE(toText(*segment->openSealed(record->sequence, record->sealed)->get(frame::Tag::UserMetadata)),
             std::string("secret"));
}

void LogTest::everyRunBeginsItsOwnSegment()
{
    LogFixture fixture;
    QVERIFY(fixture.append("a"));

    fixture.open();
    QVERIFY(fixture.append("b"));

    QCOMPARE(fixture.log->segments().size(), 2U);
    const auto second = *fixture.log->segment(2);
    QCOMPARE(second->header().previous, 1U);
    QCOMPARE(second->header().previousLength, fixture.log->lengthOf(1));
}

void LogTest::segmentsRollAtTheirLimit()
{
    LogFixture fixture;
    fixture.segmentBytes = kSmallSegment;
    fixture.open();
    for (int i = 0; i < 10; ++i)
        QVERIFY(fixture.append(std::to_string(i), 1500));

    fixture.open();

    QVERIFY(fixture.log->segments().size() >= 3);
    QCOMPARE(fixture.keys().size(), 10U);
}

void LogTest::tornTailIsCutOff()
{
    LogFixture fixture;
    QVERIFY(fixture.append("a"));
    const std::uint64_t good = fixture.log->lengthOf(1);
    QVERIFY(fixture.append("b"));
    const auto file = *fixture.disk.open(kFirst, os::OpenMode::ReadWrite);
    QVERIFY(file->truncate(*file->size() - 3));

    fixture.open();

    QVERIFY(fixture.keys() == Keys{"a"});
    QVERIFY(fixture.damage.empty());
    // The last batch's header stays: an empty promise that the next segment's header ends.
    QVERIFY(fixture.end.offset >= good && fixture.end.offset <= good + log::BatchHeader::kSize);
}

void LogTest::damageBeforeAnIntactBatchIsKeptApart()
{
    LogFixture fixture;
    QVERIFY(fixture.append("a"));
    QVERIFY(fixture.append("b"));
    const log::Place broken = fixture.last.place;
    QVERIFY(fixture.append("c"));
    QVERIFY(fixture.disk.flipByte(kFirst, broken.offset + log::RecordPrefix::kSize));

    fixture.open();

    QVERIFY(fixture.keys() == (Keys{"a", "c"}));
    QCOMPARE(fixture.damage.size(), 1U);
    QCOMPARE(fixture.damage[0].from, broken.offset);
    QCOMPARE(fixture.damage[0].to, broken.offset + broken.length);
}

void LogTest::failedWriteGoesOnInANewSegment()
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

void LogTest::whatWasNeverSyncedIsCutOffAtTheNextStart()
{
    LogFixture fixture;
    QVERIFY(fixture.append("a"));
    const std::uint64_t good = fixture.log->lengthOf(1);
    fixture.open();
    QVERIFY(fixture.append("b"));
    {
        const auto file = *fixture.disk.open(kFirst, os::OpenMode::ReadWrite);
        const Bytes junk(500, std::byte{7});
        const ByteView piece(junk);
        QVERIFY(file->writeAt(good, {&piece, 1}));
    }

    fixture.open();

    QCOMPARE(fixture.log->lengthOf(1), good);
    QVERIFY(fixture.keys() == (Keys{"a", "b"}));
    QVERIFY(fixture.damage.empty());
}

void LogTest::halfMadeSegmentIsRemoved()
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
void LogTest::missingEndThatTheIndexContainsIsDamage()
{
    LogFixture fixture;
    QVERIFY(fixture.append("a"));
    const std::uint64_t first = fixture.log->lengthOf(1);
    QVERIFY(fixture.append("b"));
    fixture.from = fixture.writer->position();
    QVERIFY((*fixture.disk.open(kFirst, os::OpenMode::ReadWrite))->truncate(first));

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

void LogTest::missingSegmentsAreDamage()
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
    QVERIFY(fixture.disk.remove(kFirst));
    QVERIFY(fixture.disk.remove("/data/log/0000000000000003.seg"));
    fixture.open();
    QVERIFY(fixture.keys().empty());
    QVERIFY(fixture.isComplete);
    QCOMPARE(fixture.damage[0].segment, 3U);
    fixture.restartWriter();
    QVERIFY(fixture.append("d"));
    QCOMPARE(fixture.last.place.segment, 4U);
}

void LogTest::damageBeforeWhatIsKnownToBeSyncedIsNoTornTail()
{
    LogFixture fixture;
    QVERIFY(fixture.append("a"));
    QVERIFY(fixture.append("b"));
    fixture.synced = fixture.writer->position();
    QVERIFY(fixture.disk.flipByte(kFirst, fixture.last.place.offset + 5));
    const std::uint64_t whole = fixture.log->lengthOf(1);

    fixture.open();

    QVERIFY(fixture.keys() == Keys{"a"});
    QVERIFY(!fixture.isComplete);
    QCOMPARE(fixture.damage.size(), 1U);
    QCOMPARE(fixture.log->lengthOf(1), whole);
}

void LogTest::everyFlippedByteIsFound()
{
    LogFixture fixture;
    QVERIFY(fixture.append("a"));
    QVERIFY(fixture.append("b", 200));
    const log::Place target = fixture.last.place;
    QVERIFY(fixture.append("c"));

    for (std::uint64_t at = target.offset; at < target.offset + target.length; ++at) {
        QVERIFY(fixture.disk.flipByte(kFirst, at));
        fixture.open();
        const auto segment = *fixture.log->segment(1);
        const auto record = segment->readRecord(target.offset);
        const bool intact = record && segment->readPayload(*record) && segment->openSealed(2, record->sealed);
        QVERIFY2(!intact, std::to_string(at - target.offset).c_str());
        QVERIFY(fixture.disk.flipByte(kFirst, at));
    }
}

void LogTest::tailTornAtAnyByteIsNoDamage()
{
    LogFixture fixture;
    QVERIFY(fixture.append("a"));
    const std::uint64_t first = fixture.log->lengthOf(1);
    QVERIFY(fixture.append("b"));
    const std::uint64_t whole = fixture.log->lengthOf(1);
    const Bytes content = *os::readWholeFile(fixture.disk, kFirst, whole);

    for (std::uint64_t length = first; length < whole; ++length) {
        QVERIFY(os::replaceFile(fixture.disk, kFirst, ByteView(content).first(length)));
        fixture.open();
        QVERIFY2(fixture.keys() == Keys{"a"}, std::to_string(length).c_str());
        QVERIFY(fixture.damage.empty());
        QVERIFY(fixture.log->lengthOf(1) < length || length - first <= log::BatchHeader::kSize);
    }
}

void LogTest::markProvesTheLastBatch()
{
    LogFixture fixture;
    QVERIFY(fixture.append("a"));
    QVERIFY(fixture.append("b"));
    QVERIFY(fixture.writer->mark());
    QVERIFY(fixture.writer->isMarked());
    QVERIFY(fixture.disk.flipByte(kFirst, fixture.last.place.offset + 5));

    fixture.open();

    QVERIFY(fixture.keys() == Keys{"a"});
    QCOMPARE(fixture.damage.size(), 1U);
}

// The run that wrote it was killed, or its sync failed: then the bytes may be in the kernel's memory alone.
void LogTest::whatAStartReadsSurvivesAPowerCut()
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

void LogTest::missingEndOfAnOlderSegmentIsDamage()
{
    LogFixture fixture;
    QVERIFY(fixture.append("a"));
    const std::uint64_t first = fixture.log->lengthOf(1);
    QVERIFY(fixture.append("b"));
    const std::uint64_t whole = fixture.log->lengthOf(1);
    fixture.open();
    QVERIFY(fixture.append("c"));
    QVERIFY((*fixture.disk.open(kFirst, os::OpenMode::ReadWrite))->truncate(first));

    fixture.open();

    QVERIFY(fixture.keys() == (Keys{"a", "c"}));
    QCOMPARE(fixture.damage.size(), 1U);
    QCOMPARE(fixture.damage[0].from, first);
    QCOMPARE(fixture.damage[0].to, whole);
}

void LogTest::unreadableHeaderIsDamageOfTheWholeSegment()
{
    LogFixture fixture;
    QVERIFY(fixture.append("a"));
    fixture.open();
    QVERIFY(fixture.append("b"));
    QVERIFY(fixture.disk.flipByte(kFirst, 20));

    fixture.open();

    QVERIFY(fixture.keys() == Keys{"b"});
    QCOMPARE(fixture.damage.size(), 1U);
    QCOMPARE(fixture.damage[0].to, fixture.log->lengthOf(1));
}

void LogTest::rotatedKeyBeginsASegmentAndTheOldOnesStayReadable()
{
    LogFixture fixture;
    QVERIFY(fixture.append("a"));

    QVERIFY(fixture.keyring->rotate());
    QVERIFY(fixture.append("b"));
    QVERIFY(fixture.append("c"));

    QCOMPARE(fixture.log->segments().size(), 2U);
    const auto keyOf = [&](std::uint64_t number) {
        return (*fixture.log->segment(number))->header().dataKey;
    };
    QVERIFY(keyOf(1) != keyOf(2));
    QCOMPARE(keyOf(2), fixture.keyring->currentDataKey());
    fixture.open();
    QVERIFY(fixture.keys() == (Keys{"a", "b", "c"}));
}

void LogTest::failedSyncOfANewSegmentIsFinal()
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

void LogTest::newerFormatAndUnknownTypeAreRefused()
{
    LogFixture fixture;
    QVERIFY(fixture.append("a"));
    QVERIFY(fixture.disk.flipByte(kFirst, 8, std::byte{2}));  // the version, behind the magic

    QVERIFY(log::Log::open(fixture.disk, *fixture.keyring, "/data/log").error().code == Error::Unsupported);

    log::RecordPrefix prefix;
    prefix.type = static_cast<RecordType>(static_cast<int>(RecordType::Stub) + 1);
    Bytes encoded;
    prefix.encode(encoded);
    QVERIFY(log::RecordPrefix::decode(encoded).error().code == Error::Unsupported);
}

void LogTest::removedSegmentIsReadByWhoHoldsIt()
{
    LogFixture fixture;
    QVERIFY(fixture.append("a"));
    const log::Place place = fixture.last.place;
    fixture.open();
    QVERIFY(fixture.append("b"));
    const auto held = *fixture.log->segment(1);

    QVERIFY(fixture.log->remove(1));

    QVERIFY(!fixture.log->hasSegment(1));
    QVERIFY(fixture.log->segment(1).error().code == Error::NotFound);
    QVERIFY(held->readRecord(place.offset));
    fixture.open();
    QVERIFY(fixture.keys() == Keys{"b"});
    QVERIFY(fixture.damage.empty());
}

}  // namespace maxiofs::test

using maxiofs::test::LogTest;
MAXIOFS_TEST(LogTest)
#include "log_test.moc"
