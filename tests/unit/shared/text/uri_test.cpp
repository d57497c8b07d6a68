// SPDX-License-Identifier: GPL-3.0-or-later
#include "text/uri.h"

#include "support/test_runner.h"

#include <random>

namespace maxiofs {

class UriTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void onlyUnreservedCharactersStay()
    {
        QCOMPARE(text::uriEncode("AZaz09-_.~"), std::string("AZaz09-_.~"));
        QCOMPARE(text::uriEncode("a b/c+d=\xc3\xbc*"), std::string("a%20b%2Fc%2Bd%3D%C3%BC%2A"));
        QCOMPARE(text::uriEncode("a b/c", text::Slash::Keep), std::string("a%20b/c"));
    }

    void decodingIsStrict()
    {
        QVERIFY(text::percentDecode("a%2fb%2F+") == "a/b/+");
        QVERIFY(text::percentDecode("a+b", text::Plus::Space) == "a b");
        for (const char *broken : {"%", "%4", "a%4", "%g0", "%0g", "%%20", "%-1"})
            QVERIFY2(!text::percentDecode(broken), broken);
    }

    void anyBytesReadBack()
    {
        const auto seed = std::random_device()();
        qInfo("seed %u", seed);
        std::mt19937 random(seed);
        for (int round = 0; round < 200; ++round) {
            std::string bytes(random() % 40, '\0');
            for (char &byte : bytes)
                byte = static_cast<char>(random());
            QVERIFY(text::percentDecode(text::uriEncode(bytes)) == bytes);
            QVERIFY(text::percentDecode(text::uriEncode(bytes, text::Slash::Keep), text::Plus::Space) ==
                    bytes);
        }
    }

    void aTargetSplitsAtItsFirstQuestionMark()
    {
        const auto target = text::splitTarget("/b/k%3F?a=b?c");

        QVERIFY(target.path == "/b/k%3F");
        QVERIFY(target.query == "a=b?c");
        QVERIFY(text::splitTarget("?x").path == "/");
        QVERIFY(text::splitTarget("*").path == "/");
        QVERIFY(text::splitTarget("/b").query.empty());
    }

    void aQueryKeepsOrderRawTextAndRepeats()
    {
        const auto query = text::Query::parse("b=1&a=%2F+x&versions&b=2=3&&=skipped&e=");

        QVERIFY(query.has_value());
        QCOMPARE(query->pairs().size(), std::size_t{5});
        QVERIFY(query->pairs()[1].raw == "a=%2F+x");
        QCOMPARE(*query->find("a"), std::string("/ x"));
        QCOMPARE(*query->find("b"), std::string("1"));
        QCOMPARE(query->pairs()[3].value, std::string("2=3"));
        QCOMPARE(query->count("b"), std::size_t{2});
        QVERIFY(query->has("versions") && query->find("versions")->empty());
        QVERIFY(!query->has("Versions"));
    }

    void aBrokenQueryIsRefused()
    {
        QVERIFY(!text::Query::parse("a=%zz"));
        QVERIFY(!text::Query::parse("%=b"));
        QVERIFY(text::Query::parse("")->pairs().empty());
    }
};

MAXIOFS_TEST(UriTest)

}  // namespace maxiofs

#include "uri_test.moc"
