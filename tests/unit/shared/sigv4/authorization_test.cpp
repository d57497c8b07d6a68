// SPDX-License-Identifier: GPL-3.0-or-later
#include "sigv4/authorization.h"

#include "aws_examples.h"
#include "support/test_runner.h"

namespace maxiofs {

namespace authorization_test {

using aws_examples::Request;

// What parsing says: "accepted", or code and the beginning of the message.
std::string outcome(Request request, std::int64_t now = aws_examples::kTime)
{
    const auto auth = sigv4::parseAuthorization(request.view(), now);
    return auth ? "accepted" : std::string(sigv4::s3CodeOf(auth.error().code)) + ": " + auth.error().message;
}

Request withAuthorization(const std::string &value)
{
    Request request = aws_examples::getObject();
    request.set("Authorization", value);
    return request;
}

std::string replaced(std::string text, const std::string &what, const std::string &by)
{
    return text.replace(text.find(what), what.size(), by);
}

Request presignedWith(const std::string &what, const std::string &by)
{
    Request request = aws_examples::presigned();
    request.query = replaced(request.query, what, by);
    return request;
}

}  // namespace authorization_test

class AuthorizationTest : public QObject {
    Q_OBJECT

    static constexpr std::int64_t kMinute = 60'000;
    static std::string goodHeader()
    {
        return aws_examples::authorizationOf("host;range;x-amz-content-sha256;x-amz-date",
                                             std::string(64, 'a'));
    }

private Q_SLOTS:
    void everyFieldOfTheHeaderIsRead()
    {
        aws_examples::Request request = aws_examples::getObject();

        const auto auth = sigv4::parseAuthorization(request.view(), aws_examples::kTime);

        QVERIFY(auth.has_value());
        QVERIFY(auth->kind == sigv4::Authorization::Kind::Header);
        QCOMPARE(auth->accessKeyId, std::string(aws_examples::kAccessKey));
        QCOMPARE(auth->scope(), std::string(aws_examples::kScope));
        QCOMPARE(auth->signedAtUnixMs, aws_examples::kTime);
        QCOMPARE(auth->signedHeaders.size(), std::size_t{4});
        QVERIFY(auth->payload == sigv4::PayloadMode::Signed);
    }

    void blanksAndOrderOfTheFieldsDoNotMatter()
    {
        using namespace authorization_test;
        const std::string credential = "Credential=A/KEY/20130524/eu/s3/aws4_request";
        const std::string signature = "Signature=" + std::string(64, '0');
        const std::string headers = "SignedHeaders=host;x-amz-date;x-amz-content-sha256";

        aws_examples::Request request =
            withAuthorization("AWS4-HMAC-SHA256  " + signature + " ,  " + headers + "," + credential + " ");
        const auto auth = sigv4::parseAuthorization(request.view(), aws_examples::kTime);

        QVERIFY(auth.has_value());
        QCOMPARE(auth->accessKeyId, std::string("A/KEY"));
        QCOMPARE(auth->region, std::string("eu"));
    }

    void malformedHeadersAreRefused()
    {
        using namespace authorization_test;
        const std::string good = goodHeader();
        QCOMPARE(outcome(withAuthorization(good)), std::string("accepted"));
        const std::pair<std::string, std::string> changes[] = {
            {"Credential=", "Credentials="},
            {"/20130524/", "/2013052/"},
            {"/20130524/", "/20130532/"},
            {"/20130524/", "/20130523/"},
            {"/s3/", "/ec2/"},
            {"aws4_request", "aws4"},
            {"host;", ""},
            {"host;", "host;host;"},
            {"host;", ";host;"},
            {std::string(64, 'a'), std::string(63, 'a')},
            {std::string(64, 'a'), std::string(64, 'A')},
            {",Signature", ""},
            {aws_examples::kAccessKey, ""},
            {"/us-east-1/", "//"},
            {"Signature=", "Signature=b,Signature="},
        };
        for (const auto &[what, by] : changes) {
            const std::string got = outcome(withAuthorization(replaced(good, what, by)));
            QVERIFY2(got.starts_with("AuthorizationHeaderMalformed"), (by + " gives " + got).c_str());
        }
        QVERIFY(outcome(withAuthorization("AWS AKID:sig")).starts_with("InvalidRequest"));
        QVERIFY(outcome(withAuthorization("Bearer x")).starts_with("InvalidArgument"));
        QVERIFY(outcome(withAuthorization("")).starts_with("InvalidArgument"));
        QVERIFY(outcome(withAuthorization("AWS4-HMAC-SHA256")).starts_with("AuthorizationHeaderMalformed"));
    }

