// SPDX-License-Identifier: GPL-3.0-or-later
#include "index/key_codec.h"

#include "base/hex.h"
#include "index/key_prefix.h"
#include "index_samples.h"
#include "support/golden.h"
#include "support/test_runner.h"

#include <limits>

using namespace maxiofs;
using namespace maxiofs::index;
using namespace std::string_literals;

class IndexKeyCodecTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void orderOfEncodedKeysIsTheOrderOfKeys()
    {
        samples::RandomKeys random(samples::newSeed());

        for (int i = 0; i < 20'000; ++i) {
            const std::string a = random.key(0);
            const std::string b = random.below(3) == 0 ? a + random.key(0) : random.key(0);
            QCOMPARE(objectKey(m_bucket, a) < objectKey(m_bucket, b), a < b);
            QCOMPARE(objectKey(m_bucket, a) == objectKey(m_bucket, b), a == b);
        }
    }

    void anEncodedKeyGivesItsPartsBack()
    {
        samples::RandomKeys random(samples::newSeed());

        for (int i = 0; i < 20'000; ++i) {
            const std::string key = random.key(0);
            const Stamp stamp{random.engine()(), samples::idOf(static_cast<std::uint8_t>(i))};
            const std::string encoded = versionKey(m_bucket, key, stamp);
            const auto length = objectKeyLength(encoded);
            QVERIFY(length.has_value());
            QCOMPARE(unescapedKey(std::string_view(encoded).substr(0, *length)), key);
            QVERIFY(bucketOf(encoded) == m_bucket);
            QVERIFY(VersionSuffix::decode(std::string_view(encoded).substr(*length)) == stamp);
        }
    }

    void aPrefixHoldsExactlyTheKeysThatBeginWithIt()
    {
        samples::RandomKeys random(samples::newSeed());

        for (int i = 0; i < 20'000; ++i) {
            const std::string prefix = random.key(0).substr(0, 2);
            const std::string key = random.key(0);
            const std::string row = versionKey(m_bucket, key, samples::stampAt(random.below(100)));
            const std::string begin = prefixBegin(m_bucket, prefix);
            QCOMPARE(row >= begin && row < prefixEnd(begin), key.starts_with(prefix));
        }
    }

    void rowsOfAKeyLieBelowWhatIsBeyondIt()
    {
        samples::RandomKeys random(samples::newSeed());

        for (int i = 0; i < 20'000; ++i) {
            const std::string a = random.key(0);
            const std::string b = random.below(3) == 0 ? a + random.key(0) : random.key(0);
            QCOMPARE(versionKey(m_bucket, b, samples::stampAt(1)) > beyondKey(m_bucket, a), b > a);
        }
    }

    void versionsLieNewestFirst()
    {
        const Stamp old = samples::stampAt(5, 9);
        const Stamp newer = samples::stampAt(6, 1);
        const Stamp newest = samples::stampAt(6, 2);

        QVERIFY(versionKey(m_bucket, "k", newest) < versionKey(m_bucket, "k", newer));
        QVERIFY(versionKey(m_bucket, "k", newer) < versionKey(m_bucket, "k", old));
        QVERIFY(objectKey(m_bucket, "k") < versionKey(m_bucket, "k", newest));
    }

    void aPrefixOfHighBytesHasAnEnd()
    {
        QCOMPARE(prefixEnd("a\xff\xff"), "b"s);
        QVERIFY(prefixEnd("\xff\xff") > "\xff\xff\xff"s);
    }

    void keysWithoutAnEndAreTold()
    {
        const std::string whole = objectKey(m_bucket, "a\0b"s);

        for (std::size_t size = 0; size < whole.size(); ++size)
            QVERIFY(!objectKeyLength(std::string_view(whole).substr(0, size)));
        QVERIFY(!objectKeyLength(whole.substr(0, whole.size() - 1) + '\x03'));
    }

    void filtersSeeTheObjectOfAVersionsKey()
    {
        const KeyPrefix prefix;
        const std::string object = objectKey(m_bucket, "a\0b"s);

        QVERIFY(prefix.InDomain(versionKey(m_bucket, "a\0b"s, samples::stampAt(1))));
        QCOMPARE(prefix.Transform(versionKey(m_bucket, "a\0b"s, samples::stampAt(1))).ToString(), object);
        QCOMPARE(prefix.Transform(object).ToString(), object);
        QVERIFY(!prefix.InDomain(prefixBegin(m_bucket, "a")));
    }

    void numbersOfPartsAndSegmentsAreInOrder()
    {
        QVERIFY(partKey(1, 300) < partKey(1, 301));
        QVERIFY(partKey(1, 65535) < partKey(256, 0));
        QVERIFY(segmentKey(255) < segmentKey(256));
        QVERIFY(decodePartKey(partKey(77, 300)) == std::pair(std::uint64_t{77}, std::uint16_t{300}));
        QVERIFY(decodeSegmentKey(segmentKey(99)) == 99U);
        QVERIFY(!decodePartKey("short"));
        QVERIFY(!decodeSegmentKey("short"));
    }

    void expiryIsOrderedByTime()
    {
        const std::string row = tombstoneKey(m_bucket, "k", {});
        const std::string early = expiryKey(255, row);
        const std::string late = expiryKey(256, row);

        QVERIFY(early < late);
        QVERIFY(ExpiryKey::first() < early);
        QVERIFY(row < ExpiryKey::first());
        QCOMPARE(ExpiryKey::decode(late)->unixMs, std::int64_t{256});
        QCOMPARE(ExpiryKey::decode(late)->rowKey, std::string_view(row));
        QVERIFY(!ExpiryKey::decode(row));
    }

    void keysAreThoseOfTheGoldenFile()
    {
        const Stamp stamp{0x0123456789abcdef, samples::idOf(0x5a)};
        const std::string key = "photos/\0\xff"s;
        std::string all;
        for (const std::string &row :
             {objectKey(m_bucket, key), versionKey(m_bucket, key, stamp),
              uploadKey(m_bucket, key, samples::idOf(3)), partKey(0x0102030405060708, 0x090a),
              tombstoneKey(m_bucket, key, {}), tombstoneKey(m_bucket, key, stamp),
              completionKey(m_bucket, samples::idOf(4)),
              expiryKey(0x0102030405, completionKey(m_bucket, samples::idOf(4))), countersKey(m_bucket),
              closedKey(m_bucket), segmentKey(0x0a0b0c), changeKey(m_bucket, 0x0102030405060708),
              feedKey(m_bucket), consumerKey(m_bucket, samples::idOf(5))})
            all += toHex(asBytes(row)) + '\n';

        QCOMPARE(toText(test::goldenFile("index-keys-v1.txt", asBytes(all))), all);
    }

private:
    const BucketId m_bucket = samples::idOf(0xb0);
};

MAXIOFS_TEST(IndexKeyCodecTest)
#include "key_codec_test.moc"
