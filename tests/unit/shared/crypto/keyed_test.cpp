// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/hex.h"
#include "crypto/hkdf.h"
#include "crypto/hmac.h"
#include "support/test_runner.h"

namespace maxiofs {

class KeyedTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void hmacMatchesItsPublishedVectors()
    {
        // RFC 4231, cases 1, 2 and 6 (a key longer than a block).
        QCOMPARE(toHex(crypto::hmacSha256(Bytes(20, std::byte{0x0b}), "Hi There")),
                 std::string("b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"));
        QCOMPARE(toHex(crypto::hmacSha256(asBytes("Jefe"), "what do ya want for nothing?")),
                 std::string("5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"));
        QCOMPARE(toHex(crypto::hmacSha256(Bytes(131, std::byte{0xaa}),
                                          "Test Using Larger Than Block-Size Key - Hash Key First")),
                 std::string("60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"));
    }

    void piecesGiveTheSameAndTheKeyStays()
    {
        crypto::HmacSha256 hmac(asBytes("Jefe"));
        hmac.update("what do ya want ");
        hmac.update("for nothing?");
        const auto first = hmac.finish();
        hmac.update("what do ya want for nothing?");

        QVERIFY(first == crypto::hmacSha256(asBytes("Jefe"), "what do ya want for nothing?"));
        QVERIFY(hmac.finish() == first);
    }

    void hkdfMatchesItsPublishedVectors()
    {
        // RFC 5869, cases 1 and 3.
        const Bytes key(22, std::byte{0x0b});
        QCOMPARE(toHex(crypto::hkdfSha256(key, *fromHex("000102030405060708090a0b0c"),
                                          *fromHex("f0f1f2f3f4f5f6f7f8f9"), 42)
                           .view()),
                 std::string(
                     "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865"));
        QCOMPARE(toHex(crypto::hkdfSha256(key, {}, "", 42).view()),
                 std::string(
                     "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8"));
    }

    void aSecretIsEmptyAfterItWasMovedAway()
    {
        crypto::SecretBytes secret = crypto::SecretBytes::random(32);
        const crypto::SecretBytes copy = secret.clone();
        const crypto::SecretBytes moved = std::move(secret);

        QVERIFY(secret.empty());
        QVERIFY(std::ranges::equal(moved.view(), copy.view()));
        QVERIFY(!std::ranges::equal(moved.view(), crypto::SecretBytes::random(32).view()));
    }

    void wipingOverwrites()
    {
        Bytes bytes = toBytes("secret");
        std::string text = "secret";

        crypto::wipe(bytes);
        crypto::wipe(text);

        QVERIFY(bytes == Bytes(6, std::byte{0}));
        QVERIFY(text.empty());
    }
};

MAXIOFS_TEST(KeyedTest)

}  // namespace maxiofs

#include "keyed_test.moc"
