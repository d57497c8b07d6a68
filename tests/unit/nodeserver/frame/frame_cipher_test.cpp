// SPDX-License-Identifier: GPL-3.0-or-later
#include "frame/frame_cipher.h"

#include "support/golden.h"
#include "support/test_runner.h"

#include <random>
#include <set>
#include <thread>

namespace maxiofs::frame {

namespace frame_cipher_test {

Key256 keyOf(unsigned char value)
{
    Key256 key;
    key.fill(std::byte{value});
    return key;
}

Bytes saltOf(unsigned char value)
{
    return Bytes(kSaltSize, std::byte{value});
}

Bytes randomBytes(std::size_t size, std::uint64_t seed)
{
    std::mt19937_64 random(seed);
    Bytes bytes(size);
    for (std::byte &byte : bytes)
        byte = static_cast<std::byte>(random());
    return bytes;
}

const FrameCipher::Owner kOwner = FrameCipher::Owner::ofSequence(77);

}  // namespace frame_cipher_test

using namespace frame_cipher_test;

class FrameCipherTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void payloadsOfAllSizesComeBack()
    {
        const std::vector<std::size_t> sizes{
            0, 1, 4096, kFrameSize - 1, kFrameSize, kFrameSize + 1, 2 * kFrameSize, 3 * kFrameSize + 5};
        FrameCipher cipher(keyOf(1), saltOf(2));
        for (const std::size_t size : sizes) {
            const Bytes plaintext = randomBytes(size, size);
            Bytes stored = toBytes("before");
            cipher.sealAll(kOwner, plaintext, stored);
            QCOMPARE(stored.size(), 6 + framedSize(size));

            Bytes opened = toBytes("kept");
            QVERIFY(cipher.openAll(kOwner, ByteView(stored).subspan(6), opened));
            QCOMPARE(toText(ByteView(opened).first(4)), std::string("kept"));
            QVERIFY(std::ranges::equal(ByteView(opened).subspan(4), plaintext));
        }
    }

    void singleFramesFitWhatSealAllWrites()
    {
        const Bytes plaintext = randomBytes(2 * kFrameSize + 10, 1);
        FrameCipher one(keyOf(1), saltOf(2));
        Bytes whole;
        one.sealAll(kOwner, plaintext, whole);

        FrameCipher two(keyOf(1), saltOf(2));
        Bytes pieces;
        const ByteView view = plaintext;
        two.sealFrame(kOwner, 0, false, view.first(kFrameSize), pieces);
        two.sealFrame(kOwner, 1, false, view.subspan(kFrameSize, kFrameSize), pieces);
        two.sealFrame(kOwner, 2, true, view.subspan(2 * kFrameSize), pieces);

        QVERIFY(whole == pieces);
        Bytes opened(kFrameSize);
        QVERIFY(two.openFrame(kOwner, 1, false, ByteView(whole).subspan(kStoredFrameSize, kStoredFrameSize),
                              opened));
        QVERIFY(std::ranges::equal(opened, view.subspan(kFrameSize, kFrameSize)));
    }

    void everyFlippedByteIsFound()
    {
        FrameCipher cipher(keyOf(1), saltOf(2));
        Bytes stored;
        cipher.sealFrame(kOwner, 0, true, asBytes("some plaintext of a frame"), stored);
        Bytes into(stored.size() - kFrameOverhead);
        for (std::byte &byte : stored) {
            for (int bit = 0; bit < 8; ++bit) {
                byte ^= std::byte{1} << bit;
                QCOMPARE(cipher.openFrame(kOwner, 0, true, stored, into).error().code, Error::Corrupt);
                byte ^= std::byte{1} << bit;
            }
        }
        QVERIFY(cipher.openFrame(kOwner, 0, true, stored, into));
    }

    void aFrameOpensOnlyInItsPlace()
    {
        FrameCipher cipher(keyOf(1), saltOf(2));
        Bytes stored;
        cipher.sealFrame(kOwner, 3, false, asBytes("text"), stored);
        Bytes into(4);

        QVERIFY(!cipher.openFrame(kOwner, 2, false, stored, into));
        QVERIFY(!cipher.openFrame(kOwner, 3, true, stored, into));
        QVERIFY(!cipher.openFrame(FrameCipher::Owner::ofSequence(78), 3, false, stored, into));
        QVERIFY(!FrameCipher(keyOf(1), saltOf(3)).openFrame(kOwner, 3, false, stored, into));
        QVERIFY(!FrameCipher(keyOf(2), saltOf(2)).openFrame(kOwner, 3, false, stored, into));
        QVERIFY(cipher.openFrame(kOwner, 3, false, stored, into));
        QCOMPARE(toText(into), std::string("text"));
    }

