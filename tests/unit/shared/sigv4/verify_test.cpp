// SPDX-License-Identifier: GPL-3.0-or-later
#include "sigv4/verify.h"

#include "aws_examples.h"
#include "sigv4/canonical_request.h"
#include "support/test_runner.h"

namespace maxiofs {

namespace verify_test {

using aws_examples::Request;

// "good", or the S3 code of the refusal.
std::string outcome(Request &request, std::int64_t now = aws_examples::kTime)
{
    const auto view = request.view();
    const auto auth = sigv4::parseAuthorization(view, now);
    if (!auth)
        return std::string(sigv4::s3CodeOf(auth.error().code));
    const auto verified = sigv4::verify(*auth, view, aws_examples::key());
    return verified ? "good" : std::string(sigv4::s3CodeOf(verified.error().code));
}

}  // namespace verify_test

class VerifyTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void theReferencesExamplesAreGood()
    {
        using aws_examples::authorizationOf;
        aws_examples::Request get = aws_examples::getObject();
        QCOMPARE(verify_test::outcome(get), std::string("good"));

        aws_examples::Request put;
        put.method = "PUT";
        put.path = "/test$file.text";
        put.set("Date", "Fri, 24 May 2013 00:00:00 GMT");
        put.set("x-amz-date", aws_examples::kDate);
        put.set("x-amz-storage-class", "REDUCED_REDUNDANCY");
        put.set("x-amz-content-sha256", "44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072");
        put.set("Authorization",
                authorizationOf("date;host;x-amz-content-sha256;x-amz-date;x-amz-storage-class",
                                "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd"));
        QCOMPARE(verify_test::outcome(put), std::string("good"));

        aws_examples::Request lifecycle;
        lifecycle.query = "lifecycle";
        lifecycle.set("x-amz-date", aws_examples::kDate);
        lifecycle.set("x-amz-content-sha256", aws_examples::kEmptyHash);
        lifecycle.set("Authorization",
                      authorizationOf("host;x-amz-content-sha256;x-amz-date",
                                      "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"));
        QCOMPARE(verify_test::outcome(lifecycle), std::string("good"));

        aws_examples::Request list = lifecycle;
        list.query = "prefix=J&max-keys=2";
        list.set("Authorization",
                 authorizationOf("host;x-amz-content-sha256;x-amz-date",
                                 "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"));
        QCOMPARE(verify_test::outcome(list), std::string("good"));

        aws_examples::Request presigned = aws_examples::presigned();
        QCOMPARE(verify_test::outcome(presigned), std::string("good"));
    }

    void whateverIsSignedMayNotChange()
    {
        const auto changed = [](auto change) {
            aws_examples::Request request = aws_examples::getObject();
            change(request);
            return verify_test::outcome(request);
        };
        using Request = aws_examples::Request;
        const std::string refused = "SignatureDoesNotMatch";

        QCOMPARE(changed([](Request &r) { r.method = "PUT"; }), refused);
        QCOMPARE(changed([](Request &r) { r.path = "/test.txT"; }), refused);
        QCOMPARE(changed([](Request &r) { r.path = "//test.txt"; }), refused);
        QCOMPARE(changed([](Request &r) { r.query = "acl"; }), refused);
        QCOMPARE(changed([](Request &r) { r.set("Range", "bytes=0-8"); }), refused);
        QCOMPARE(changed([](Request &r) { r.set("Host", "other.example"); }), refused);
        QCOMPARE(changed([](Request &r) { r.set("x-amz-date", "20130524T000001Z"); }), refused);
        QCOMPARE(changed([](Request &r) { r.set("x-amz-content-sha256", "UNSIGNED-PAYLOAD"); }), refused);
        QCOMPARE(changed([](Request &r) { r.headers.emplace_back("range", "bytes=9-9"); }), refused);
        QCOMPARE(
            changed([](Request &r) { std::erase_if(r.headers, [](auto &h) { return h.first == "Range"; }); }),
            refused);
        QCOMPARE(changed([](Request &r) { r.set("User-Agent", "not signed"); }), std::string("good"));
        QCOMPARE(changed([](Request &r) { r.set("Range", "  bytes=0-9 "); }), std::string("good"));
        QCOMPARE(changed([](Request &r) { r.path = "/%74est.txt"; }), std::string("good"));
    }

    void aRefusalSaysWhatWasComputed()
    {
        aws_examples::Request request = aws_examples::getObject();
        request.method = "HEAD";
        const auto view = request.view();
        const auto auth = sigv4::parseAuthorization(view, aws_examples::kTime);

        const auto verified = sigv4::verify(*auth, view, aws_examples::key());

        QVERIFY(verified.error().canonicalRequest.starts_with("HEAD\n/test.txt\n\nhost:examplebucket"));
        QVERIFY(verified.error().stringToSign.starts_with(
            "AWS4-HMAC-SHA256\n20130524T000000Z\n20130524/us-east-1"));
        QCOMPARE(sigv4::httpStatusOf(verified.error().code), 403U);
    }

    void theCanonicalRequestIsThatOfTheReference()
    {
        aws_examples::Request request = aws_examples::getObject();

        const auto canonical =
            sigv4::canonicalRequest(request.view(), {"host", "range", "x-amz-content-sha256", "x-amz-date"},
                                    aws_examples::kEmptyHash, false);

        QCOMPARE(sigv4::stringToSign(aws_examples::kDate, aws_examples::kScope, *canonical),
                 std::string("AWS4-HMAC-SHA256\n20130524T000000Z\n20130524/us-east-1/s3/aws4_request\n"
                             "7344ae5b7ee6c3e7e6b0fe0640412a37625d1fbfff95c48bbb2dc43964946972"));
    }

    void pathAndQueryAreEncodedAsS3Does()
    {
        QVERIFY(sigv4::canonicalPath("/a//b/../c%2Fd+e f") == "/a//b/../c/d%2Be%20f");
        QVERIFY(sigv4::canonicalPath("/\xc3\xbc%c3%bc") == "/%C3%BC%C3%BC");
        QVERIFY(!sigv4::canonicalPath("/%zz"));
        QVERIFY(sigv4::canonicalQuery("b=2&a=%7e&b=1&c&A=x+y&a-=", false) == "A=x%20y&a=~&a-=&b=1&b=2&c=");
        QVERIFY(sigv4::canonicalQuery("X-Amz-Signature=s&a=1", true) == "a=1");
        QVERIFY(sigv4::canonicalQuery("X-Amz-Signature=s&a=1", false) == "X-Amz-Signature=s&a=1");
    }

    void headerValuesAreTrimmedFoldedAndJoined()
    {
        aws_examples::Request request;
        request.headers = {{"X-B", "  one   two\t three "}, {"host", "h"}, {"x-b", "four"}};

        const auto canonical = sigv4::canonicalRequest(request.view(), {"host", "x-b"}, "hash", false);

        QCOMPARE(*canonical, std::string("GET\n/\n\nhost:h\nx-b:one two three,four\n\nhost;x-b\nhash"));
    }
};

MAXIOFS_TEST(VerifyTest)

}  // namespace maxiofs

#include "verify_test.moc"
