// SPDX-License-Identifier: GPL-3.0-or-later
#include "sigv4/signer.h"

#include "aws_examples.h"
#include "base/hex.h"
#include "sigv4/verify.h"
#include "support/test_runner.h"

namespace maxiofs {

class SignerTest : public QObject {
    Q_OBJECT

    static sigv4::Signer signer(std::string token = {})
    {
        return sigv4::Signer(
            {aws_examples::kAccessKey, aws_examples::kSecret, "us-east-1", std::move(token)});
    }

private Q_SLOTS:
    void theReferencesSignaturesComeOut()
    {
        aws_examples::Request get;
        get.path = "/test.txt";
        get.set("Range", "bytes=0-9");
        const auto head = signer().sign(get.view(), aws_examples::kEmptyHash, aws_examples::kTime);
        QCOMPARE(head.signature,
                 std::string("f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"));

        aws_examples::Request plain;
        plain.path = "/test.txt";
        QCOMPARE(signer().presign(plain.view(), 86'400, aws_examples::kTime),
                 aws_examples::presigned().query);
    }

    void chunksAndTrailerAreSignedAsInTheReference()
    {
        aws_examples::Request put;
        put.method = "PUT";
        put.path = "/examplebucket/chunkObject.txt";
        put.set("Host", "s3.amazonaws.com");
        put.set("x-amz-storage-class", "REDUCED_REDUNDANCY");
        put.set("Content-Encoding", "aws-chunked");
        put.set("x-amz-decoded-content-length", "66560");
        put.set("Content-Length", "66824");
        sigv4::Signer client = signer();
        const auto head = client.sign(put.view(), sigv4::kSignedChunksPayload, aws_examples::kTime);
        QCOMPARE(head.signature,
                 std::string("4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9"));

        auto chunks = client.chunks(head);
        QCOMPARE(chunks.nextChunk(crypto::sha256(Bytes(65'536, std::byte{'a'}))),
                 std::string("ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648"));
        QCOMPARE(chunks.nextChunk(crypto::sha256(Bytes(1'024, std::byte{'a'}))),
                 std::string("0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497"));
        QCOMPARE(chunks.nextChunk(crypto::sha256({})),
                 std::string("b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9"));

        sigv4::ChunkSignatures trailing(aws_examples::key(), aws_examples::kDate, aws_examples::kScope,
                                        "2ca2aba2005185cf7159c6277faf83795951dd77a3a99e6e65d5c9f85863f992");
        const std::vector<sigv4::Trailer> trailers{{"x-amz-checksum-crc32c", "sOO8/Q=="}};
        QCOMPARE(trailing.nextTrailer(trailers),
                 std::string("d81f82fc3505edab99d459891051a732e8730629a2e4a59689829ca17fe2e435"));
    }

    void whatIsSignedVerifies()
    {
        aws_examples::Request put;
        put.method = "PUT";
        put.path = "/b/a%20key%2Bwith~odd*characters/%C3%BC";
        put.query = "partNumber=1&uploadId=a%2Bb%3D";
        put.set("x-amz-meta-note", "two  words");
        const auto head =
            signer("a token").sign(put.view(), sigv4::kUnsignedPayload, aws_examples::kTime + 86'400'000);
        for (const auto &[name, value] : head.headers)
            put.set(name, value);

        const auto view = put.view();
        const auto auth = sigv4::parseAuthorization(view, aws_examples::kTime + 86'400'000);

        QVERIFY2(auth.has_value(), auth ? "" : auth.error().message.c_str());
        QCOMPARE(auth->securityToken, std::string("a token"));
        const auto key = sigv4::signingKey(aws_examples::kSecret, auth->day, auth->region);
        QVERIFY(sigv4::verify(*auth, view, key).has_value());
        QVERIFY(!sigv4::verify(*auth, view, aws_examples::key()).has_value());
    }

    void presignedUrlsWithTokensAndQueriesVerify()
    {
        aws_examples::Request get;
        get.path = "/b/k";
        get.query = "response-content-type=text%2Fplain&versionId=1";
        get.query = signer("to+ken/=").presign(get.view(), 60, aws_examples::kTime);

        const auto view = get.view();
        const auto auth = sigv4::parseAuthorization(view, aws_examples::kTime + 59'000);

        QVERIFY2(auth.has_value(), auth ? "" : auth.error().message.c_str());
        QCOMPARE(auth->securityToken, std::string("to+ken/="));
        QVERIFY(sigv4::verify(*auth, view, aws_examples::key()).has_value());
    }

    void theKeyFollowsTheDay()
    {
        sigv4::Signer client = signer();
        aws_examples::Request get;
        const auto first = client.sign(get.view(), sigv4::kUnsignedPayload, aws_examples::kTime);
        const auto nextDay =
            client.sign(get.view(), sigv4::kUnsignedPayload, aws_examples::kTime + 86'400'000);
        const auto again = client.sign(get.view(), sigv4::kUnsignedPayload, aws_examples::kTime);

        QCOMPARE(nextDay.scope, std::string("20130525/us-east-1/s3/aws4_request"));
        QVERIFY(first.signature == again.signature);
        QVERIFY(first.signature != nextDay.signature);
    }
};

MAXIOFS_TEST(SignerTest)

}  // namespace maxiofs

#include "signer_test.moc"
