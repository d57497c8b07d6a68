// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/hex.h"
#include "s3_fixture.h"
#include "support/test_runner.h"

using namespace maxiofs;
using test::S3Client;
using test::S3Fixture;
using Texts = std::vector<std::string>;

namespace multipart_requests_test {

constexpr std::size_t kPart = 5 << 20;

std::string begin(const S3Client &client, const S3Client::Headers &headers = {})
{
    return std::string(client.send("POST", "/bucket/key?uploads", {}, headers).xml().childText("UploadId"));
}

std::string part(const std::string &upload, unsigned number)
{
    return "/bucket/key?partNumber=" + std::to_string(number) + "&uploadId=" + upload;
}

std::string documentOf(const Texts &etags)
{
    std::string text = "<CompleteMultipartUpload>";
    for (std::size_t i = 0; i < etags.size(); ++i)
        text += "<Part><PartNumber>" + std::to_string(i + 1) + "</PartNumber><ETag>" + etags[i] +
                "</ETag></Part>";
    return text + "</CompleteMultipartUpload>";
}

}  // namespace multipart_requests_test

class MultipartRequestsTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void partsBecomeAnObject()
    {
        using namespace multipart_requests_test;
        S3Fixture s3;
        const std::string first(kPart, 'a');
        const std::string upload = begin(*s3.owner, {{"x-amz-meta-colour", "red"}});
        const Texts etags{s3.owner->send("PUT", part(upload, 1), first).header("etag"),
                          s3.owner->send("PUT", part(upload, 2), "tail").header("etag")};
        const auto listed = s3.owner->send("GET", "/bucket/key?uploadId=" + upload);
        const auto open = s3.owner->send("GET", "/bucket?uploads");

        const auto done = s3.owner->send("POST", "/bucket/key?uploadId=" + upload, documentOf(etags));
        const auto again = s3.owner->send("POST", "/bucket/key?uploadId=" + upload, documentOf(etags));

        QVERIFY((listed.texts({"Part", "Size"}) == Texts{std::to_string(kPart), "4"}));
        QVERIFY((open.texts({"Upload", "UploadId"}) == Texts{upload}));
        QCOMPARE(done.status, 200U);
        QVERIFY(done.xml().childText("ETag").ends_with("-2\""));
        QCOMPARE(done.xml().childText("Location"), std::string_view("http://localhost/bucket/key"));
        QCOMPARE(again.xml().childText("ETag"), done.xml().childText("ETag"));
        const auto read = s3.owner->send("GET", "/bucket/key");
        QVERIFY(read.body == first + "tail");
        QCOMPARE(read.header("x-amz-meta-colour"), std::string("red"));
        const auto second = s3.owner->send("GET", "/bucket/key?partNumber=2");
        QCOMPARE(second.status, 206U);
        QCOMPARE(second.body, std::string("tail"));
        QCOMPARE(second.header("x-amz-mp-parts-count"), std::string("2"));
        QCOMPARE(s3.owner->send("GET", "/bucket/key?partNumber=3").code(), std::string("InvalidPartNumber"));
    }

    void completionsThatDoNotFitAreRefused()
    {
        using namespace multipart_requests_test;
        S3Fixture s3;
        const std::string upload = begin(*s3.owner);
        const Texts etags{s3.owner->send("PUT", part(upload, 1), "small").header("etag"),
                          s3.owner->send("PUT", part(upload, 2), "tail").header("etag")};
        const auto complete = [&](const std::string &id, const std::string &body,
                                  const S3Client::Headers &headers = {}) {
            return s3.owner->send("POST", "/bucket/key?uploadId=" + id, body, headers).code();
        };

        QCOMPARE(complete(upload, documentOf(etags)), std::string("EntityTooSmall"));
        QCOMPARE(complete(upload, documentOf({"0"})), std::string("InvalidPart"));
        QCOMPARE(complete(upload, "<CompleteMultipartUpload/>"), std::string("InvalidRequest"));
        QCOMPARE(complete(upload, ""), std::string("InvalidRequest"));
        QCOMPARE(complete(std::string(32, '0'), documentOf(etags)), std::string("NoSuchUpload"));
        QCOMPARE(s3.owner->send("DELETE", "/bucket/key?uploadId=" + upload).status, 204U);
        QCOMPARE(s3.owner->send("PUT", part(upload, 1), "x").code(), std::string("NoSuchUpload"));
    }

    void checksumsOfPartsMakeTheObjects()
    {
        using namespace multipart_requests_test;
        S3Fixture s3;
        const std::string first(kPart, 'a');
        const auto crc = [](std::string_view bytes) {
            return toBase64(crypto::checksumOf(crypto::ChecksumAlgorithm::Crc32, asBytes(bytes)));
        };
        const std::string upload =
            begin(*s3.owner, {{"x-amz-checksum-algorithm", "CRC32"}, {"x-amz-checksum-type", "FULL_OBJECT"}});
        const Texts etags{
            s3.owner->send("PUT", part(upload, 1), first, {{"x-amz-checksum-crc32", crc(first)}})
                .header("etag"),
            s3.owner->send("PUT", part(upload, 2), "tail").header("etag")};
        QCOMPARE(
            s3.owner->send("PUT", part(upload, 3), "x", {{"x-amz-checksum-sha1", std::string(27, 'A') + "="}})
                .code(),
            std::string("InvalidRequest"));

        const std::string document = documentOf(etags);
        const auto wrong = s3.owner->send("POST", "/bucket/key?uploadId=" + upload, document,
                                          {{"x-amz-checksum-crc32", crc("other")}});
        const auto done = s3.owner->send("POST", "/bucket/key?uploadId=" + upload, document,
                                         {{"x-amz-checksum-crc32", crc(first + "tail")}});
        const auto facts = s3.owner->send("GET", "/bucket/key?attributes", {},
                                          {{"x-amz-object-attributes", "Checksum,ObjectParts,ObjectSize"}});

        QCOMPARE(wrong.code(), std::string("BadDigest"));
        QCOMPARE(done.xml().childText("ChecksumCRC32"), std::string_view(crc(first + "tail")));
        QCOMPARE(done.xml().childText("ChecksumType"), std::string_view("FULL_OBJECT"));
        QVERIFY((facts.texts({"ObjectParts", "PartsCount"}) == Texts{"2"}));
        QVERIFY((facts.texts({"ObjectParts", "Part", "Size"}) == Texts{std::to_string(kPart), "4"}));
        QVERIFY((facts.texts({"Checksum", "ChecksumCRC32"}) == Texts{crc(first + "tail")}));
    }

    void partsAreCopiedFromRanges()
    {
        using namespace multipart_requests_test;
        S3Fixture s3;
        QCOMPARE(s3.owner->send("PUT", "/bucket/source", "0123456789").status, 200U);
        const std::string upload = begin(*s3.owner);
        const auto copy = [&](const char *range) {
            return s3.owner->send(
                "PUT", part(upload, 1), {},
                {{"x-amz-copy-source", "/bucket/source"}, {"x-amz-copy-source-range", range}});
        };

        QCOMPARE(copy("bytes=2-10").code(), std::string("InvalidArgument"));
        const Texts etags{std::string(copy("bytes=2-5").xml().childText("ETag"))};

        QCOMPARE(s3.owner->send("POST", "/bucket/key?uploadId=" + upload, documentOf(etags)).status, 200U);
        QCOMPARE(s3.owner->send("GET", "/bucket/key").body, std::string("2345"));
    }

    void objectsAreCopiedWithWhatTheyHave()
    {
        S3Fixture s3;
        QCOMPARE(s3.owner
                     ->send("PUT", "/bucket/source", "data",
                            {{"x-amz-meta-a", "1"}, {"x-amz-tagging", "t=1"}, {"Content-Type", "text/plain"}})
                     .status,
                 200U);
        const auto copy = [&](const char *target, S3Client::Headers headers) {
            headers.emplace_back("x-amz-copy-source", "/bucket/source");
            return s3.owner->send("PUT", target, {}, headers);
        };

        QCOMPARE(copy("/bucket/copy", {}).status, 200U);
        QCOMPARE(
            copy("/bucket/other", {{"x-amz-metadata-directive", "REPLACE"}, {"x-amz-meta-b", "2"}}).status,
            200U);
        QCOMPARE(copy("/bucket/source", {}).code(), std::string("InvalidRequest"));
        QCOMPARE(copy("/bucket/copy", {{"x-amz-copy-source-if-match", "\"x\""}}).status, 412U);

        const auto same = s3.owner->send("GET", "/bucket/copy");
        QCOMPARE(same.body, std::string("data"));
        QCOMPARE(same.header("x-amz-meta-a"), std::string("1"));
        QCOMPARE(same.header("x-amz-tagging-count"), std::string("1"));
        const auto replaced = s3.owner->send("GET", "/bucket/other");
        QVERIFY(replaced.header("x-amz-meta-a").empty());
        QCOMPARE(replaced.header("x-amz-meta-b"), std::string("2"));
        QCOMPARE(copy("/bucket/source", {{"x-amz-metadata-directive", "REPLACE"}}).status, 200U);
        QVERIFY(s3.owner->send("GET", "/bucket/source").header("x-amz-meta-a").empty());
    }

    void aCopyNeedsTheRightToReadItsSource()
    {
        S3Fixture s3;
        QCOMPARE(s3.owner->send("PUT", "/bucket/source", "data").status, 200U);
        QCOMPARE(s3.other->send("PUT", "/foreign").status, 200U);

        QCOMPARE(s3.other->send("PUT", "/foreign/copy", {}, {{"x-amz-copy-source", "/bucket/source"}}).code(),
                 std::string("AccessDenied"));
    }

    void tagsAreSetReadAndRemoved()
    {
        S3Fixture s3;
        QCOMPARE(s3.owner->send("PUT", "/bucket/key", "x").status, 200U);
        const std::string body =
            "<Tagging><TagSet><Tag><Key>a</Key><Value>1</Value></Tag></TagSet></Tagging>";

        QCOMPARE(s3.owner->send("PUT", "/bucket/key?tagging", body).status, 200U);
        QVERIFY((s3.owner->send("GET", "/bucket/key?tagging").texts({"TagSet", "Tag", "Key"}) == Texts{"a"}));
        QCOMPARE(s3.owner->send("DELETE", "/bucket/key?tagging").status, 204U);
        QVERIFY(s3.owner->send("GET", "/bucket/key?tagging").texts({"TagSet", "Tag"}).empty());
        QCOMPARE(s3.owner->send("PUT", "/bucket/missing?tagging", body).code(), std::string("NoSuchKey"));
    }
};

MAXIOFS_TEST(MultipartRequestsTest)
#include "multipart_requests_test.moc"
