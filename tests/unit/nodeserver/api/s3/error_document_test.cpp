// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/s3/error_document.h"
#include "support/test_runner.h"
#include "text/xml_reader.h"

using namespace maxiofs;
using namespace maxiofs::api::s3;

class ErrorDocumentTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aDocumentHasS3sElements()
    {
        const S3Error error = S3Error(errors::kNoSuchKey).with("Key", "a<b");

        const ErrorDocument document = renderError(error, "/bucket/a<b", "0123", "host", false);

        QCOMPARE(document.head.status, 404U);
        QCOMPARE(document.head.find("x-amz-request-id").value(), std::string_view("0123"));
        QCOMPARE(document.head.find("x-amz-id-2").value(), std::string_view("host"));
        const auto xml = text::parseXml(document.body).value();
        QCOMPARE(xml.name, std::string("Error"));
        QCOMPARE(xml.childText("Code"), std::string_view("NoSuchKey"));
        QCOMPARE(xml.childText("Key"), std::string_view("a<b"));
        QCOMPARE(xml.childText("Resource"), std::string_view("/bucket/a<b"));
        QCOMPARE(xml.childText("RequestId"), std::string_view("0123"));
        QCOMPARE(xml.childText("HostId"), std::string_view("host"));
    }

    void noBytesOfARequestBreakTheDocument()
    {
        const S3Error error = S3Error(errors::kInvalidArgument).with("ArgumentValue", "\xff\xfe");

        QVERIFY(text::parseXml(renderError(error, "/\xff", "1", "h", false).body).has_value());
    }

    void headAndNotModifiedHaveNoBody()
    {
        QVERIFY(renderError(S3Error(errors::kNoSuchKey), "/b/k", "1", "h", true).body.empty());
        const ErrorDocument unchanged =
            renderError(S3Error(errors::kNotModified).withHeader("ETag", "\"e\""), "/b/k", "1", "h", false);
        QCOMPARE(unchanged.head.status, 304U);
        QVERIFY(unchanged.body.empty());
        QCOMPARE(unchanged.head.find("ETag").value(), std::string_view("\"e\""));
    }

    void errorsOfTheStoreBecomeS3s()
    {
        const std::vector<std::tuple<Error::Code, std::string, unsigned>> rows{
            {Error::NoSuchBucket, "NoSuchBucket", 404},
            {Error::NoSuchKey, "NoSuchKey", 404},
            {Error::NoSuchVersion, "NoSuchVersion", 404},
            {Error::NoSuchUpload, "NoSuchUpload", 404},
            {Error::BucketNotEmpty, "BucketNotEmpty", 409},
            {Error::InvalidPart, "InvalidPart", 400},
            {Error::InvalidPartOrder, "InvalidPartOrder", 400},
            {Error::EntityTooSmall, "EntityTooSmall", 400},
            {Error::EntityTooLarge, "EntityTooLarge", 400},
            {Error::PreconditionFailed, "PreconditionFailed", 412},
            {Error::BadDigest, "BadDigest", 400},
            {Error::StorageFull, "InsufficientStorage", 507},
            {Error::Quota, "QuotaExceeded", 403},
            {Error::ReadOnly, "ServiceUnavailable", 503},
            {Error::Stopping, "ServiceUnavailable", 503},
            {Error::Busy, "SlowDown", 503},
            {Error::Corrupt, "InternalError", 500},
            {Error::Damaged, "InternalError", 500},
            {Error::Unsupported, "InternalError", 500},
            {Error::Io, "InternalError", 500},
            {Error::Internal, "InternalError", 500},
        };
        for (const auto &[code, name, status] : rows) {
            const S3Error error = fromStore(Error(code, "what happened"), {"bucket", "key", "", ""});
            QCOMPARE(std::string(error.kind.code), name);
            QCOMPARE(error.kind.status, status);
            QCOMPARE(error.cause.empty(), status < 500 || code == Error::Busy);
        }
    }

    void theServersFaultIsNotToldInDetail()
    {
        const S3Error error = fromStore(Error(Error::Io, "cannot read", "/secret/path"), {});

        QVERIFY(error.message.find("/secret/path") == std::string::npos);
        QVERIFY(error.cause.find("/secret/path") != std::string::npos);
    }

    void deleteMarkersAnswerByHowTheyWereNamed()
    {
        const Error marker(Error::DeleteMarker, "", "the-version");

        const S3Error latest = fromStore(marker, {"bucket", "key", "", ""});
        const S3Error named = fromStore(marker, {"bucket", "key", "the-version", ""});

        QCOMPARE(latest.kind.status, 404U);
        QCOMPARE(named.kind.status, 405U);
        QVERIFY((latest.headers == std::vector<S3Error::Pair>{{"x-amz-delete-marker", "true"},
                                                              {"x-amz-version-id", "the-version"}}));
        QCOMPARE(named.headers.front().second, std::string("DELETE"));
    }

    void aWrongSignatureTellsWhatWasComputed()
    {
        const S3Error error = fromAuth({sigv4::AuthErrorCode::SignatureDoesNotMatch, "", "GET\n/", "AWS4"});

        QCOMPARE(error.kind.status, 403U);
        const std::vector<S3Error::Pair> expected{{"StringToSign", "AWS4"},
                                                  {"StringToSignBytes", "41 57 53 34"},
                                                  {"CanonicalRequest", "GET\n/"},
                                                  {"CanonicalRequestBytes", "47 45 54 0a 2f"}};
        QVERIFY(error.details == expected);
    }
};

MAXIOFS_TEST(ErrorDocumentTest)
#include "error_document_test.moc"
