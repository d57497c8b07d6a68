// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/byte_io.h"

#include "support/test_runner.h"

#include <random>

namespace maxiofs {

class ByteIoTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void integersAreLittleEndianAndBase128()
    {
        Bytes bytes;
        ByteWriter writer(bytes);

        writer.fixed<std::uint32_t>(0x01020304);
        writer.varint(300);
        writer.sized("ab");

        QCOMPARE(toText(bytes), std::string("\x04\x03\x02\x01\xac\x02\x02"
                                            "ab"));
    }

    void whatIsWrittenIsRead()
    {
        const auto seed = std::random_device()();
        qInfo("seed %u", seed);
        std::mt19937_64 random(seed);
        Bytes bytes;
        ByteWriter writer(bytes);
        std::vector<std::uint64_t> numbers;
        for (int i = 0; i < 1000; ++i) {
            numbers.push_back(random() >> (random() % 64));
            writer.varint(numbers.back());
            writer.fixed(numbers.back());
        }

        ByteReader reader(bytes);

        for (const std::uint64_t number : numbers) {
            QCOMPARE(reader.varint(), number);
            QCOMPARE(reader.fixed<std::uint64_t>(), number);
        }
        QVERIFY(reader.finished());
    }

    void aShortageGivesZerosAndIsRemembered()
    {
        const Bytes bytes = toBytes("\x05"
                                    "ab");
        ByteReader reader(bytes);

        QVERIFY(reader.sized().empty());

        QVERIFY(!reader.ok());
        QCOMPARE(reader.fixed<std::uint8_t>(), std::uint8_t{0});
        QVERIFY(!reader.finished());
    }

    void aVarintThatNeverEndsIsAnError()
    {
        const Bytes bytes(20, std::byte{0x80});
        ByteReader reader(bytes);

        QCOMPARE(reader.varint(), std::uint64_t{0});
        QVERIFY(!reader.ok());
    }

    void leftoverBytesAreNotFinished()
    {
        const Bytes bytes = toBytes("abc");
        ByteReader reader(bytes);

        QCOMPARE(toText(reader.raw(2)), std::string("ab"));

        QVERIFY(reader.ok());
        QVERIFY(!reader.finished());
        QCOMPARE(toText(reader.rest()), std::string("c"));
    }
};

MAXIOFS_TEST(ByteIoTest)

}  // namespace maxiofs

#include "byte_io_test.moc"