    void aClockMayBeFifteenMinutesOff()
    {
        using authorization_test::outcome;
        const aws_examples::Request request = aws_examples::getObject();

        QCOMPARE(outcome(request, aws_examples::kTime + 15 * kMinute), std::string("accepted"));
        QCOMPARE(outcome(request, aws_examples::kTime - 15 * kMinute), std::string("accepted"));
        QVERIFY(outcome(request, aws_examples::kTime + 15 * kMinute + 1).starts_with("RequestTimeTooSkewed"));
        QVERIFY(outcome(request, aws_examples::kTime - 15 * kMinute - 1).starts_with("RequestTimeTooSkewed"));
    }

    void theDateHeaderServesWithoutXAmzDate()
    {
        using namespace authorization_test;
        aws_examples::Request request =
            withAuthorization(aws_examples::authorizationOf("date;host", std::string(64, 'a')));
        std::erase_if(request.headers, [](const auto &header) { return header.first == "x-amz-date"; });
        QVERIFY(outcome(request).starts_with("AccessDenied: AWS authentication requires a valid Date"));

        request.set("Date", "Fri, 24 May 2013 00:00:00 GMT");
        QCOMPARE(outcome(request), std::string("accepted"));
        request.set("Date", "yesterday");
        QVERIFY(outcome(request).starts_with("AccessDenied"));
    }

    void headersThatS3ActsOnMustBeSigned()
    {
        using namespace authorization_test;
        aws_examples::Request request = aws_examples::getObject();
        request.set("X-Amz-Acl", "public-read");
        request.set("x-amzn-trace-id", "left alone");

        QCOMPARE(outcome(request),
                 std::string("AccessDenied: There were headers present in the request which were "
                             "not signed: x-amz-acl"));

        aws_examples::Request presigned = aws_examples::presigned();
        presigned.set("x-amz-tagging", "a=b");
        QVERIFY(outcome(presigned).starts_with("AccessDenied: There were headers present"));
    }

    void aHeaderThatIsNamedButMissingIsRefused()
    {
        using namespace authorization_test;

        const auto request = withAuthorization(replaced(goodHeader(), "host;", "expect;host;"));

        QVERIFY(outcome(request).starts_with("SignatureDoesNotMatch"));
    }

    void thePayloadsHashIsRequiredAndOfAKnownForm()
    {
        using namespace authorization_test;
        aws_examples::Request request = aws_examples::getObject();
        request.set("x-amz-content-sha256", "STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD");
        QVERIFY(outcome(request).starts_with("InvalidArgument: x-amz-content-sha256 must be"));

        std::erase_if(request.headers,
                      [](const auto &header) { return header.first == "x-amz-content-sha256"; });
        QVERIFY(outcome(request).starts_with("InvalidRequest: Missing required header"));

        const std::pair<const char *, sigv4::PayloadMode> modes[] = {
            {"UNSIGNED-PAYLOAD", sigv4::PayloadMode::Unsigned},
            {"STREAMING-AWS4-HMAC-SHA256-PAYLOAD", sigv4::PayloadMode::SignedChunks},
            {"STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER", sigv4::PayloadMode::SignedChunksTrailer},
            {"STREAMING-UNSIGNED-PAYLOAD-TRAILER", sigv4::PayloadMode::UnsignedChunksTrailer},
        };
        for (const auto &[name, mode] : modes) {
            request.set("x-amz-content-sha256", name);
            const auto auth = sigv4::parseAuthorization(request.view(), aws_examples::kTime);
            QVERIFY(auth && auth->payload == mode && auth->payloadHash == name);
        }
    }

