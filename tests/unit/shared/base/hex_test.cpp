// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/hex.h"

#include "support/test_runner.h"

namespace maxiofs {

class HexTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void hexIsLowerCaseAndReadsBothCases()
    {
        const Bytes bytes{std::byte{0x00}, std::byte{0xab}, std::byte{0xFF}};

        QCOMPARE(toHex(bytes), std::string("00abff"));
        QVERIFY(fromHex("00aBfF") == bytes);
        QVERIFY(fromHex("")->empty());
    }

    void brokenHexIsRefused()
    {
        QVERIFY(!fromHex("abc"));
        QVERIFY(!fromHex("0g"));
        QVERIFY(!fromHex(" 0"));
    }

    void base64FollowsTheVectorsOfItsStandard()
    {
        const std::pair<const char *, const char *> vectors[] = {
            {"", ""},
            {"f", "Zg=="},
            {"fo", "Zm8="},
            {"foo", "Zm9v"},
            {"foob", "Zm9vYg=="},
            {"fooba", "Zm9vYmE="},
            {"foobar", "Zm9vYmFy"},
        };
        for (const auto &[plain, encoded] : vectors) {
            QCOMPARE(toBase64(asBytes(plain)), std::string(encoded));
            QCOMPARE(toText(*fromBase64(encoded)), std::string(plain));
        }
    }

    void looseBase64IsRefused()
    {
        for (const char *text : {"Zg", "Zg=", "Zg==\n", "Zh==", "Z===", "Zm9v=", "=Zm9", "Zm9_", "Zg==Zg=="})
            QVERIFY2(!fromBase64(text), text);
    }

    void base64ForUrlsHasNoPadding()
    {
        const Bytes bytes{std::byte{0xfb}, std::byte{0xff}};

        QCOMPARE(toBase64Url(bytes), std::string("-_8"));
        QVERIFY(fromBase64Url("-_8") == bytes);
        QVERIFY(!fromBase64Url("-_8="));
        QVERIFY(!fromBase64Url("+/8"));
    }
};

MAXIOFS_TEST(HexTest)

}  // namespace maxiofs

#include "hex_test.moc"
