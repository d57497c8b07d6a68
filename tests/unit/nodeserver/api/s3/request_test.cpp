// SPDX-License-Identifier: GPL-3.0-or-later
#include "parsed_request.h"
#include "support/test_runner.h"

using namespace maxiofs;
using namespace maxiofs::api::s3;
using test::ParsedRequest;

class S3RequestTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void pathStyleNamesBucketThenKey()
    {
        const ParsedRequest request("GET", "/bucket/a//b/../%C3%A4+%2B?x=1");

        QCOMPARE(request->bucket(), std::string("bucket"));
        QCOMPARE(request->key(), std::string("a//b/../\u00e4++"));
        QCOMPARE(*request->parameter("x"), std::string("1"));
        QCOMPARE(request->resource(), std::string("/bucket/a//b/../\u00e4++"));
        QVERIFY(!request->isVirtualHosted());
    }

    void aSlashAfterTheBucketStillNamesTheBucket()
    {
        QVERIFY(ParsedRequest("GET", "/bucket")->key().empty());
        QVERIFY(ParsedRequest("GET", "/bucket/")->key().empty());
        QVERIFY(ParsedRequest("GET", "/")->bucket().empty());
        QCOMPARE(ParsedRequest("GET", "/bucket//")->key(), std::string("/"));
    }

    void theHostNamesTheBucketUnderADomain()
    {
        const ParsedRequest request("GET", "/a/key", {}, "My.Bucket.S3.example.com:8080");

        QCOMPARE(request->bucket(), std::string("my.bucket"));
        QCOMPARE(request->key(), std::string("a/key"));
        QVERIFY(request->isVirtualHosted());
    }

    void otherHostsArePathStyle()
    {
        const std::vector<std::string> domains{"s3.example.com"};
        for (const char *host : {"s3.example.com", "s3.example.com:80", "127.0.0.1:8080", "[::1]:8080", "",
                                 ".s3.example.com", "bucket.s3.example.org", "xs3.example.com"})
            QVERIFY2(bucketOfHost(host, domains).empty(), host);
        QCOMPARE(bucketOfHost("b.s3.example.com", domains), std::string_view("b"));
    }

    void impossibleUrisAreRefused()
    {
        for (const char *target : {"/bucket/%zz", "/bucket/%ff", "/bucket/a%00b", "/bucket/k?a=%4", "//key"})
            QCOMPARE(ParsedRequest("GET", target).outcome(), std::string("InvalidURI"));
    }

    void impossibleBucketNamesAreRefused()
    {
        for (const char *target : {"/ab/key", "/Upper", "/under_score/key", "/a%20b"})
            QCOMPARE(ParsedRequest("GET", target).outcome(), std::string("InvalidBucketName"));
    }

    void keysHaveALimitInBytes()
    {
        QCOMPARE(ParsedRequest("GET", "/bucket/" + std::string(1024, 'k')).outcome(),
                 std::string("GetObject"));
        QCOMPARE(ParsedRequest("GET", "/bucket/" + std::string(1025, 'k')).outcome(),
                 std::string("KeyTooLongError"));
    }
};

MAXIOFS_TEST(S3RequestTest)
#include "request_test.moc"
