// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/test_runner.h"

#include "log_fixture.h"
#include "support/golden.h"

namespace maxiofs::test {

class LogTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void formatIsAsTheGoldenFile();
    void recordsComeBackInOrder();
    void everyRunBeginsItsOwnSegment();
    void segmentsRollAtTheirLimit();
    void rotatedKeyBeginsASegmentAndTheOldOnesStayReadable();
    void newerFormatAndUnknownTypeAreRefused();
    void removedSegmentIsReadByWhoHoldsIt();
};

namespace {

using log::RecordType;

constexpr std::uint64_t kSmallSegment = 4096;

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

void LogTest::newerFormatAndUnknownTypeAreRefused()
{
    LogFixture fixture;
    QVERIFY(fixture.append("a"));
    QVERIFY(fixture.disk.flipByte(kFirstSegment, 8, std::byte{2}));  // the version, behind the magic

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
