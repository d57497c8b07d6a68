// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/s3/checksums.h"
#include "api/s3/object_headers.h"
#include "api/s3/tagging.h"
#include "base/hex.h"
#include "parsed_request.h"
#include "support/test_runner.h"

using namespace maxiofs;
using namespace maxiofs::api::s3;
using test::ParsedRequest;

namespace object_headers_test {

S3Result<store::Attributes> attributesOf(const ParsedRequest::Fields &fields)
{
    return parseAttributes(*ParsedRequest("PUT", "/bucket/key", fields));
}

S3Result<BodyPromises> promisesOf(const ParsedRequest::Fields &fields)
{
    return BodyPromises::parse(*ParsedRequest("PUT", "/bucket/key", fields));
}

}  // namespace object_headers_test

class ObjectHeadersTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void contentHeadersAndMetadataComeBack()
    {
        const auto attributes =
            object_headers_test::attributesOf({{"Content-Type", "text/plain"},
                                               {"Cache-Control", "no-store"},
                                               {"Content-Encoding", "aws-chunked, gzip"},
                                               {"X-Amz-Meta-Colour", "red"},
                                               {"x-amz-meta-colour", "blue"},
                                               {"x-amz-tagging", "a=1&b=%20"},
                                               {"x-amz-server-side-encryption", "AES256"}})
                .value();
        http::ResponseHead head;

        addAttributeHeaders(head, attributes, {});

        QCOMPARE(head.find("Content-Type").value(), std::string_view("text/plain"));
        QCOMPARE(head.find("Cache-Control").value(), std::string_view("no-store"));
        QCOMPARE(head.find("Content-Encoding").value(), std::string_view("gzip"));
        QCOMPARE(head.find("x-amz-meta-colour").value(), std::string_view("red,blue"));
        QCOMPARE(head.find("x-amz-tagging-count").value(), std::string_view("2"));
        QCOMPARE(head.find("x-amz-server-side-encryption").value(), std::string_view("AES256"));
    }

    void aBodyWithoutTypeIsBinary()
    {
        const auto attributes =
            object_headers_test::attributesOf({{"Content-Encoding", "aws-chunked"}}).value();
        http::ResponseHead head;

        addAttributeHeaders(head, attributes, {});

        QCOMPARE(head.find("Content-Type").value(), std::string_view("binary/octet-stream"));
        QVERIFY(!head.find("Content-Encoding"));
    }

    void parametersReplaceHeaders()
    {
        const ParsedRequest request("GET",
                                    "/bucket/key?response-content-type=text%2Fcss&response-expires=never");
        const auto overrides = ResponseOverrides::parse(*request).value();
        http::ResponseHead head;

        addAttributeHeaders(head, {{{"content-type", "text/plain"}}, {}, {}, {}, {}, {}}, overrides);

        QCOMPARE(head.find("Content-Type").value(), std::string_view("text/css"));
        QCOMPARE(head.find("Expires").value(), std::string_view("never"));
    }

    void metadataHasALimit()
    {
        const std::string name = "x-amz-meta-a";
        QVERIFY(object_headers_test::attributesOf({{name, std::string(2047, 'v')}}).has_value());
        QCOMPARE(test::codeOf(object_headers_test::attributesOf({{name, std::string(2048, 'v')}})),
                 std::string("MetadataTooLarge"));
    }

    void storageClassesAreKnownOrRefused()
    {
        const auto classOf = [](const char *name) {
            return object_headers_test::attributesOf({{"x-amz-storage-class", name}});
        };
        QCOMPARE(classOf("STANDARD").value().storageClass, std::string());
        QCOMPARE(classOf("STANDARD_IA").value().storageClass, std::string("STANDARD_IA"));
        QCOMPARE(test::codeOf(classOf("DEEP_ARCHIVE")), std::string("NotImplemented"));
        QCOMPARE(test::codeOf(classOf("FAST")), std::string("InvalidStorageClass"));
    }

    void tagsHaveLimits()
    {
        const auto repeated = [](std::size_t count) {
            std::string text;
            for (std::size_t i = 0; i < count; ++i)
                text += (text.empty() ? "k" : "&k") + std::to_string(i) + "=v";
            return text;
        };
        QCOMPARE(parseTagHeader(repeated(10)).value().size(), std::size_t{10});
        QCOMPARE(test::codeOf(parseTagHeader(repeated(11))), std::string("BadRequest"));
        // 128 and 256 characters, each of two bytes.
        std::string key, value;
        for (int i = 0; i < 128; ++i)
            key += "%C3%A4";
        for (int i = 0; i < 256; ++i)
            value += "%C3%A4";
        QVERIFY(parseTagHeader(key + "=" + value).has_value());
        QCOMPARE(test::codeOf(parseTagHeader(key + "a=" + value)), std::string("InvalidTag"));
        QCOMPARE(test::codeOf(parseTagHeader(key + "=a" + value)), std::string("InvalidTag"));
        QCOMPARE(test::codeOf(parseTagHeader("a=1&a=2")), std::string("InvalidTag"));
        QCOMPARE(test::codeOf(parseTagHeader("aws:a=1")), std::string("InvalidTag"));
        QCOMPARE(test::codeOf(parseTagHeader("a%3Cb=1")), std::string("InvalidTag"));
        QCOMPARE(test::codeOf(parseTagHeader("a=%zz")), std::string("InvalidArgument"));
    }

    void tagsGoThroughTheirDocument()
    {
        const store::Pairs tags{{"colour", "red & blue"}, {"empty", ""}};

        QCOMPARE(test::codeOf(parseTagDocument(renderTags(tags))), std::string("InvalidTag"));
        const store::Pairs plain{{"colour", "red+blue"}, {"empty", ""}};
        QVERIFY(parseTagDocument(renderTags(plain)).value() == plain);
        for (const char *text :
             {"", "<Tagging/>", "<Tagging><TagSet><Tag><Key>k</Key></Tag></TagSet></Tagging>",
              "<Other><TagSet/></Other>", "<Tagging><TagSet>"})
            QCOMPARE(test::codeOf(parseTagDocument(text)), std::string("MalformedXML"));
    }

    void promisesOfABodyAreRead()
    {
        const auto promises = object_headers_test::promisesOf({{"Content-MD5", "1B2M2Y8AsgTpgAmY7PhCfg=="},
                                                               {"x-amz-checksum-crc32", "AAAAAA=="},
                                                               {"x-amz-sdk-checksum-algorithm", "crc32"}})
                                  .value();

        QVERIFY(promises.md5.has_value());
        QVERIFY(promises.algorithm == crypto::ChecksumAlgorithm::Crc32);
        QCOMPARE(promises.checksum.value().size(), std::size_t{4});
        QVERIFY(
            object_headers_test::promisesOf({{"x-amz-trailer", "x-amz-checksum-sha256"}}).value().inTrailer);
        QVERIFY(!object_headers_test::promisesOf({}).value().any());
    }

    void brokenPromisesAreRefused()
    {
        using Fields = ParsedRequest::Fields;
        const std::vector<std::pair<Fields, std::string>> rows{
            {{{"Content-MD5", "short"}}, "InvalidDigest"},
            {{{"Content-MD5", "AAAAAA=="}}, "InvalidDigest"},
            {{{"x-amz-checksum-crc32", "AAAA"}}, "InvalidRequest"},
            {{{"x-amz-checksum-crc32", "AAAAAA==-3"}}, "InvalidRequest"},
            {{{"x-amz-checksum-crc32", "AAAAAA=="}, {"x-amz-checksum-crc32c", "AAAAAA=="}}, "InvalidRequest"},
            {{{"x-amz-checksum-crc32", "AAAAAA=="}, {"x-amz-trailer", "x-amz-checksum-crc32"}},
             "InvalidRequest"},
            {{{"x-amz-trailer", "x-other"}}, "InvalidRequest"},
            {{{"x-amz-sdk-checksum-algorithm", "CRC32"}}, "InvalidRequest"},
            {{{"x-amz-sdk-checksum-algorithm", "SHA1"}, {"x-amz-checksum-crc32", "AAAAAA=="}},
             "InvalidRequest"},
            {{{"x-amz-sdk-checksum-algorithm", "FNV"}, {"x-amz-checksum-crc32", "AAAAAA=="}},
             "InvalidRequest"},
        };
        for (const auto &[fields, code] : rows)
            QCOMPARE(test::codeOf(object_headers_test::promisesOf(fields)), code);
    }

    void compositeChecksumsCarryTheirPartCount()
    {
        const auto algorithm = crypto::ChecksumAlgorithm::Crc32;
        const auto composite = parseChecksum(algorithm, "AAAAAA==-3");

        QVERIFY(composite->type == store::ChecksumType::Composite);
        QCOMPARE(checksumText(*composite, 3), std::string("AAAAAA==-3"));
        QCOMPARE(checksumText(*parseChecksum(algorithm, "AAAAAA=="), 3), std::string("AAAAAA=="));
        QVERIFY(!parseChecksum(algorithm, "AAAAAA==-x"));
        QVERIFY(!parseChecksum(algorithm, "AAAAAA"));
    }
};

MAXIOFS_TEST(ObjectHeadersTest)
#include "object_headers_test.moc"
