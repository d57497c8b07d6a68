// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/test_runner.h"
#include "text/ascii.h"
#include "text/utf8.h"

#include <vector>

namespace maxiofs {

class CharactersTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void wellFormedUtf8IsAccepted()
    {
        for (const char *good :
             {"", "plain text that is longer than a word", "\xc2\x80", "\xdf\xbf", "\xe0\xa0\x80",
              "\xed\x9f\xbf", "\xee\x80\x80", "\xef\xbf\xbf", "\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf",
              "Gr\xc3\xbc\xc3\x9f"
              "e, a long mixed text"})
            QVERIFY2(text::isValidUtf8(good), good);
        QVERIFY(text::isValidUtf8(std::string_view("\0", 1)));
    }

    void malformedUtf8IsRefused()
    {
        for (const char *bad : {"\x80", "\xc0\x80", "\xc1\xbf", "\xc2", "\xc2 ", "\xe0\x9f\xbf", "\xe2\x82",
                                "\xed\xa0\x80", "\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80",
                                "\xff", "12345678\xff", "1234567\xe2\x28\xa1"})
            QVERIFY2(!text::isValidUtf8(bad), bad);
    }

    void everyCodePointHasOneForm()
    {
        // All two-byte texts: exactly 30 leads with 64 followers are one character, 128 * 128 are two.
        int valid = 0;
        for (unsigned value = 0; value < 0x10000; ++value) {
            const char bytes[] = {static_cast<char>(value >> 8), static_cast<char>(value & 0xff)};
            valid += text::isValidUtf8({bytes, 2}) ? 1 : 0;
        }
        QCOMPARE(valid, 128 * 128 + 30 * 64);
    }

    void caseOfAsciiAloneIsIgnored()
    {
        QVERIFY(text::iequals("Content-Type", "cONTENT-tYPE"));
        QVERIFY(!text::iequals("a", "ab"));
        QVERIFY(!text::iequals("[", "{"));
        QVERIFY(!text::iequals("\xc3\x84", "\xc3\xa4"));
        QVERIFY(text::istartsWith("X-Amz-Date", "x-amz-"));
        QVERIFY(!text::istartsWith("x-am", "x-amz-"));
        QCOMPARE(text::toLower("AbC-9"), std::string("abc-9"));
    }

    void trimmingTakesBlanksFromTheEnds()
    {
        QVERIFY(text::trim(" \ta b\t ") == "a b");
        QVERIFY(text::trim(" \t").empty());
        QVERIFY(text::trim("a\n") == "a\n");
    }

    void numbersAreDigitsOnly()
    {
        QVERIFY(text::parseUnsigned("0") == 0U);
        QVERIFY(text::parseUnsigned("18446744073709551615") == UINT64_MAX);
        for (const char *bad : {"", "+1", "-1", " 1", "1 ", "0x1", "1.0", "18446744073709551616"})
            QVERIFY2(!text::parseUnsigned(bad), bad);
        QVERIFY(text::parseHex("fF") == 255U);
        for (const char *bad : {"", "0x1", "g", "-1", "00000000000000001"})
            QVERIFY2(!text::parseHex(bad), bad);
    }

    void piecesIncludeEmptyOnes()
    {
        const auto pieces = [](std::string_view text) {
            std::vector<std::string_view> all;
            text::forEachPiece(text, ',', [&](std::string_view piece) { all.push_back(piece); });
            return all;
        };

        QVERIFY((pieces("a,,b,") == std::vector<std::string_view>{"a", "", "b", ""}));
        QVERIFY((pieces("") == std::vector<std::string_view>{""}));
    }
};

MAXIOFS_TEST(CharactersTest)

}  // namespace maxiofs

#include "characters_test.moc"
