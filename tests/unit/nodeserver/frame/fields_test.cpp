// SPDX-License-Identifier: GPL-3.0-or-later
#include "frame/fields.h"

#include "base/hex.h"
#include "support/test_runner.h"

#include <random>

namespace maxiofs::frame {

class FieldsTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aFieldIsReplacedInPlace()
    {
        Fields fields;
        fields.setText(Tag::Key, "a");
        fields.setVarint(Tag::Size, 1);
        fields.setText(Tag::Key, "b");

        QCOMPARE(*fields.text(Tag::Key), std::string("b"));
        QCOMPARE(toHex(fields.encode(false)), std::string("02000162"
                                                          "04000101"));
        fields.remove(Tag::Key);
        QVERIFY(!fields.has(Tag::Key));
        QCOMPARE(*fields.varint(Tag::Size), std::uint64_t(1));
    }

    void absentAndMalformedValuesAreEmpty()
    {
        Fields fields;
        fields.set(Tag::Size, toBytes("\x80"));
        fields.set(Tag::DataId, toBytes("\x01x"));

        QVERIFY(!fields.varint(Tag::Size));
        QVERIFY(!fields.varint(Tag::DataId));
        QVERIFY(!fields.varint(Tag::PartNumber));
        QVERIFY(!fields.text(Tag::Etag));
    }

    void clearAndSealedFieldsAreEncodedApart()
    {
        Fields fields;
        fields.setText(Tag::Key, "photo");
        fields.setText(Tag::UserMetadata, "secret");
        fields.setText(Tag::Etag, "e");

        QCOMPARE(toHex(fields.encode(false)), std::string("02000570686f746f"
                                                          "05000165"));
        QCOMPARE(toHex(fields.encode(true)), std::string("410006736563726574").replace(0, 4, "4140"));
    }

    void unknownFieldsAreKeptInPlace()
    {
        const Bytes encoded = *fromHex("02000161"
                                       "ff0f0378797a"
                                       "05000162");
        Fields fields;

        QVERIFY(fields.decode(encoded, false));
        QVERIFY(fields.checkCritical());
        QCOMPARE(fields.encode(false), encoded);
    }

    void anUnknownCriticalFieldIsNamed()
    {
        Fields fields;
        QVERIFY(fields.decode(*fromHex("ff8f00"), false));

        const Status checked = fields.checkCritical();

        QCOMPARE(checked.error().code, Error::Unsupported);
        QVERIFY(checked.error().message.contains("4095"));
    }

    void malformedListsAreRefusedWhole()
    {
        const std::vector<std::pair<const char *, bool>> lists{
            {"02", false},                // half a tag
            {"0200", false},              // no length
            {"02000561", false},          // value cut off
            {"020001610200", false},      // second field cut off
            {"0200016102000162", false},  // a tag twice
            {"02000161", true},           // clear in a sealed list
            {"41400161", false},          // sealed in a clear list
            {"0200ffffffffffffffffff01", false},
        };
        for (const auto &[hex, sealed] : lists) {
            Fields fields;
            fields.setText(Tag::Version, "before");
            const Fields before = fields;

            QVERIFY2(fields.decode(*fromHex(hex), sealed).error().code == Error::Corrupt, hex);
            QCOMPARE(fields, before);
        }
    }

    void moreFieldsThanTheLimitAreRefused()
    {
        Bytes encoded;
        for (std::uint16_t tag = 0; tag < kMaxFields; ++tag) {
            ByteWriter(encoded).fixed(static_cast<std::uint16_t>(tag + 0x1000));
            ByteWriter(encoded).sized("");
        }
        Fields fields;
        QVERIFY(fields.decode(encoded, false));
        QVERIFY(!fields.decode(*fromHex("010000"), false));
    }

    void anyListComesBackAsItWas()
    {
        const auto seed = std::random_device()();
        std::mt19937_64 random(seed);
        for (int round = 0; round < 500; ++round) {
            Fields fields;
            for (std::size_t i = random() % 20; i > 0; --i) {
                const auto tag = static_cast<std::uint16_t>(random());
                Bytes value(random() % 300);
                for (std::byte &byte : value)
                    byte = static_cast<std::byte>(random());
                fields.set(static_cast<Tag>(tag), std::move(value));
            }
            Fields again;
            QVERIFY2(again.decode(fields.encode(false), false), std::to_string(seed).c_str());
            QVERIFY2(again.decode(fields.encode(true), true), std::to_string(seed).c_str());

            QVERIFY2(again.encode(false) == fields.encode(false), std::to_string(seed).c_str());
            QVERIFY2(again.encode(true) == fields.encode(true), std::to_string(seed).c_str());
        }
    }
};

MAXIOFS_TEST(FieldsTest)

}  // namespace maxiofs::frame

#include "fields_test.moc"
