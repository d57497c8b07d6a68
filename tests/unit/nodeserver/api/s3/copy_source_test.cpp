// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/s3/copy_source.h"
#include "parsed_request.h"
#include "support/test_runner.h"
#include "text/uri.h"

#include <random>

using namespace maxiofs;
using namespace maxiofs::api::s3;
using test::ParsedRequest;

class CopySourceTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void bucketAndKeyAreDecoded()
    {
        for (const char *text : {"/source/a%20b/c%2Bd", "source/a+b/c%2Bd"}) {
            const CopySource source = CopySource::parse(text).value();
            QCOMPARE(source.bucket, std::string("source"));
            QCOMPARE(source.key, std::string("a b/c+d"));
            QVERIFY(!source.version.id);
        }
    }

    void aVersionFollowsTheKey()
    {
        const CopySource source = CopySource::parse("source/what%3FversionId=1?versionId=null").value();

        QCOMPARE(source.key, std::string("what?versionId=1"));
        QCOMPARE(source.version.text, std::string("null"));
        QVERIFY(source.version.id && !source.version.id->stamp);
    }

    void whatNamesNoObjectIsRefused()
    {
        for (const char *text :
             {"", "/", "source", "source/", "/source", "//key", "source/%zz", "source/%00", "source/%ff",
              "so/key", "UPPER/key", "source/key?versionId=", "source/key?versionId=impossible"})
            QVERIFY2(test::codeOf(CopySource::parse(text)) == "InvalidArgument", text);
        QCOMPARE(test::codeOf(CopySource::parse("source/" + std::string(1025, 'k'))),
                 std::string("KeyTooLongError"));
        QCOMPARE(test::codeOf(CopySource::parse("arn:aws:s3:us-west-2:1:accesspoint/a/object/k")),
                 std::string("NotImplemented"));
    }

    // What a client encodes comes back, and no bytes whatever are more than a value or a refusal.
    void randomKeysComeBack()
    {
        const std::uint64_t seed = std::random_device()();
        qInfo("seed %llu", static_cast<unsigned long long>(seed));
        std::mt19937_64 random(seed);
        static constexpr std::string_view pieces[] = {"a", "/",      "?", "versionId=", "+", " ",
                                                      "%", "\u00e4", "&", "..",         "\n"};
        for (int round = 0; round < 5'000; ++round) {
            std::string key = "k";
            std::string raw;
            for (std::uint64_t i = random() % 12; i > 0; --i) {
                key += pieces[random() % std::size(pieces)];
                raw += static_cast<char>(random());
            }

            const auto source = CopySource::parse("source/" + text::uriEncode(key));
            const auto garbage = CopySource::parse(raw);

            QCOMPARE(source.value().key, key);
            QVERIFY(!garbage || !garbage->key.empty());
        }
    }

    void aVersionOfTheRequestIsChecked()
    {
        const ParsedRequest none("GET", "/bucket/key");
        const ParsedRequest null("GET", "/bucket/key?versionId=null");
        const ParsedRequest empty("GET", "/bucket/key?versionId=");
        const ParsedRequest wrong("GET", "/bucket/key?versionId=xyz");

        QVERIFY(!parseVersionId(*none).value().id);
        QVERIFY(parseVersionId(*null).value().id.has_value());
        QCOMPARE(test::codeOf(parseVersionId(*empty)), std::string("InvalidArgument"));
        QCOMPARE(test::codeOf(parseVersionId(*wrong)), std::string("InvalidArgument"));
    }
};

MAXIOFS_TEST(CopySourceTest)
#include "copy_source_test.moc"
