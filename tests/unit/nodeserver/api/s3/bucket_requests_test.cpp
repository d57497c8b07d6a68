// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/hex.h"
#include "s3_fixture.h"
#include "support/test_runner.h"

#include <future>

using namespace maxiofs;
using test::S3Client;
using test::S3Fixture;
using Texts = std::vector<std::string>;

class BucketRequestsTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aBucketLivesFromCreationToDeletion()
    {
        S3Fixture s3;
        QCOMPARE(s3.owner->send("HEAD", "/second").status, 404U);

        const auto made = s3.owner->send("PUT", "/second");
        const auto listed = s3.owner->send("GET", "/");
        const auto head = s3.owner->send("HEAD", "/second");
        const auto removed = s3.owner->send("DELETE", "/second");

        QCOMPARE(made.header("location"), std::string("/second"));
        QVERIFY((listed.texts({"Buckets", "Bucket", "Name"}) == Texts{"bucket", "second"}));
        QCOMPARE(head.header("x-amz-bucket-region"), std::string("us-east-1"));
        QCOMPARE(removed.status, 204U);
        QCOMPARE(s3.owner->send("GET", "/second").code(), std::string("NoSuchBucket"));
        QCOMPARE(s3.owner->send("PUT", "/second").status, 200U);
        QVERIFY(s3.owner->send("GET", "/second").texts({"Contents"}).empty());
    }

    void onlyAnEmptyBucketIsDeleted()
    {
        S3Fixture s3;
        QCOMPARE(s3.owner->send("PUT", "/bucket/key", "x").status, 200U);

        QCOMPARE(s3.owner->send("DELETE", "/bucket").code(), std::string("BucketNotEmpty"));
        QCOMPARE(s3.other->send("DELETE", "/bucket").code(), std::string("AccessDenied"));
        QCOMPARE(s3.owner->send("GET", "/bucket/key").body, std::string("x"));
    }

    void makingABucketAgainDependsOnOwnerAndRegion()
    {
        S3Fixture s3;
        QCOMPARE(s3.owner->send("PUT", "/bucket").status, 200U);
        QCOMPARE(s3.other->send("PUT", "/bucket").code(), std::string("BucketAlreadyExists"));
        s3.region = "eu-west-1";
        QCOMPARE(s3.owner->send("PUT", "/bucket").code(), std::string("BucketAlreadyOwnedByYou"));
    }

    void theLocationIsTheSettings()
    {
        S3Fixture s3;
        const auto constraint = [](const std::string &region) {
            return "<CreateBucketConfiguration><LocationConstraint>" + region +
                   "</LocationConstraint></CreateBucketConfiguration>";
        };
        QCOMPARE(s3.owner->send("PUT", "/second", constraint("mars")).code(),
                 std::string("InvalidLocationConstraint"));
        QCOMPARE(s3.owner->send("PUT", "/second", "<Create").code(), std::string("MalformedXML"));
        QCOMPARE(s3.owner->send("GET", "/bucket?location").xml().text, std::string());
        s3.region = "eu-west-1";
        QCOMPARE(s3.owner->send("PUT", "/second", constraint("eu-west-1")).status, 200U);
        QCOMPARE(s3.owner->send("GET", "/second?location").xml().text, std::string("eu-west-1"));
    }

    void aListOfBucketsHasPages()
    {
        S3Fixture s3;
        for (const char *name : {"/aaa", "/bbb", "/ccc"})
            QCOMPARE(s3.owner->send("PUT", name).status, 200U);
        QCOMPARE(s3.other->send("PUT", "/foreign").status, 200U);

        const auto first = s3.owner->send("GET", "/?max-buckets=3");
        const std::string token(first.xml().childText("ContinuationToken"));
        const auto second = s3.owner->send("GET", "/?max-buckets=3&continuation-token=" + token);

        QVERIFY((first.texts({"Buckets", "Bucket", "Name"}) == Texts{"aaa", "bbb", "bucket"}));
        QVERIFY((second.texts({"Buckets", "Bucket", "Name"}) == Texts{"ccc"}));
        QVERIFY(second.xml().child("ContinuationToken") == nullptr);
    }

    void aclsTellOfTheOwner()
    {
        S3Fixture s3;
        QCOMPARE(s3.owner->send("PUT", "/bucket/key", "x").status, 200U);
        for (const char *target : {"/bucket?acl", "/bucket/key?acl"}) {
            const auto acl = s3.owner->send("GET", target);
            QVERIFY((acl.texts({"AccessControlList", "Grant", "Permission"}) == Texts{"FULL_CONTROL"}));
            QVERIFY((acl.texts({"Owner", "DisplayName"}) == Texts{"owner"}));
        }
    }

    void listingsGroupAndContinue()
    {
        S3Fixture s3;
        for (const char *key : {"a", "b%2F1", "b%2F2", "c", "d%2Fx"})
            QCOMPARE(s3.owner->send("PUT", "/bucket/" + std::string(key), "x").status, 200U);

        const auto page =
            s3.owner->send("GET", "/bucket?list-type=2&delimiter=%2F&max-keys=2&fetch-owner=true");
        const std::string token(page.xml().childText("NextContinuationToken"));
        const auto rest =
            s3.owner->send("GET", "/bucket?list-type=2&delimiter=%2F&continuation-token=" + token);
        const auto old = s3.owner->send("GET", "/bucket?delimiter=%2F&max-keys=2");
        const auto none = s3.owner->send("GET", "/bucket?list-type=2&max-keys=0");

        QVERIFY((page.texts({"Contents", "Key"}) == Texts{"a"}));
        QVERIFY((page.texts({"CommonPrefixes", "Prefix"}) == Texts{"b/"}));
        QCOMPARE(page.xml().childText("KeyCount"), std::string_view("2"));
        QCOMPARE(page.xml().childText("IsTruncated"), std::string_view("true"));
        QVERIFY((page.texts({"Contents", "Owner", "DisplayName"}) == Texts{"owner"}));
        QVERIFY((rest.texts({"Contents", "Key"}) == Texts{"c"}));
        QVERIFY((rest.texts({"CommonPrefixes", "Prefix"}) == Texts{"d/"}));
        QCOMPARE(old.xml().childText("NextMarker"), std::string_view("b/"));
        QCOMPARE(none.xml().childText("IsTruncated"), std::string_view("false"));
    }

    void versionsAreKeptListedAndRemoved()
    {
        S3Fixture s3;
        s3.setVersioning("Enabled");
        const std::string first = s3.owner->send("PUT", "/bucket/key", "one").header("x-amz-version-id");
        const std::string second = s3.owner->send("PUT", "/bucket/key", "two").header("x-amz-version-id");
        const auto marker = s3.owner->send("DELETE", "/bucket/key");
        const std::string markerId = marker.header("x-amz-version-id");

        const auto latest = s3.owner->send("GET", "/bucket/key");
        const auto named = s3.owner->send("GET", "/bucket/key?versionId=" + markerId);
        const auto listed = s3.owner->send("GET", "/bucket?versions");

        QCOMPARE(s3.owner->send("GET", "/bucket/key?versionId=" + first).body, std::string("one"));
        QCOMPARE(marker.header("x-amz-delete-marker"), std::string("true"));
        QCOMPARE(latest.status, 404U);
        QCOMPARE(latest.header("x-amz-delete-marker"), std::string("true"));
        QCOMPARE(named.status, 405U);
        QVERIFY((listed.texts({"Version", "VersionId"}) == Texts{second, first}));
        QVERIFY((listed.texts({"DeleteMarker", "VersionId"}) == Texts{markerId}));
        QCOMPARE(s3.owner->send("DELETE", "/bucket/key?versionId=" + markerId).header("x-amz-delete-marker"),
                 std::string("true"));
        QCOMPARE(s3.owner->send("GET", "/bucket/key").body, std::string("two"));
    }

    void manyKeysAreDeletedTogether()
    {
        S3Fixture s3;
        QCOMPARE(s3.owner->send("PUT", "/bucket/a", "x").status, 200U);
        QCOMPARE(s3.owner->send("PUT", "/bucket/b", "x").status, 200U);
        const std::string body = "<Delete><Object><Key>a</Key></Object>"
                                 "<Object><Key>b</Key><ETag>wrong</ETag></Object>"
                                 "<Object><Key>missing</Key></Object></Delete>";
        const S3Client::Headers digest{{"Content-MD5", toBase64(crypto::md5(asBytes(body)))}};

        const auto without = s3.owner->send("POST", "/bucket?delete", body);
        const auto done = s3.owner->send("POST", "/bucket?delete", body, digest);

        QCOMPARE(without.code(), std::string("InvalidRequest"));
        QVERIFY((done.texts({"Deleted", "Key"}) == Texts{"a", "missing"}));
        QVERIFY((done.texts({"Error", "Code"}) == Texts{"PreconditionFailed"}));
        QCOMPARE(s3.owner->send("HEAD", "/bucket/a").status, 404U);
        QCOMPARE(s3.owner->send("HEAD", "/bucket/b").status, 200U);
    }

    void aDocumentHasALimit()
    {
        S3Fixture s3;
        const std::string body =
            "<VersioningConfiguration>" + std::string(70'000, ' ') + "</VersioningConfiguration>";

        QCOMPARE(s3.owner->send("PUT", "/bucket?versioning", body).code(),
                 std::string("MaxMessageLengthExceeded"));
    }

    // What a crash between the store's decision and the record's removal leaves.
    void aStartFinishesADeletion()
    {
        S3Fixture s3;
        const BucketId id = s3.buckets->find("bucket").value()->id;
        std::promise<Status> closed;
        s3.store->closeBucket(id, [&](Status status) { closed.set_value(std::move(status)); });
        QVERIFY(closed.get_future().get().has_value());
        QCOMPARE(s3.owner->send("PUT", "/bucket/key", "x").code(), std::string("NoSuchBucket"));

        QVERIFY(s3.service->loadBuckets().has_value());

        QVERIFY(!s3.buckets->find("bucket").has_value());
        QCOMPARE(s3.owner->send("PUT", "/bucket").status, 200U);
        QCOMPARE(s3.owner->send("PUT", "/bucket/key", "x").status, 200U);
    }
};

MAXIOFS_TEST(BucketRequestsTest)
#include "bucket_requests_test.moc"
