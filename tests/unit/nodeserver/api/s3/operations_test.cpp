// SPDX-License-Identifier: GPL-3.0-or-later
#include "parsed_request.h"
#include "support/test_runner.h"

#include "text/ascii.h"

#include <set>

using namespace maxiofs;
using namespace maxiofs::api::s3;
using test::ParsedRequest;

namespace operations_test {

struct Row {
    const char *method;
    const char *target;
    const char *outcome;
    ParsedRequest::Fields fields = {};
};

const std::string kUpload = "uploadId=00112233445566778899aabbccddeeff";

}  // namespace operations_test

class OperationsTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void everyOperationHasItsRequest()
    {
        const std::string &upload = operations_test::kUpload;
        const std::string part = "/bucket/key?partNumber=1&" + upload;
        const std::string ofUpload = "/bucket/key?" + upload;
        const ParsedRequest::Fields copy{{"x-amz-copy-source", "/bucket/other"}};
        const std::vector<operations_test::Row> rows{
            {"GET", "/", "ListBuckets"},
            {"PUT", "/bucket", "CreateBucket"},
            {"HEAD", "/bucket", "HeadBucket"},
            {"DELETE", "/bucket", "DeleteBucket"},
            {"GET", "/bucket?location", "GetBucketLocation"},
            {"GET", "/bucket?versioning", "GetBucketVersioning"},
            {"PUT", "/bucket?versioning", "PutBucketVersioning"},
            {"GET", "/bucket?acl", "GetBucketAcl"},
            {"GET", "/bucket", "ListObjects"},
            {"GET", "/bucket?list-type=2", "ListObjectsV2"},
            {"GET", "/bucket?versions", "ListObjectVersions"},
            {"GET", "/bucket?uploads", "ListMultipartUploads"},
            {"POST", "/bucket?delete", "DeleteObjects"},
            {"PUT", "/bucket/key", "PutObject"},
            {"PUT", "/bucket/key", "CopyObject", copy},
            {"GET", "/bucket/key", "GetObject"},
            {"HEAD", "/bucket/key", "HeadObject"},
            {"DELETE", "/bucket/key", "DeleteObject"},
            {"GET", "/bucket/key?acl", "GetObjectAcl"},
            {"GET", "/bucket/key?attributes", "GetObjectAttributes", {{"x-amz-object-attributes", "ETag"}}},
            {"GET", "/bucket/key?tagging", "GetObjectTagging"},
            {"PUT", "/bucket/key?tagging", "PutObjectTagging"},
            {"DELETE", "/bucket/key?tagging", "DeleteObjectTagging"},
            {"POST", "/bucket/key?uploads", "CreateMultipartUpload"},
            {"PUT", part.c_str(), "UploadPart"},
            {"PUT", part.c_str(), "UploadPartCopy", copy},
            {"POST", ofUpload.c_str(), "CompleteMultipartUpload"},
            {"DELETE", ofUpload.c_str(), "AbortMultipartUpload"},
            {"GET", ofUpload.c_str(), "ListParts"},
        };
        std::set<std::string> seen;
        for (const auto &row : rows) {
            QCOMPARE(ParsedRequest(row.method, row.target, row.fields).outcome(), std::string(row.outcome));
            seen.insert(row.outcome);
        }
        QCOMPARE(seen.size(), static_cast<std::size_t>(OperationId::Other));
    }

    void parametersOfSdksChangeNothing()
    {
        QCOMPARE(ParsedRequest("GET", "/bucket/key?x-id=GetObject").outcome(), std::string("GetObject"));
        QCOMPARE(ParsedRequest("PUT", "/bucket/key?x-id=PutObject").outcome(), std::string("PutObject"));
        QCOMPARE(ParsedRequest("GET", "/?x-id=ListBuckets").outcome(), std::string("ListBuckets"));
    }

    void whatIsNotBuiltIsRefusedByName()
    {
        for (const char *name :
             {"accelerate", "analytics", "cors", "encryption", "intelligent-tiering", "inventory",
              "lifecycle", "logging", "metrics", "notification", "object-lock", "ownershipControls", "policy",
              "policyStatus", "publicAccessBlock", "replication", "requestPayment", "tagging", "website"}) {
            for (const char *method : {"GET", "PUT", "DELETE"}) {
                const ParsedRequest request(method, "/bucket?" + std::string(name));
                QCOMPARE(request.outcome(), std::string("NotImplemented"));
            }
        }
        for (const char *name : {"legal-hold", "retention", "restore", "select&select-type=2", "torrent"})
            QCOMPARE(ParsedRequest("POST", "/bucket/key?" + std::string(name)).outcome(),
                     std::string("NotImplemented"));
        for (const char *target : {"/bucket?acl", "/bucket/key?acl"})
            QCOMPARE(ParsedRequest("PUT", target).outcome(), std::string("NotImplemented"));
        QCOMPARE(ParsedRequest("POST", "/bucket").outcome(), std::string("NotImplemented"));
        QCOMPARE(ParsedRequest("OPTIONS", "/bucket/key").outcome(), std::string("NotImplemented"));

        const auto refused = parseOperation(*ParsedRequest("PUT", "/bucket?lifecycle"));
        QVERIFY(refused.error().message.find("PutBucketLifecycleConfiguration") != std::string::npos);
    }

    void headersThatChangeMeaningAreRefusedByName()
    {
        const ParsedRequest::Fields headers{
            {"x-amz-server-side-encryption", "aws:kms"},
            {"x-amz-server-side-encryption-aws-kms-key-id", "k"},
            {"x-amz-server-side-encryption-customer-algorithm", "AES256"},
            {"x-amz-server-side-encryption-customer-key", "k"},
            {"x-amz-copy-source-server-side-encryption-customer-key", "k"},
            {"x-amz-object-lock-mode", "GOVERNANCE"},
            {"x-amz-object-lock-legal-hold", "ON"},
            {"x-amz-bucket-object-lock-enabled", "true"},
            {"x-amz-website-redirect-location", "/x"},
            {"x-amz-grant-read", "id=1"},
            {"X-Amz-Grant-Full-Control", "id=1"},
            {"x-amz-acl", "public-read"},
            {"x-amz-mfa", "1 2"},
            {"x-amz-storage-class", "GLACIER"},
            {"x-amz-write-offset-bytes", "5"},
            {"x-amz-bypass-governance-retention", "true"},
        };
        for (const auto &header : headers) {
            const ParsedRequest request("PUT", "/bucket/key", {header});
            const auto refused = parseOperation(*request);
            QCOMPARE(test::codeOf(refused), std::string("NotImplemented"));
            QCOMPARE(text::toLower(refused.error().details.front().second), text::toLower(header.first));
        }
    }

    void headersThatSayWhatHappensAnywayAreTaken()
    {
        const ParsedRequest request("PUT", "/bucket/key",
                                    {{"x-amz-acl", "private"},
                                     {"x-amz-server-side-encryption", "AES256"},
                                     {"x-amz-storage-class", "STANDARD_IA"},
                                     {"x-amz-object-ownership", "BucketOwnerEnforced"}});

        QCOMPARE(request.outcome(), std::string("PutObject"));
    }

    void methodsThatDoNotFitAreRefused()
    {
        for (const auto &[method, target] :
             std::vector<std::pair<const char *, const char *>>{{"PUT", "/"},
                                                                {"DELETE", "/"},
                                                                {"DELETE", "/bucket?versioning"},
                                                                {"DELETE", "/bucket?versions"},
                                                                {"DELETE", "/bucket?uploads"},
                                                                {"PUT", "/bucket?location"},
                                                                {"POST", "/bucket/key"},
                                                                {"PATCH", "/bucket/key"},
                                                                {"POST", "/bucket/key?tagging"}})
            QCOMPARE(ParsedRequest(method, target).outcome(), std::string("MethodNotAllowed"));
    }

    void aPartWithoutUploadIsNoObject()
    {
        QCOMPARE(ParsedRequest("PUT", "/bucket/key?partNumber=1").outcome(), std::string("InvalidArgument"));
        QCOMPARE(ParsedRequest("PUT", "/bucket/key?uploads").outcome(), std::string("InvalidArgument"));
    }

    void argumentsAreChecked()
    {
        const std::string &upload = operations_test::kUpload;
        const std::vector<std::pair<std::string, std::string>> rows{
            {"/bucket?max-keys=x", "InvalidArgument"},
            {"/bucket?max-keys=-1", "InvalidArgument"},
            {"/bucket?max-keys=2147483648", "InvalidArgument"},
            {"/bucket?encoding-type=base64", "InvalidArgument"},
            {"/bucket?prefix=%ff", "InvalidArgument"},
            {"/bucket?list-type=3", "InvalidArgument"},
            {"/bucket?list-type=2&continuation-token=", "InvalidArgument"},
            {"/bucket?list-type=2&continuation-token=abc", "InvalidArgument"},
            {"/bucket?versions&version-id-marker=null", "InvalidArgument"},
            {"/bucket?versions&key-marker=k&version-id-marker=", "InvalidArgument"},
            {"/bucket?versions&key-marker=k&version-id-marker=null", "ListObjectVersions"},
            {"/bucket?uploads&key-marker=k&upload-id-marker=xyz", "InvalidArgument"},
            {"/bucket?uploads&upload-id-marker=xyz", "ListMultipartUploads"},
            {"/?max-buckets=0", "InvalidArgument"},
            {"/?continuation-token=x", "InvalidArgument"},
            {"/bucket/key?partNumber=0", "InvalidArgument"},
            {"/bucket/key?partNumber=10001", "InvalidArgument"},
            {"/bucket/key?partNumber=10000", "GetObject"},
            {"/bucket/key?attributes", "InvalidRequest"},
            {"/bucket/key?uploadId=unknown", "NoSuchUpload"},
            {"/bucket/key?" + upload + "&max-parts=x", "InvalidArgument"},
            {"/bucket/key?" + upload + "&part-number-marker=x", "InvalidArgument"},
            {"/bucket/key?response-content-type=a%0d%0ab", "InvalidArgument"},
        };
        for (const auto &[target, outcome] : rows)
            QCOMPARE(ParsedRequest("GET", target).outcome() + " " + target, outcome + " " + target);
    }

    void versionsAreReadNotWritten()
    {
        QCOMPARE(ParsedRequest("PUT", "/bucket/key?versionId=null").outcome(),
                 std::string("InvalidArgument"));
        QCOMPARE(ParsedRequest("POST", "/bucket/key?uploads&versionId=null").outcome(),
                 std::string("InvalidArgument"));
        QCOMPARE(ParsedRequest("DELETE", "/bucket/key?versionId=null").outcome(),
                 std::string("DeleteObject"));
    }

    void aRangeOfAPartIsRefused()
    {
        QCOMPARE(ParsedRequest("GET", "/bucket/key?partNumber=1", {{"Range", "bytes=0-1"}}).outcome(),
                 std::string("InvalidRequest"));
    }
};

MAXIOFS_TEST(OperationsTest)
#include "operations_test.moc"
