// SPDX-License-Identifier: GPL-3.0-or-later
#include "index/row_codec.h"

#include "base/byte_io.h"
#include "base/hex.h"
#include "index/packed_text.h"
#include "index_samples.h"
#include "support/golden.h"
#include "support/test_runner.h"

using namespace maxiofs;
using namespace maxiofs::index;
using namespace std::string_literals;

namespace row_codec_test {

ObjectRow fullObject()
{
    ObjectRow row = samples::objectAt(1'700'000'000'000);
    row.isNull = true;
    row.checksum = "\x01\x02\x03"s;
    row.clearFields = toBytes("clear");
    row.sealedFields = toBytes("sealed");
    return row;
}

ObjectRow objectInParts(std::vector<std::pair<std::uint16_t, std::uint64_t>> parts)
{
    ObjectRow row = samples::objectAt(12);
    row.etag += "-3";
    row.fieldsInLog = true;
    row.data = InParts{4711, std::move(parts)};
    return row;
}

UploadRow fullUpload()
{
    UploadRow row = samples::uploadAt(99);
    row.record = {1, 2, 3};
    row.clearFields = toBytes("clear");
    row.sealedFields = toBytes("sealed");
    return row;
}

const CompletionRow kCompletion{"key/\0x"s,           "etag-2", "\x05sum",
                                samples::stampAt(77), true,     1'700'000'000'123};
const TombstoneRow kTombstone{8, samples::stampAt(9), samples::stampAt(7), true, {1, 2, 3}, true};
const ChangeRow kChange{4,
                        "key/\0x"s,
                        samples::stampAt(7),
                        samples::stampAt(9),
                        1 << 20,
                        {samples::idOf(3), samples::idOf(4)},
                        1'700'000'000'123,
                        12,
                        34'567'890};
const ConsumerRow kConsumer{987'654'321};
const FeedRow kFeed{123'456'789, true};
const BucketCounters kCounters{1, 200, 3, 40'000, 5, 6'000'000, 7, 8};
const SegmentRow kSegment{100, 268'435'456, 1000};
const LogPosition kPosition{42, 123'456'789, 987'654'321};

template <typename Row>
bool comesBack(const Row &row)
{
    Row back;
    return decode(encoded(row), back).has_value() && back == row;
}

// Every shorter input, a byte too many and another format are refused.
template <typename Row>
bool onlyTheWholeIsTaken(const Row &row)
{
    const Bytes whole = encoded(row);
    const auto isCorrupt = [](ByteView bytes) {
        Row back;
        const Status status = decode(bytes, back);
        return !status && status.error().code == Error::Corrupt;
    };
    for (std::size_t size = 0; size < whole.size(); ++size) {
        if (!isCorrupt(ByteView(whole).first(size)))
            return false;
    }
    Bytes longer = whole;
    longer.push_back(std::byte{0});
    Bytes other = whole;
    other[0] = std::byte{2};
    Bytes flagged = whole;
    flagged[1] = std::byte{0x80};
    return isCorrupt(longer) && isCorrupt(other) && isCorrupt(flagged);
}

}  // namespace row_codec_test

class IndexRowCodecTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void everyRowComesBackAsItWas()
    {
        using namespace row_codec_test;
        QVERIFY(comesBack(ObjectRow{}));
        QVERIFY(comesBack(fullObject()));
        QVERIFY(comesBack(samples::deleteMarkerAt(5)));
        QVERIFY(comesBack(objectInParts({{1, 5 << 20}, {2, 5 << 20}, {3, 17}})));
        QVERIFY(comesBack(fullUpload()));
        QVERIFY(comesBack(samples::partOf(300)));
        QVERIFY(comesBack(kCompletion));
        QVERIFY(comesBack(kTombstone));
        QVERIFY(comesBack(kChange));
        QVERIFY(comesBack(ChangeRow{}));
        QVERIFY(comesBack(kConsumer));
        QVERIFY(comesBack(kFeed));
        QVERIFY(comesBack(FeedRow{}));
        QVERIFY(comesBack(kCounters));
        QVERIFY(comesBack(kSegment));
        QVERIFY(comesBack(kPosition));
        QVERIFY(comesBack(samples::stampAt(5)));
    }

    void cutOrForeignBytesAreCorrupt()
    {
        using namespace row_codec_test;
        QVERIFY(onlyTheWholeIsTaken(fullObject()));
        QVERIFY(onlyTheWholeIsTaken(objectInParts({{1, 5}, {2, 5}, {9, 17}})));
        QVERIFY(onlyTheWholeIsTaken(fullUpload()));
        QVERIFY(onlyTheWholeIsTaken(kChange));
        QVERIFY(onlyTheWholeIsTaken(kConsumer));
        QVERIFY(onlyTheWholeIsTaken(kFeed));
        QVERIFY(onlyTheWholeIsTaken(samples::partOf(300)));
        QVERIFY(onlyTheWholeIsTaken(kCompletion));
        QVERIFY(onlyTheWholeIsTaken(kTombstone));
        QVERIFY(onlyTheWholeIsTaken(kCounters));
        QVERIFY(onlyTheWholeIsTaken(kSegment));
        QVERIFY(onlyTheWholeIsTaken(kPosition));
        QVERIFY(onlyTheWholeIsTaken(samples::stampAt(5)));
    }

