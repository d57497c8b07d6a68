// SPDX-License-Identifier: GPL-3.0-or-later
#include "crypto/digest.h"

#include "base/hex.h"
#include "support/test_runner.h"

#include <thread>

namespace maxiofs {

class DigestTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void digestsMatchTheirPublishedVectors()
    {
        // RFC 1321, FIPS 180-2; XXH3-128 of nothing from the reference's own test.
        QCOMPARE(toHex(crypto::md5(asBytes("message digest"))),
                 std::string("f96b697d7cb7938d525a2f31aaf161d0"));
        QCOMPARE(toHex(crypto::sha1(asBytes("abc"))),
                 std::string("a9993e364706816aba3e25717850c26c9cd0d89d"));
        QCOMPARE(crypto::sha256Hex(asBytes("abc")),
                 std::string("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"));
        QCOMPARE(toHex(crypto::xxh128({})), std::string("99aa06d3014798d86001c324468d497f"));
    }

    void piecesGiveTheSameAsTheWhole()
    {
        const std::string text(100'000, 'm');
        crypto::Md5 md5;
        crypto::Sha256 sha256;
        crypto::Xxh128 xxh128;
        for (std::size_t at = 0; at < text.size(); at += 777) {
            const ByteView piece = asBytes(std::string_view(text).substr(at, 777));
            md5.update(piece);
            sha256.update(piece);
            xxh128.update(piece);
        }

        QVERIFY(md5.finish() == crypto::md5(asBytes(text)));
        QVERIFY(sha256.finish() == crypto::sha256(asBytes(text)));
        QVERIFY(xxh128.finish() == crypto::xxh128(asBytes(text)));
    }

    void finishAndResetStartAnew()
    {
        crypto::Sha256 digest;
        digest.update("left over");
        digest.reset();
        digest.update("abc");
        const auto first = digest.finish();
        digest.update("abc");

        QVERIFY(first == crypto::sha256(asBytes("abc")));
        QVERIFY(digest.finish() == first);
    }

    void aMovedDigestGoesOn()
    {
        crypto::Sha256 sha256;
        crypto::Xxh128 xxh128;
        sha256.update("ab");
        xxh128.update(asBytes("ab"));

        crypto::Sha256 movedSha256 = std::move(sha256);
        crypto::Xxh128 movedXxh128 = std::move(xxh128);
        movedSha256.update("c");
        movedXxh128.update(asBytes("c"));

        QVERIFY(movedSha256.finish() == crypto::sha256(asBytes("abc")));
        QVERIFY(movedXxh128.finish() == crypto::xxh128(asBytes("abc")));
    }

    void threadsDoNotDisturbEachOther()
    {
        const auto wanted = crypto::sha256(asBytes("abc"));
        std::atomic<int> wrong = 0;
        {
            std::vector<std::jthread> threads;
            for (int i = 0; i < 4; ++i)
                threads.emplace_back([&] {
                    for (int round = 0; round < 500; ++round)
                        wrong += crypto::sha256(asBytes("abc")) == wanted ? 0 : 1;
                });
        }

        QCOMPARE(wrong.load(), 0);
    }
};

MAXIOFS_TEST(DigestTest)

}  // namespace maxiofs

#include "digest_test.moc"
