// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/s3/listing.h"
#include "parsed_request.h"
#include "support/test_runner.h"

#include <random>

using namespace maxiofs;
using namespace maxiofs::api::s3;

class RequestDocumentTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aDeletionNamesKeysVersionsAndConditions()
    {
        const auto document = DeleteObjects::parseDocument(
                                  "<Delete><Quiet>true</Quiet><Object><Key> a&amp;b</Key></Object>"
                                  "<Object><Key>k</Key><VersionId>null</VersionId><ETag>\"e\"</ETag></Object>"
                                  "<Object><Key>k</Key><VersionId>nonsense</VersionId></Object></Delete>")
                                  .value();

        QVERIFY(document.quiet);
        QCOMPARE(document.items.size(), std::size_t{3});
        QCOMPARE(document.items[0].key, std::string(" a&b"));
        QVERIFY(!document.items[0].version.id);
        QVERIFY(document.items[1].version.id.has_value());
        QCOMPARE(document.items[1].conditions.ifMatch, std::string("e"));
        QCOMPARE(std::string(document.items[2].refusal->kind.code), std::string("NoSuchVersion"));
    }

    void aDeletionHasOneToAThousandKeys()
    {
        const auto of = [](std::size_t count) {
            std::string text = "<Delete>";
            for (std::size_t i = 0; i < count; ++i)
                text += "<Object><Key>k</Key></Object>";
            return DeleteObjects::parseDocument(text + "</Delete>");
        };
        QCOMPARE(of(1000).value().items.size(), std::size_t{1000});
        QCOMPARE(test::codeOf(of(1001)), std::string("MalformedXML"));
        QCOMPARE(test::codeOf(of(0)), std::string("MalformedXML"));
    }

    void malformedDeletionsAreRefused()
    {
        for (const char *text :
             {"", "<Delete>", "<Other><Object><Key>k</Key></Object></Other>", "<Delete><Object/></Delete>",
              "<Delete><Object><Key></Key></Object></Delete>",
              "<Delete><Thing><Key>k</Key></Thing></Delete>"})
            QCOMPARE(test::codeOf(DeleteObjects::parseDocument(text)), std::string("MalformedXML"));
        QCOMPARE(test::codeOf(DeleteObjects::parseDocument(
                     "<Delete><Object><Key>k</Key><Size>3</Size></Object></Delete>")),
                 std::string("NotImplemented"));
    }

    void aCompletionNamesItsParts()
    {
        const auto parts = CompleteMultipartUpload::parseDocument(
                               "<CompleteMultipartUpload xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">"
                               "<Part><ETag>&quot;abc&quot;</ETag><PartNumber>1</PartNumber></Part>"
                               "<Part><PartNumber>10000</PartNumber><ETag>def</ETag>"
                               "<ChecksumCRC32>AAAAAA==</ChecksumCRC32></Part></CompleteMultipartUpload>")
                               .value();

        QCOMPARE(parts.size(), std::size_t{2});
        QCOMPARE(parts[0].etag, std::string("abc"));
        QCOMPARE(parts[1].number, 10'000U);
        QVERIFY(parts[1].checksum->algorithm == crypto::ChecksumAlgorithm::Crc32);
    }

    void aCompletionOfAllPartsFits()
    {
        std::string text = "<CompleteMultipartUpload>";
        for (int i = 1; i <= 10'000; ++i)
            text += "<Part><PartNumber>" + std::to_string(i) +
                    "</PartNumber><ETag>&quot;0123456789abcdef0123456789abcdef&quot;</ETag><ChecksumSHA256>"
                    "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=</ChecksumSHA256></Part>";
        text += "</CompleteMultipartUpload>";

        QCOMPARE(CompleteMultipartUpload::parseDocument(text).value().size(), std::size_t{10'000});
    }

    void malformedCompletionsAreRefused()
    {
        const auto of = [](const std::string &part) {
            return test::codeOf(CompleteMultipartUpload::parseDocument("<CompleteMultipartUpload>" + part +
                                                                       "</CompleteMultipartUpload>"));
        };
        const std::string malformed = "MalformedXML";
        QCOMPARE(of(""), std::string("InvalidRequest"));
        QCOMPARE(of("<Part><PartNumber>1</PartNumber></Part>"), malformed);
        QCOMPARE(of("<Part><PartNumber>one</PartNumber><ETag>e</ETag></Part>"), malformed);
        QCOMPARE(of("<Piece><PartNumber>1</PartNumber><ETag>e</ETag></Piece>"), malformed);
        QCOMPARE(of("<Part><PartNumber>0</PartNumber><ETag>e</ETag></Part>"), std::string("InvalidArgument"));
        QCOMPARE(of("<Part><PartNumber>1</PartNumber><ETag>e</ETag><ChecksumCRC32>x</ChecksumCRC32></Part>"),
                 std::string("InvalidRequest"));
    }

    void tokensComeBackAndOthersAreRefused()
    {
        const std::uint64_t seed = std::random_device()();
        qInfo("seed %llu", static_cast<unsigned long long>(seed));
        std::mt19937_64 random(seed);
        for (int round = 0; round < 2'000; ++round) {
            std::string name = "n";
            for (std::uint64_t i = random() % 40; i > 0; --i)
                name += static_cast<char>(random());

            QCOMPARE(parseContinuationToken(continuationToken(name)).value(), name);
        }
        for (const char *token : {"", "abc", "MTo", "!!!!"})
            QVERIFY2(!parseContinuationToken(token), token);
    }

    void namesOfListingsAreEncodedOnRequest()
    {
        const test::ParsedRequest request("GET", "/bucket?encoding-type=url&prefix=a%20b/&max-keys=5000");
        const ListParameters parameters = ListParameters::parse(*request, "max-keys").value();

        QCOMPARE(parameters.limit, std::size_t{1000});
        QCOMPARE(parameters.shown("a b/c+\x01"), std::string("a%20b/c%2B%01"));
        QCOMPARE(ListParameters().shown("a b"), std::string("a b"));
    }
};

MAXIOFS_TEST(RequestDocumentTest)
#include "request_document_test.moc"