    void aPresignedUrlIsGoodUntilItExpires()
    {
        using authorization_test::outcome;
        const aws_examples::Request request = aws_examples::presigned();
        constexpr std::int64_t kDay = 86'400'000;

        QCOMPARE(outcome(request, aws_examples::kTime + kDay), std::string("accepted"));
        QCOMPARE(outcome(request, aws_examples::kTime + kDay + 1),
                 std::string("AccessDenied: Request has expired"));
        QCOMPARE(outcome(request, aws_examples::kTime - 15 * kMinute), std::string("accepted"));
        QCOMPARE(outcome(request, aws_examples::kTime - 16 * kMinute),
                 std::string("AccessDenied: Request is not valid yet"));
    }

    void malformedPresignedUrlsAreRefused()
    {
        using namespace authorization_test;
        const std::pair<const char *, const char *> changes[] = {
            {"AWS4-HMAC-SHA256", "AWS4-HMAC-SHA1"},
            {"86400", "604801"},
            {"86400", "-1"},
            {"86400", ""},
            {"%2F20130524", ""},
            {"T000000Z", "T000000"},
            {"20130524T", "20130525T"},
            {"=host", "=date"},
            {"&X-Amz-Expires=86400", ""},
            {"aeeed9bb", "xyz"},
            {"=host", "=host&X-Amz-Expires=1"},
        };
        for (const auto &[what, by] : changes) {
            const std::string got = outcome(presignedWith(what, by));
            QVERIFY2(got.starts_with("AuthorizationQueryParametersError"),
                     (std::string(by) + " gives " + got).c_str());
        }
        QCOMPARE(outcome(presignedWith("86400", "604800")), std::string("accepted"));
        QVERIFY(outcome(presignedWith("=host", "=%zz")).starts_with("InvalidURI"));
    }

    void aPresignedUrlMayCarryATokenAndAPayloadHash()
    {
        aws_examples::Request request = authorization_test::presignedWith(
            "=host", std::string("=host&X-Amz-Security-Token=to%2Fken&X-Amz-Content-Sha256=") +
                         aws_examples::kEmptyHash);

        const auto auth = sigv4::parseAuthorization(request.view(), aws_examples::kTime);

        QVERIFY(auth.has_value());
        QCOMPARE(auth->securityToken, std::string("to/ken"));
        QVERIFY(auth->payload == sigv4::PayloadMode::Signed);
    }

    void onlyOneAuthenticationIsAllowed()
    {
        using authorization_test::outcome;
        aws_examples::Request both = aws_examples::presigned();
        both.set("Authorization", goodHeader());
        QVERIFY(outcome(both).starts_with("InvalidArgument: Only one auth mechanism"));

        aws_examples::Request twice = aws_examples::getObject();
        twice.headers.emplace_back("authorization", goodHeader());
        QVERIFY(outcome(twice).starts_with("InvalidArgument"));
    }

    void aRequestWithoutAuthenticationIsAnonymous()
    {
        using authorization_test::outcome;
        aws_examples::Request request;
        request.query = "list-type=2";

        const auto auth = sigv4::parseAuthorization(request.view(), aws_examples::kTime);

        QVERIFY(auth && auth->kind == sigv4::Authorization::Kind::Anonymous);
        QVERIFY(auth->payload == sigv4::PayloadMode::Unsigned);
        request.query = "AWSAccessKeyId=a&Signature=b&Expires=1";
        QVERIFY(outcome(request).starts_with("InvalidRequest"));
        request.query = "";
        request.set("x-amz-content-sha256", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD");
        QVERIFY(outcome(request).starts_with("InvalidRequest"));
        request.set("x-amz-content-sha256", "STREAMING-UNSIGNED-PAYLOAD-TRAILER");
        QCOMPARE(outcome(request), std::string("accepted"));
    }
};

MAXIOFS_TEST(AuthorizationTest)

}  // namespace maxiofs

#include "authorization_test.moc"
