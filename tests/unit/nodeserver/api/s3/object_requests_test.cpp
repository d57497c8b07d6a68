// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/hex.h"
#include "s3_fixture.h"
#include "support/test_runner.h"

using namespace maxiofs;
using test::S3Client;
using test::S3Fixture;

namespace object_requests_test {

std::string pattern(std::size_t size)
{
    std::string text(size, '\0');
    std::uint32_t state = 12345;
    for (char &c : text) {
        state = state * 1664525U + 1013904223U;
        c = static_cast<char>(state >> 24);
    }
    return text;
}

std::string etagOf(std::string_view bytes)
{
    return "\"" + toHex(crypto::md5(asBytes(bytes))) + "\"";
}

std::string crc32Of(std::string_view bytes)
{
    return toBase64(crypto::checksumOf(crypto::ChecksumAlgorithm::Crc32, asBytes(bytes)));
}

S3Client::Request put(std::string body, S3Client::Payload payload = S3Client::Payload::Signed)
{
    S3Client::Request request{"PUT", "/bucket/key"};
    request.body = std::move(body);
    request.payload = payload;
    return request;
}

}  // namespace object_requests_test

class ObjectRequestsTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    // Sizes around the borders of buffers, frames and files of their own.
    void everySizeAndPayloadModeComesBack()
    {
        using Payload = S3Client::Payload;
        S3Fixture s3;
        for (const std::size_t size :
             {std::size_t{0}, std::size_t{1}, std::size_t{4096}, std::size_t{65'536}, std::size_t{131'073},
              std::size_t{262'144}, std::size_t{262'145}, std::size_t{1'300'000}}) {
            const std::string bytes = object_requests_test::pattern(size);
            for (const Payload payload : {Payload::Signed, Payload::Unsigned, Payload::SignedChunks,
                                          Payload::SignedChunksTrailer, Payload::UnsignedChunksTrailer}) {
                auto request = object_requests_test::put(bytes, payload);
                if (payload == Payload::SignedChunksTrailer || payload == Payload::UnsignedChunksTrailer) {
                    request.trailerName = "x-amz-checksum-crc32";
                    request.trailerValue = object_requests_test::crc32Of(bytes);
                }

                const auto stored = s3.owner->send(request);
                const auto read = s3.owner->send("GET", "/bucket/key");

                QCOMPARE(stored.status, 200U);
                QCOMPARE(stored.header("etag"), object_requests_test::etagOf(bytes));
                QCOMPARE(read.status, 200U);
                QVERIFY(read.body == bytes);
            }
        }
    }

    void whatDoesNotFitItsDigestIsNotStored()
    {
        using Payload = S3Client::Payload;
        S3Fixture s3;
        for (const std::size_t size : {std::size_t{5000}, std::size_t{900'000}}) {
            const std::string bytes = object_requests_test::pattern(size);
            std::vector<std::pair<S3Client::Request, std::string>> rows;
            auto hash = object_requests_test::put(bytes);
            hash.payloadHash = crypto::sha256Hex(asBytes("other"));
            rows.emplace_back(hash, "XAmzContentSHA256Mismatch");
            auto md5 = object_requests_test::put(bytes);
            md5.headers = {{"Content-MD5", toBase64(crypto::md5(asBytes("other")))}};
            rows.emplace_back(md5, "BadDigest");
            auto checksum = object_requests_test::put(bytes);
            checksum.headers = {{"x-amz-checksum-crc32", object_requests_test::crc32Of("other")}};
            rows.emplace_back(checksum, "BadDigest");
            auto trailer = object_requests_test::put(bytes, Payload::UnsignedChunksTrailer);
            trailer.trailerName = "x-amz-checksum-crc32";
            trailer.trailerValue = object_requests_test::crc32Of("other");
            rows.emplace_back(trailer, "BadDigest");
            auto chunk = object_requests_test::put(bytes, Payload::SignedChunks);
            chunk.chunkSignaturesAreWrong = true;
            rows.emplace_back(chunk, "SignatureDoesNotMatch");

            for (const auto &[request, code] : rows)
                QCOMPARE(s3.owner->send(request).code(), code);
            QCOMPARE(s3.owner->send("GET", "/bucket/key").code(), std::string("NoSuchKey"));
        }
    }

    // Nothing of the body is sent: the answer can only come from the head.
    void refusalsComeBeforeTheBody()
    {
        S3Fixture s3;
        const auto headOnly = [](std::string target, S3Client::Headers headers, std::string length) {
            S3Client::Request request{"PUT", std::move(target)};
            request.headers = std::move(headers);
            request.payload = S3Client::Payload::Unsigned;
            request.onlyHead = true;
            request.contentLength = std::move(length);
            return request;
        };

        QCOMPARE(s3.owner->send(headOnly("/missing/key", {}, "1000000")).code(), std::string("NoSuchBucket"));
        QCOMPARE(s3.other->send(headOnly("/bucket/key", {}, "1000000")).code(), std::string("AccessDenied"));
        QCOMPARE(s3.nobody->send(headOnly("/bucket/key", {}, "1000000")).code(), std::string("AccessDenied"));
        QCOMPARE(s3.owner->send(headOnly("/bucket/key", {{"x-amz-acl", "public-read"}}, "1000000")).code(),
                 std::string("NotImplemented"));
        QCOMPARE(s3.owner->send(headOnly("/bucket/key", {}, "5368709121")).code(),
                 std::string("EntityTooLarge"));
        const auto withoutLength = s3.owner->send(headOnly("/bucket/key", {}, "none"));
        QCOMPARE(withoutLength.status, 411U);
        QCOMPARE(withoutLength.code(), std::string("MissingContentLength"));
    }

    void headersComeBack()
    {
        S3Fixture s3;
        const std::string crc = object_requests_test::crc32Of("hello");
        const auto stored = s3.owner->send("PUT", "/bucket/key", "hello",
                                           {{"Content-Type", "text/plain"},
                                            {"x-amz-meta-colour", "red"},
                                            {"x-amz-tagging", "a=1"},
                                            {"x-amz-checksum-crc32", crc},
                                            {"x-amz-storage-class", "STANDARD_IA"},
                                            {"x-amz-server-side-encryption", "AES256"}});

        const auto head = s3.owner->send("HEAD", "/bucket/key", {}, {{"x-amz-checksum-mode", "ENABLED"}});
        const auto quiet = s3.owner->send("HEAD", "/bucket/key");

        QCOMPARE(stored.header("x-amz-checksum-crc32"), crc);
        QCOMPARE(head.status, 200U);
        QVERIFY(head.body.empty());
        QCOMPARE(head.header("content-length"), std::string("5"));
        QCOMPARE(head.header("content-type"), std::string("text/plain"));
        QCOMPARE(head.header("x-amz-meta-colour"), std::string("red"));
        QCOMPARE(head.header("x-amz-tagging-count"), std::string("1"));
        QCOMPARE(head.header("x-amz-storage-class"), std::string("STANDARD_IA"));
        QCOMPARE(head.header("x-amz-server-side-encryption"), std::string("AES256"));
        QCOMPARE(head.header("x-amz-checksum-crc32"), crc);
        QCOMPARE(head.header("x-amz-checksum-type"), std::string("FULL_OBJECT"));
        QVERIFY(quiet.header("x-amz-checksum-crc32").empty());
        QVERIFY(!head.header("x-amz-request-id").empty());
        QCOMPARE(head.header("x-amz-id-2"), std::string("test-host"));
    }

    void rangesAnswerTheirPart()
    {
        S3Fixture s3;
        const std::string bytes = object_requests_test::pattern(700'000);
        QCOMPARE(s3.owner->send("PUT", "/bucket/key", bytes).status, 200U);
        const auto get = [&](const char *range) {
            return s3.owner->send("GET", "/bucket/key", {}, {{"Range", range}});
        };

        const auto middle = get("bytes=65530-400000");
        const auto tail = get("bytes=-7");
        const auto beyond = get("bytes=700000-");

        QCOMPARE(middle.status, 206U);
        QVERIFY(middle.body == bytes.substr(65'530, 400'000 - 65'530 + 1));
        QCOMPARE(middle.header("content-range"), std::string("bytes 65530-400000/700000"));
        QVERIFY(tail.body == bytes.substr(700'000 - 7));
        QCOMPARE(beyond.status, 416U);
        QCOMPARE(beyond.code(), std::string("InvalidRange"));
        QCOMPARE(beyond.header("content-range"), std::string("bytes */700000"));
        QCOMPARE(get("bytes=0-1,5-6").status, 200U);
    }

    void conditionsDecideReadsAndWrites()
    {
        S3Fixture s3;
        const std::string etag = s3.owner->send("PUT", "/bucket/key", "one").header("etag");

        const auto unchanged = s3.owner->send("GET", "/bucket/key", {}, {{"If-None-Match", etag}});
        const auto failed = s3.owner->send("GET", "/bucket/key", {}, {{"If-Match", "\"x\""}});
        const auto exists = s3.owner->send("PUT", "/bucket/key", "two", {{"If-None-Match", "*"}});
        const auto missing = s3.owner->send("PUT", "/bucket/new", "two", {{"If-Match", etag}});
        const auto replaced = s3.owner->send("PUT", "/bucket/key", "two", {{"If-Match", etag}});
        const auto stale = s3.owner->send("DELETE", "/bucket/key", {}, {{"If-Match", etag}});

        QCOMPARE(unchanged.status, 304U);
        QCOMPARE(unchanged.header("etag"), etag);
        QVERIFY(unchanged.body.empty());
        QCOMPARE(failed.status, 412U);
        QCOMPARE(failed.xml().childText("Condition"), std::string_view("If-Match"));
        QCOMPARE(exists.status, 412U);
        QCOMPARE(missing.code(), std::string("NoSuchKey"));
        QCOMPARE(replaced.status, 200U);
        QCOMPARE(stale.status, 412U);
    }

    void presignedRequestsNeedNoHeader()
    {
        S3Fixture s3;
        QCOMPARE(s3.owner->send("PUT", "/bucket/key", "hello").status, 200U);
        const std::string target = s3.owner->presigned("GET", "/bucket/key?response-content-type=text%2Fcss");

        const auto read = s3.nobody->sendPlain("GET", target);
        const auto otherMethod = s3.nobody->sendPlain("DELETE", target);
        const auto unsignedRead = s3.nobody->sendPlain("GET", "/bucket/key");

        QCOMPARE(read.body, std::string("hello"));
        QCOMPARE(read.header("content-type"), std::string("text/css"));
        QCOMPARE(otherMethod.code(), std::string("SignatureDoesNotMatch"));
        QCOMPARE(unsignedRead.code(), std::string("AccessDenied"));
    }

    void theHostMayNameTheBucket()
    {
        S3Fixture s3;
        S3Client::Request request{"PUT", "/key"};
        request.body = "hello";
        request.host = "bucket.s3.example.com";

        QCOMPARE(s3.owner->send(request).status, 200U);
        QCOMPARE(s3.owner->send("GET", "/bucket/key").body, std::string("hello"));
    }

    void requestsAreCountedOnce()
    {
        S3Fixture s3;
        (void)s3.owner->send("PUT", "/bucket/key", "hello");
        (void)s3.owner->send("GET", "/bucket/key");
        (void)s3.owner->send("GET", "/bucket/missing");

        const auto &gets = s3.metrics.operation(api::s3::OperationId::GetObject);
        QTRY_COMPARE(gets.requests.value(), std::uint64_t{2});
        QCOMPARE(gets.clientErrors.value(), std::uint64_t{1});
        QCOMPARE(s3.metrics.operation(api::s3::OperationId::PutObject).bytesIn.value(), std::uint64_t{5});
        QCOMPARE(gets.latency.count(), std::uint64_t{2});
    }

    void theOwnerOfTheBucketMayBeExpected()
    {
        S3Fixture s3;
        const std::string ownerId = s3.buckets->find("bucket").value()->ownerId;

        QCOMPARE(s3.owner->send("GET", "/bucket", {}, {{"x-amz-expected-bucket-owner", ownerId}}).status,
                 200U);
        QCOMPARE(s3.owner->send("GET", "/bucket", {}, {{"x-amz-expected-bucket-owner", "1234"}}).status,
                 403U);
    }

    void errorsOfSignaturesTellWhatWasSigned()
    {
        S3Fixture s3;
        sigv4::Credentials wrong = s3.addUser("third");
        wrong.secretKey += "x";
        const S3Client liar = s3.clientFor(wrong);
        wrong.accessKeyId = "UNKNOWN";
        const S3Client unknown = s3.clientFor(wrong);

        const auto mismatch = liar.send("GET", "/bucket/key");

        QCOMPARE(mismatch.code(), std::string("SignatureDoesNotMatch"));
        QVERIFY(mismatch.xml().childText("StringToSign").starts_with("AWS4-HMAC-SHA256\n"));
        QVERIFY(mismatch.xml().childText("CanonicalRequest").starts_with("GET\n/bucket/key\n"));
        QCOMPARE(unknown.send("GET", "/bucket/key").code(), std::string("InvalidAccessKeyId"));
    }
};

MAXIOFS_TEST(ObjectRequestsTest)
#include "object_requests_test.moc"