    void anyPartTableComesBack()
    {
        samples::RandomKeys random(samples::newSeed());

        for (int i = 0; i < 500; ++i) {
            std::vector<std::pair<std::uint16_t, std::uint64_t>> parts;
            std::uint32_t number = random.below(3);
            for (; number <= 0xffff && parts.size() < 200;
                 number += 1 + (random.below(4) == 0 ? random.below(900) : 0))
                parts.emplace_back(static_cast<std::uint16_t>(number),
                                   random.below(2) == 0 ? 5 : random.below(9));
            QVERIFY(row_codec_test::comesBack(row_codec_test::objectInParts(std::move(parts))));
        }
    }

    void aTableOfEqualPartsIsSmallAndMayBeLeftOut()
    {
        std::vector<std::pair<std::uint16_t, std::uint64_t>> parts;
        for (std::uint16_t number = 1; number <= 10'000; ++number)
            parts.emplace_back(number, 8 << 20);
        const ObjectRow row = row_codec_test::objectInParts(std::move(parts));

        const Bytes bytes = encoded(row);
        ObjectRow listed;
        QVERIFY(decode(bytes, listed, PartTable::Skip).has_value());

        QVERIFY(bytes.size() < 200);
        QVERIFY(row_codec_test::comesBack(row));
        QVERIFY(std::get<InParts>(listed.data).parts.empty());
        QCOMPARE(std::get<InParts>(listed.data).dataId, std::uint64_t{4711});
        QCOMPARE(listed.etag, row.etag);
    }

    void partNumbersAboveSixteenBitsAreCorrupt()
    {
        // One run more at the end than there are numbers.
        const ObjectRow row = row_codec_test::objectInParts({{0xffff, 5}});
        Bytes bytes = encoded(row);
        const Bytes run = *fromHex("ffff030105");
        const auto at = std::ranges::search(bytes, run).begin();
        QVERIFY(at != bytes.end());
        *(at + 3) = std::byte{2};

        ObjectRow back;
        const Status status = decode(bytes, back);

        QVERIFY(!status);
        QVERIFY(status.error().code == Error::Corrupt);
    }

    void lowerCaseHexTakesHalfItsLength_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<int>("size");
        QTest::newRow("empty") << QByteArray() << 1;
        QTest::newRow("hex") << QByteArray("00ff19af") << 5;
        QTest::newRow("odd") << QByteArray("00ff19a") << 8;
        QTest::newRow("upper case") << QByteArray("00FF19AF") << 9;
        QTest::newRow("of parts") << QByteArray("00ff19af-3") << 11;
        QTest::newRow("bytes") << QByteArray("\x00\xff", 2) << 3;
    }
    void lowerCaseHexTakesHalfItsLength()
    {
        QFETCH(const QByteArray, text);
        QFETCH(const int, size);
        Bytes bytes;
        ByteWriter writer(bytes);
        writePackedText(writer, text.toStdString());

        std::string back;
        ByteReader reader(bytes);
        QVERIFY(readPackedText(reader, back));

        QCOMPARE(back, text.toStdString());
        QCOMPARE(static_cast<int>(bytes.size()), size);
    }

    void aTextHasOnlyOneForm()
    {
        const Bytes unpackedHex = *fromHex("086161");
        std::string back;
        Bytes plain = *fromHex("0461");
        plain.push_back(std::byte{'a'});

        ByteReader reader(plain);
        QVERIFY(!readPackedText(reader, back));
        const Bytes packedNothing = *fromHex("01");
        ByteReader nothing(packedNothing);
        QVERIFY(!readPackedText(nothing, back));
        ByteReader tooShort(unpackedHex);
        QVERIFY(!readPackedText(tooShort, back));
    }

    void theStampAloneIsReadFromARow()
    {
        const ObjectRow row = row_codec_test::fullObject();

        const auto stamp = decodeObjectStamp(encoded(row));

        QVERIFY(stamp.has_value());
        QVERIFY(*stamp == row.stamp);
        QVERIFY(!decodeObjectStamp(ByteView(encoded(row)).first(20)));
    }

    void rowsAreThoseOfTheGoldenFile()
    {
        using namespace row_codec_test;
        std::string all;
        const auto add = [&](const auto &row) { all += toHex(encoded(row)) + '\n'; };
        add(fullObject());
        add(samples::deleteMarkerAt(5));
        add(objectInParts({{1, 5 << 20}, {2, 5 << 20}, {5, 17}}));
        add(fullUpload());
        add(samples::partOf(300));
        add(kCompletion);
        add(kTombstone);
        add(kCounters);
        add(kSegment);
        add(kPosition);
        add(samples::stampAt(5));
        add(kChange);
        add(kConsumer);
        add(kFeed);

        QCOMPARE(toText(test::goldenFile("index-rows-v1.txt", asBytes(all))), all);
    }
};

MAXIOFS_TEST(IndexRowCodecTest)
#include "row_codec_test.moc"
