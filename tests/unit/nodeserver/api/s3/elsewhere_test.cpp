// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/s3/elsewhere.h"

#include "api/s3/location_answer.h"

#include "base/log_line.h"
#include "s3_member.h"
#include "support/test_runner.h"

namespace elsewhere_test {

using namespace maxiofs;
using cluster::ForwardOutcome;
using cluster::Moved;
using cluster::Unreachable;
using test::FakeCluster;
using test::kOfTheOwner;
using test::kPassedOn;
using test::S3Fixture;
using Member = test::S3Member;

class KeptLines final : public base::LogTap {
public:
    KeptLines()
    {
        base::setLogTap(this);
        base::setLogLevel(base::LogLevel::Debug);
    }
    ~KeptLines() override
    {
        base::setLogLevel(base::LogLevel::Info);
        base::setLogTap(nullptr);
    }
    KeptLines(const KeptLines &) = delete;
    KeptLines &operator=(const KeptLines &) = delete;
    void line(base::LogLevel, std::string_view text) override
    {
        const base::MutexLock lock(m_mutex);
        m_lines.append(text).append("\n");
    }
    [[nodiscard]] bool has(std::string_view text)
    {
        const base::MutexLock lock(m_mutex);
        return m_lines.find(text) != std::string::npos;
    }

private:
    base::Mutex m_mutex;
    std::string m_lines GUARDED_BY(m_mutex);
};

}  // namespace elsewhere_test

using namespace elsewhere_test;

class ElsewhereTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aLoneNodeAsksTheClusterNothing()
    {
        S3Fixture s3;

        QCOMPARE(s3.owner->send("PUT", "/second").status, 200U);
        QCOMPARE(s3.owner->send("PUT", "/second/key", "x").status, 200U);
        QCOMPARE(s3.owner->send("GET", "/second/key", {}, kPassedOn).body, std::string("x"));
        QCOMPARE(s3.owner->send("GET", "/unknown").code(), std::string("NoSuchBucket"));
        QCOMPARE(s3.owner->send("DELETE", "/second/key").status, 204U);
        QCOMPARE(s3.owner->send("DELETE", "/second").status, 204U);

        QVERIFY(s3.cluster->forwards.empty());
        QVERIFY(s3.cluster->sought.empty());
        QVERIFY(s3.cluster->reserved.empty());
        QCOMPARE(s3.cluster->settled.load(), 0);
        QCOMPARE(s3.cluster->router.stats().misses, 0U);
    }

    void theOwnersRequestsAreAnsweredThere()
    {
        Member node;
        node.cluster.place(node.id(), node.cluster.second, 5);

        const auto answer = node.s3.owner->send("GET", "/bucket/key");

        QCOMPARE(answer.status, kOfTheOwner);
        QCOMPARE(answer.body, std::string("of the owner"));
        QCOMPARE(node.cluster.forwards.size(), 1U);
        QVERIFY(node.cluster.forwards[0].owner.id == node.cluster.second);
        QCOMPARE(node.cluster.forwards[0].value, std::string("5 127.0.0.1 GET /bucket/key"));
    }

    void everyOperationOnABucketOrObjectGoesThere()
    {
        Member node;
        node.cluster.place(node.id(), node.cluster.second, 5);
        const std::vector<std::pair<std::string, std::string>> requests{
            {"HEAD", "/bucket"},
            {"DELETE", "/bucket"},
            {"GET", "/bucket?location"},
            {"GET", "/bucket?versioning"},
            {"PUT", "/bucket?versioning"},
            {"GET", "/bucket?acl"},
            {"GET", "/bucket"},
            {"GET", "/bucket?list-type=2"},
            {"GET", "/bucket?versions"},
            {"GET", "/bucket?uploads"},
            {"POST", "/bucket?delete"},
            {"PUT", "/bucket/key"},
            {"HEAD", "/bucket/key"},
            {"DELETE", "/bucket/key"},
            {"GET", "/bucket/key?acl"},
            {"GET", "/bucket/key?tagging"},
            {"POST", "/bucket/key?uploads"},
            {"PUT", "/bucket/key?partNumber=1&uploadId=00000000000000000000000000000000"},
            {"GET", "/bucket/key?uploadId=00000000000000000000000000000000"},
            {"POST", "/bucket/key?uploadId=00000000000000000000000000000000"},
            {"DELETE", "/bucket/key?uploadId=00000000000000000000000000000000"},
        };

        for (const auto &[method, target] : requests)
            QCOMPARE(node.s3.owner->send(method, target).status, kOfTheOwner);

        QCOMPARE(node.cluster.forwards.size(), requests.size());
        QVERIFY((node.s3.owner->send("GET", "/").texts({"Buckets", "Bucket", "Name"}) ==
                 std::vector<std::string>{"bucket"}));
    }

    void theRightsAreCheckedHereToo()
    {
        Member node;
        node.cluster.place(node.id(), node.cluster.second, 5);

        QCOMPARE(node.s3.other->send("GET", "/bucket/key").code(), std::string("AccessDenied"));
        QCOMPARE(node.s3.nobody->send("GET", "/bucket/key").code(), std::string("AccessDenied"));

        QVERIFY(node.cluster.forwards.empty());
    }

    void aRequestThatWasPassedOnIsTurnedAwayWithTheLocation()
    {
        Member node;
        node.cluster.place(node.id(), node.cluster.third, 5);

        for (const char *const method : {"GET", "HEAD"}) {
            const auto answer = node.s3.owner->send(method, "/bucket/key", {}, kPassedOn);

            QCOMPARE(answer.status, 421U);
            QVERIFY(node.cluster.forwards.empty());
            S3Fixture edge;
            const std::string told = answer.header("x-maxiofs-location");
            QVERIFY(answer.body.empty() || answer.body == told);
            QVERIFY(api::s3::learnLocation(*edge.records, node.id(), told).has_value());
            const auto record = edge.records->find(records::Kind::Location, node.id().hex()).value();
            QVERIFY(records::locationOf(record->body).owner == node.cluster.third);
        }
    }

    void anAddressHasTheSchemeOfTheClient()
    {
        Member node;
        node.cluster.place(node.id(), node.cluster.self, 5);
        for (const bool clientTls : {true, false}) {
            node.cluster.forwardedTls = clientTls;
            const auto send = [&](const char *method, const std::string &query, const std::string &body) {
                return node.s3.owner->send(method, "/bucket/key?" + query, body, kPassedOn);
            };
            const std::string upload(send("POST", "uploads", {}).xml().childText("UploadId"));
            const std::string etag = send("PUT", "partNumber=1&uploadId=" + upload, "x").header("etag");

            const auto done = send("POST", "uploadId=" + upload,
                                   "<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>" + etag +
                                       "</ETag></Part></CompleteMultipartUpload>");

            QCOMPARE(done.status, 200U);
            QVERIFY(done.xml().childText("Location").starts_with(clientTls ? "https://" : "http://"));
        }
    }

    void aForgedHeaderCountsForNothing()
    {
        Member node;
        node.cluster.place(node.id(), node.cluster.second, 5);

        const auto answer =
            node.s3.owner->send("GET", "/bucket/key", {}, {{"X-MaxIOFS-Forwarded", "forged"}});

        QCOMPARE(answer.status, kOfTheOwner);
    }

    void anEdgeThatKnowsMoreMakesTheNodeAskOnce()
    {
        Member node;
        node.cluster.place(node.id(), node.cluster.second, 5);
        node.cluster.forwardedEpoch = {6, node.cluster.self};
        const auto put = [&] { return node.s3.owner->send("PUT", "/bucket/key", "x", kPassedOn).status; };

        QCOMPARE(put(), 421U);
        QCOMPARE((node.cluster.sought[{records::Kind::Bucket, "bucket"}]), 1);
        node.cluster.onSeek = [&](records::Kind, const std::string &) {
            node.cluster.place(node.id(), node.cluster.self, 6);
            return true;
        };
        QCOMPARE(put(), 200U);
    }

    void aNodeThatIsNotTheOwnerTellsTheWay()
    {
        Member node;
        node.cluster.place(node.id(), node.cluster.second, 5);
        node.answerWith(Moved{FakeCluster::answerOf(node.id(), node.cluster.third, 6), true});
        node.answerWith(Moved{FakeCluster::answerOf(node.id(), node.cluster.self, 7), true});

        const auto answer = node.s3.owner->send("PUT", "/bucket/key", "mine again");

        QCOMPARE(answer.status, 200U);
        QCOMPARE(node.cluster.forwards.size(), 2U);
        QVERIFY(node.cluster.forwards[1].owner.id == node.cluster.third);
        QCOMPARE(node.s3.owner->send("GET", "/bucket/key").body, std::string("mine again"));
    }

    void nodesThatDoNotAgreeAreAskedThreeTimes()
    {
        Member node;
        node.cluster.place(node.id(), node.cluster.second, 5);
        for (int i = 0; i < 4; ++i)
            node.answerWith(Moved{FakeCluster::answerOf(node.id(), node.cluster.third, 4), true});

        const auto answer = node.s3.owner->send("GET", "/bucket/key");

        QCOMPARE(answer.status, 503U);
        QCOMPARE(answer.code(), std::string("ServiceUnavailable"));
        QCOMPARE(node.cluster.forwards.size(), 3U);
    }

    void aBodyThatIsGoneCannotGoElsewhere()
    {
        Member node;
        node.cluster.place(node.id(), node.cluster.second, 5);
        node.answerWith(Moved{FakeCluster::answerOf(node.id(), node.cluster.third, 6), false});

        QCOMPARE(node.s3.owner->send("PUT", "/bucket/key", "x").status, 503U);
        QCOMPARE(node.cluster.forwards.size(), 1U);
        QCOMPARE(node.s3.owner->send("PUT", "/bucket/key", "x").status, kOfTheOwner);
        QVERIFY(node.cluster.forwards[1].owner.id == node.cluster.third);
    }

    void anOwnerThatCannotBeReachedIsNamedAndProbed()
    {
        Member node;
        node.cluster.place(node.id(), node.cluster.second, 5);
        node.answerWith(Unreachable{Error(Error::Closed, "refused"), true, false});

        const auto answer = node.s3.owner->send("GET", "/bucket/key");

        QCOMPARE(answer.status, 503U);
        QCOMPARE(answer.code(), std::string("ServiceUnavailable"));
        QCOMPARE(answer.header("retry-after"), std::string("1"));
        QVERIFY(answer.xml().childText("Message").find("node-2") != std::string_view::npos);
        QVERIFY(node.cluster.failed == std::vector<NodeId>{node.cluster.second});
    }

    void aBucketThatIsMarkedUnavailableSaysWhy()
    {
        Member node;
        node.cluster.place(node.id(), node.cluster.second, 5, true);

        const auto answer = node.s3.owner->send("GET", "/bucket/key");

        QCOMPARE(answer.status, 503U);
        QVERIFY(answer.xml().childText("Message").find("was removed") != std::string_view::npos);
        QCOMPARE(answer.header("retry-after"), std::string("1"));
    }

    void whatIsNotKnownHereIsSoughtOnce()
    {
        Member node;
        QCOMPARE(node.s3.owner->send("GET", "/unknown").code(), std::string("NoSuchBucket"));
        QCOMPARE((node.cluster.sought[{records::Kind::Bucket, "unknown"}]), 1);

        const std::string ownerId = node.s3.buckets->find("bucket").value()->ownerId;
        node.cluster.onSeek = [&](records::Kind, const std::string &name) {
            records::NewBucket found;
            found.name = name;
            found.ownerId = ownerId;
            return node.s3.buckets->create(found).has_value();
        };

        QCOMPARE(node.s3.owner->send("GET", "/found").status, 200U);
        QCOMPARE(node.s3.owner->send("GET", "/found").status, 200U);
        QCOMPARE((node.cluster.sought[{records::Kind::Bucket, "found"}]), 1);
    }

    void anAccessKeyThatIsNotKnownHereIsSoughtOnce()
    {
        Member node;
        const sigv4::Credentials unknown{
            "UNKNOWNKEY0000000001", "secret-of-the-unknown-key-0000000001", "eu", {}};
        const auto client = node.s3.clientFor(unknown);
        QCOMPARE(client.send("GET", "/").code(), std::string("InvalidAccessKeyId"));
        QCOMPARE((node.cluster.sought[{records::Kind::AccessKey, unknown.accessKeyId}]), 1);

        const std::string userId = node.s3.identities->users().findByName("owner")->id;
        node.cluster.onSeek = [&](records::Kind, const std::string &id) {
            identity::NewAccessKey found;
            found.userId = userId;
            found.id = id;
            found.secret = unknown.secretKey;
            return node.s3.identities->keys().create(found).has_value();
        };

        QCOMPARE(client.send("GET", "/").status, 200U);
    }

    void aFloodOfUnknownNamesIsSlowedDown()
    {
        Member node;
        node.cluster.links.seeking = api::s3::kMaxSeeks;

        const auto answer = node.s3.owner->send("GET", "/unknown");

        QCOMPARE(answer.status, 503U);
        QCOMPARE(answer.code(), std::string("SlowDown"));
        QVERIFY(node.cluster.sought.empty());
        QCOMPARE(node.cluster.links.seeking.load(), api::s3::kMaxSeeks);
    }

    void aNewBucketsNameIsReservedAndItsRecordSettled()
    {
        Member node;

        QCOMPARE(node.s3.owner->send("PUT", "/second").status, 200U);

        QCOMPARE(node.cluster.reserved.size(), 1U);
        QCOMPARE(node.cluster.reserved[0].first, std::string("second"));
        QVERIFY(node.cluster.reserved[0].second == node.id("second"));
        QCOMPARE(node.cluster.settled.load(), 1);
        QCOMPARE(node.s3.owner
                     ->send("PUT", "/second?versioning",
                            "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>")
                     .status,
                 200U);
        QCOMPARE(node.cluster.settled.load(), 2);
        QCOMPARE(node.s3.owner->send("DELETE", "/second").status, 204U);
        QCOMPARE(node.cluster.settled.load(), 3);
    }

    void aNameThatAnotherNodeHasIsRefused()
    {
        Member node;
        node.cluster.onReserve = [] { return failure(Error::AlreadyExists, "taken"); };
        QCOMPARE(node.s3.owner->send("PUT", "/taken").code(), std::string("BucketAlreadyExists"));
        node.cluster.onReserve = [] { return failure(Error::Busy, "being taken"); };
        const auto busy = node.s3.owner->send("PUT", "/taken");
        QCOMPARE(busy.status, 409U);
        QCOMPARE(busy.code(), std::string("OperationAborted"));
        QVERIFY(!node.s3.buckets->find("taken"));
        QCOMPARE(node.s3.owner->send("PUT", "/Not-A-Name").code(), std::string("InvalidBucketName"));

        // Once the record is here, its owner decides.
        const std::string ownerId = node.s3.buckets->find("bucket").value()->ownerId;
        node.cluster.onReserve = [] { return failure(Error::AlreadyExists, "taken"); };
        node.cluster.onSeek = [&](records::Kind, const std::string &name) {
            records::NewBucket found;
            found.name = name;
            found.ownerId = ownerId;
            return node.s3.buckets->create(found).has_value();
        };
        QCOMPARE(node.s3.owner->send("PUT", "/own").status, 200U);
        QCOMPARE(node.s3.other->send("PUT", "/foreign").code(), std::string("BucketAlreadyExists"));
    }

    void aPassedOnRequestCountsAsThatAlone()
    {
        Member node;
        node.cluster.place(node.id(), node.cluster.second, 5);
        using api::s3::OperationId;
        const auto counted = [&](OperationId id) { return node.s3.metrics.operation(id).requests.value(); };

        QCOMPARE(node.s3.owner->send("GET", "/bucket/key").status, kOfTheOwner);
        QCOMPARE(node.s3.owner->send("GET", "/bucket/key", {}, kPassedOn).status, 421U);

        QTRY_COMPARE(node.s3.metrics.passedOn().requests.value(), 2U);
        QCOMPARE(node.s3.metrics.passedOn().clientErrors.value(), 1U);
        QCOMPARE(counted(OperationId::GetObject), 0U);
    }

    void theLogTellsTheClientAndTheWay()
    {
        Member node;
        QCOMPARE(node.s3.owner->send("PUT", "/bucket/key", "x").status, 200U);
        KeptLines lines;

        QCOMPARE(node.s3.owner->send("GET", "/bucket/key", {}, kPassedOn).status, 200U);
        QTRY_VERIFY(lines.has("from=198.51.100.7"));
        QVERIFY(lines.has("by=" + node.cluster.second.uuid()));
        node.cluster.place(node.id(), node.cluster.second, 5);
        QCOMPARE(node.s3.owner->send("GET", "/bucket/key").status, kOfTheOwner);
        QTRY_VERIFY(lines.has("to=node-2"));
    }
};

MAXIOFS_TEST(ElsewhereTest)

#include "elsewhere_test.moc"