    void everyTruncationAndSwapOfAPayloadIsFound()
    {
        FrameCipher cipher(keyOf(1), saltOf(2));
        Bytes stored;
        cipher.sealAll(kOwner, randomBytes(3 * kFrameSize, 5), stored);
        const ByteView view = stored;
        Bytes to;

        for (std::size_t size = stored.size() - 1; size > 0; size -= std::min<std::size_t>(size, 997))
            QVERIFY(!cipher.openAll(kOwner, view.first(size), to));
        QVERIFY(!cipher.openAll(kOwner, view.first(kStoredFrameSize), to));
        QVERIFY(!cipher.openAll(kOwner, view.first(2 * kStoredFrameSize), to));
        QVERIFY(!cipher.openAll(kOwner, view.subspan(kStoredFrameSize), to));
        std::swap_ranges(stored.begin(), stored.begin() + kStoredFrameSize,
                         stored.begin() + kStoredFrameSize);
        QVERIFY(!cipher.openAll(kOwner, stored, to));
        QVERIFY(to.empty());
    }

    void wrongSizesAreCorruptNotACrash()
    {
        const FrameCipher cipher(keyOf(1), saltOf(2));
        const Bytes stored(kFrameOverhead + 3);
        Bytes into(4);

        QVERIFY(!cipher.openFrame(kOwner, 0, true, stored, into));
        QVERIFY(!cipher.openFrame(kOwner, 0, true, ByteView(stored).first(kFrameOverhead - 1), {}));
        QVERIFY(!cipher.openFrame(kOwner, 0, true, {}, {}));
        QVERIFY(!cipher.openHeader("record", kOwner, {}, ByteView(stored).first(kFrameOverhead - 1)));
        QVERIFY(!cipher.openAll(kOwner, ByteView(stored).first(kFrameOverhead), into));
    }

    void headersAuthenticateLabelOwnerAndClearBytes()
    {
        FrameCipher cipher(keyOf(1), saltOf(2));
        Bytes sealed;
        cipher.sealHeader("record", kOwner, asBytes("clear"), asBytes("secret"), sealed);

        QCOMPARE(toText(*cipher.openHeader("record", kOwner, asBytes("clear"), sealed)),
                 std::string("secret"));
        QVERIFY(!asText(sealed).contains("secret"));
        QVERIFY(!cipher.openHeader("fields", kOwner, asBytes("clear"), sealed));
        QVERIFY(!cipher.openHeader("recor", kOwner, asBytes("dclear"), sealed));
        QVERIFY(!cipher.openHeader("record", kOwner, asBytes("cleaR"), sealed));
        QVERIFY(!cipher.openHeader("record", FrameCipher::Owner::ofId(Id128::random()), asBytes("clear"),
                                   sealed));
        for (std::byte &byte : sealed) {
            byte ^= std::byte{0x10};
            QCOMPARE(cipher.openHeader("record", kOwner, asBytes("clear"), sealed).error().code,
                     Error::Corrupt);
            byte ^= std::byte{0x10};
        }
    }

    void noNonceIsUsedTwiceAlsoByManyThreads()
    {
        FrameCipher cipher(keyOf(1), saltOf(2));
        std::array<Bytes, 4> outputs;
        constexpr int kFrames = 500;
        {
            std::vector<std::jthread> threads;
            for (Bytes &output : outputs)
                threads.emplace_back([&] {
                    for (int i = 0; i < kFrames; ++i) {
                        cipher.sealFrame(kOwner, 0, true, asBytes("text"), output);
                        cipher.sealHeader("record", kOwner, {}, asBytes("text"), output);
                    }
                });
        }

        std::set<std::string> counters;
        for (const Bytes &output : outputs) {
            for (std::size_t at = 0; at < output.size(); at += 4 + kFrameOverhead)
                counters.insert(toText(ByteView(output).subspan(at, kCounterSize)));
            Bytes into(4);
            QVERIFY(cipher.openFrame(kOwner, 0, true, ByteView(output).first(4 + kFrameOverhead), into));
        }
        QCOMPARE(counters.size(), outputs.size() * kFrames * 2);
    }

    void theFormatIsThatOfTheGoldenFile()
    {
        FrameCipher cipher(keyOf(0x11), saltOf(0x22));
        Bytes stored;
        cipher.sealHeader("record", kOwner, asBytes("clear"), asBytes("secret"), stored);
        cipher.sealFrame(FrameCipher::Owner::ofId(*Id128::fromHex("000102030405060708090a0b0c0d0e0f")), 5,
                         true, asBytes("plaintext"), stored);

        QVERIFY(test::goldenFile("frames-v1.bin", stored) == stored);
    }
};

MAXIOFS_TEST(FrameCipherTest)

}  // namespace maxiofs::frame

#include "frame_cipher_test.moc"
