// SPDX-License-Identifier: GPL-3.0-or-later
#include "crypto/aead.h"

#include "base/hex.h"
#include "crypto/secret_bytes.h"
#include "support/test_runner.h"

#include <algorithm>
#include <atomic>
#include <thread>

namespace maxiofs {

class AeadTest : public QObject {
    Q_OBJECT

    static crypto::Aes256Gcm cipherOf(const char *hex)
    {
        const Bytes key = *fromHex(hex);
        return crypto::Aes256Gcm(std::span<const std::byte, 32>(key));
    }
    static std::array<std::byte, 12> nonceOf(unsigned number)
    {
        std::array<std::byte, 12> nonce{};
        nonce[0] = static_cast<std::byte>(number & 0xff);
        nonce[1] = static_cast<std::byte>(number >> 8 & 0xff);
        return nonce;
    }
    static constexpr const char *kKey = "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308";

private Q_SLOTS:
    void sealingMatchesThePublishedVector()
    {
        // The Galois/Counter Mode of Operation, test case 16.
        const auto cipher = cipherOf(kKey);
        const Bytes nonce = *fromHex("cafebabefacedbaddecaf888");
        const Bytes associated = *fromHex("feedfacedeadbeeffeedfacedeadbeefabaddad2");
        const Bytes plain = *fromHex("d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
                                     "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39");
        Bytes sealed(plain.size() + 16);

        cipher.seal(std::span<const std::byte, 12>(nonce), associated, plain, sealed);

        QCOMPARE(toHex(sealed), std::string("522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
                                            "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662"
                                            "76fc6ece0f4e1768cddf8853bb2d551b"));
    }

    void whatIsSealedOpensAlsoInPlace()
    {
        const auto cipher = cipherOf(kKey);
        for (const std::size_t size : {0, 1, 16, 4096, 70'000}) {
            const Bytes plain(size, std::byte{0x5a});
            Bytes buffer(size + 16);
            std::ranges::copy(plain, buffer.begin());
            cipher.seal(nonceOf(1), asBytes("ad"), ByteView(buffer).first(size), buffer);
            Bytes out(size);
            QVERIFY(cipher.open(nonceOf(1), asBytes("ad"), buffer, out));
            QVERIFY(out == plain);
            QVERIFY(cipher.open(nonceOf(1), asBytes("ad"), buffer, std::span(buffer).first(size)));
            QVERIFY(std::ranges::equal(ByteView(buffer).first(size), plain));
        }
    }

    void everyFlippedBitIsNoticed()
    {
        const auto cipher = cipherOf(kKey);
        Bytes sealed(20 + 16);
        cipher.seal(nonceOf(1), asBytes("ad"), asBytes("twenty bytes of text"), sealed);

        for (std::size_t bit = 0; bit < sealed.size() * 8; ++bit) {
            Bytes damaged = sealed;
            damaged[bit / 8] ^= static_cast<std::byte>(1U << bit % 8);
            Bytes out(20, std::byte{1});
            QVERIFY(!cipher.open(nonceOf(1), asBytes("ad"), damaged, out));
            QVERIFY(out == Bytes(20, std::byte{0}));
        }
        Bytes out(20);
        QVERIFY(!cipher.open(nonceOf(2), asBytes("ad"), sealed, out));
        QVERIFY(!cipher.open(nonceOf(1), asBytes("aD"), sealed, out));
        QVERIFY(!cipher.open(nonceOf(1), asBytes("ad"), ByteView(sealed).first(15), {}));
        QVERIFY(!cipherOf("00ffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308")
                     .open(nonceOf(1), asBytes("ad"), sealed, out));
        QVERIFY(cipher.open(nonceOf(1), asBytes("ad"), sealed, out));
    }

    void manyThreadsShareOneKey()
    {
        const auto cipher = cipherOf(kKey);
        std::atomic<int> wrong = 0;
        {
            std::vector<std::jthread> threads;
            for (unsigned thread = 0; thread < 4; ++thread)
                threads.emplace_back([&, thread] {
                    for (unsigned round = 0; round < 300; ++round) {
                        const Bytes plain(100 + round, static_cast<std::byte>(thread));
                        Bytes sealed(plain.size() + 16);
                        Bytes opened(plain.size());
                        cipher.seal(nonceOf(thread * 1000 + round), {}, plain, sealed);
                        const bool authentic =
                            cipher.open(nonceOf(thread * 1000 + round), {}, sealed, opened);
                        wrong += authentic && opened == plain ? 0 : 1;
                    }
                });
        }

        QCOMPARE(wrong.load(), 0);
    }
};

MAXIOFS_TEST(AeadTest)

}  // namespace maxiofs

#include "aead_test.moc"
