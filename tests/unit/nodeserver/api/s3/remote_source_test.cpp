// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/s3/remote_source.h"

#include "api/s3/object_export.h"
#include "s3_fixture.h"
#include "support/fake_exchange.h"
#include "support/test_runner.h"

#include <cstring>

namespace remote_source_test {

using namespace maxiofs;
using test::FakeCluster;
using test::S3Fixture;

// An answer as it arrives, in pieces; it breaks off where `cut` says.
class PlayedStream final : public cluster::PeerStream {
public:
    PlayedStream(std::string bytes, std::size_t cut) : m_bytes(std::move(bytes)), m_cut(cut) {}

    [[nodiscard]] const http::ResponseHead &head() const override { return m_head; }
    net::Awaitable<Result<std::size_t>> read(std::span<std::byte> into) override
    {
        static constexpr std::size_t kPiece = 10'000;
        const std::size_t end = std::min(m_bytes.size(), m_cut);
        const std::size_t size = std::min({into.size(), end - m_at, kPiece});
        if (size == 0 && m_at < m_bytes.size())
            co_return failure(Error::Closed, "broken off");
        std::memcpy(into.data(), m_bytes.data() + m_at, size);
        m_at += size;
        co_return size;
    }

private:
    const http::ResponseHead m_head{200};
    const std::string m_bytes;
    const std::size_t m_cut;
    std::size_t m_at = 0;
};

// Copies between two buckets of which only "target" is this node's. The other node is played by the same
// store, through its own end of the route.
struct TwoNodes {
    TwoNodes()
        : remote(*s3.records, *s3.buckets),
          remoteContext{s3.context->store,
                        s3.context->buckets,
                        s3.context->identities,
                        s3.context->pool,
                        s3.context->metrics,
                        s3.context->region,
                        {},
                        [] { return "remote"; },
                        s3.context->clock,
                        &remote.links},
          exporter(remoteContext)
    {
        if (s3.owner->send("PUT", "/target").status != 200)
            qFatal("the bucket was not made");
        s3.cluster->onOpen =
            [this](NodeId node, std::string route,
                   QJsonObject body) -> net::Awaitable<Result<std::unique_ptr<cluster::PeerStream>>> {
            asked.emplace_back(node, route);
            cluster::link::InternalCall call;
            call.body = std::move(body);
            test::FakeExchange exchange("POST /api/internal/cluster/object-read HTTP/1.1\r\n", {});
            CO_TRY_STATUS(co_await exporter.answer(std::move(call), exchange));
            std::string sent = exchange.sent;
            if (damage)
                damage(sent);
            co_return std::make_unique<PlayedStream>(std::move(sent), cut);
        };
    }

    /// From now on "bucket" is the other node's.
    void moveSource()
    {
        s3.cluster->member = true;
        s3.cluster->place(s3.buckets->find("bucket").value()->id, s3.cluster->second, 5);
    }
    test::S3Response copy(test::S3Client::Headers more = {}, const std::string &target = "/target/copy",
                          const std::string &source = "/bucket/key")
    {
        more.emplace_back("x-amz-copy-source", source);
        return s3.owner->send("PUT", target, {}, std::move(more));
    }

    S3Fixture s3;
    FakeCluster remote;  // of the other node: a lone one, to which everything is here
    api::s3::Context remoteContext;
    api::s3::ObjectExport exporter;
    std::vector<std::pair<NodeId, std::string>> asked;
    std::function<void(std::string &)> damage;
    std::size_t cut = std::string::npos;
};

std::string bytesOf(std::size_t size)
{
    std::string bytes(size, '\0');
    for (std::size_t i = 0; i < size; ++i)
        bytes[i] = static_cast<char>(i * 31 + (i >> 8));
    return bytes;
}

}  // namespace remote_source_test

using namespace remote_source_test;

class RemoteSourceTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void everythingOfTheSourceArrives()
    {
        TwoNodes nodes;
        nodes.s3.setVersioning("Enabled");
        const std::string bytes = bytesOf(700'000);
        const auto made = nodes.s3.owner->send("PUT", "/bucket/key", bytes,
                                               {{"Content-Type", "text/x-test"},
                                                {"Cache-Control", "no-cache"},
                                                {"x-amz-meta-colour", "red"},
                                                {"x-amz-tagging", "project=x&empty="},
                                                {"x-amz-sdk-checksum-algorithm", "CRC32C"},
                                                {"x-amz-checksum-crc32c", nodes.s3.crc32cOf(bytes)}});
        QCOMPARE(made.status, 200U);
        nodes.moveSource();

        const auto copied = nodes.copy();

        QCOMPARE(copied.status, 200U);
        QCOMPARE(nodes.asked.size(), 1U);
        QVERIFY(nodes.asked[0].first == nodes.s3.cluster->second);
        QCOMPARE(nodes.asked[0].second, std::string("object-read"));
        QCOMPARE(copied.header("x-amz-copy-source-version-id"), made.header("x-amz-version-id"));
        const auto got =
            nodes.s3.owner->send("GET", "/target/copy", {}, {{"x-amz-checksum-mode", "ENABLED"}});
        QVERIFY(got.body == bytes);
        QCOMPARE(got.header("content-type"), std::string("text/x-test"));
        QCOMPARE(got.header("cache-control"), std::string("no-cache"));
        QCOMPARE(got.header("x-amz-meta-colour"), std::string("red"));
        QCOMPARE(got.header("x-amz-tagging-count"), std::string("2"));
        QCOMPARE(got.header("x-amz-checksum-crc32c"), nodes.s3.crc32cOf(bytes));
        QCOMPARE(got.header("etag"), made.header("etag"));
    }

    void aNamedVersionAndAnEmptyObjectAreCopied()
    {
        TwoNodes nodes;
        nodes.s3.setVersioning("Enabled");
        const auto older = nodes.s3.owner->send("PUT", "/bucket/key", "older");
        QCOMPARE(nodes.s3.owner->send("PUT", "/bucket/key", "").status, 200U);
        nodes.moveSource();

        QCOMPARE(nodes.copy({}, "/target/empty").status, 200U);
        QCOMPARE(nodes.copy({}, "/target/older", "/bucket/key?versionId=" + older.header("x-amz-version-id"))
                     .status,
                 200U);

        QCOMPARE(nodes.s3.owner->send("GET", "/target/empty").header("content-length"), std::string("0"));
        QCOMPARE(nodes.s3.owner->send("GET", "/target/older").body, std::string("older"));
    }

    void whatTheOtherNodeRefusesIsRefusedInTheSameWords()
    {
        TwoNodes nodes;
        nodes.s3.setVersioning("Enabled");
        QCOMPARE(nodes.s3.owner->send("PUT", "/bucket/key", "x").status, 200U);
        const auto marker = nodes.s3.owner->send("DELETE", "/bucket/key").header("x-amz-version-id");
        const auto refusals = [&] {
            return std::vector<std::string>{
                nodes.copy({}, "/target/a", "/bucket/none").code(), nodes.copy({}, "/target/a").code(),
                nodes.copy({}, "/target/a", "/bucket/key?versionId=" + marker).code(),
                nodes.copy({}, "/target/a", "/bucket/key?versionId=" + std::string(32, 'A')).code()};
        };
        const auto local = refusals();

        nodes.moveSource();

        QVERIFY(local == refusals());
        QCOMPARE(local[0], std::string("NoSuchKey"));
    }

    void conditionsOnTheSourceHold()
    {
        TwoNodes nodes;
        const auto made = nodes.s3.owner->send("PUT", "/bucket/key", "x");
        nodes.moveSource();

        QCOMPARE(nodes.copy({{"x-amz-copy-source-if-match", "\"other\""}}).code(),
                 std::string("PreconditionFailed"));
        QCOMPARE(nodes.copy({{"x-amz-copy-source-if-match", made.header("etag")}}).status, 200U);
    }

    void aPartTakesItsRange()
    {
        TwoNodes nodes;
        const std::string bytes = bytesOf(300'000);
        QCOMPARE(nodes.s3.owner->send("PUT", "/bucket/key", bytes).status, 200U);
        nodes.moveSource();
        const auto begun = nodes.s3.owner->send("POST", "/target/whole?uploads");
        const std::string upload(begun.xml().childText("UploadId"));
        const std::string part = "/target/whole?partNumber=1&uploadId=" + upload;

        const auto tooFar = nodes.copy({{"x-amz-copy-source-range", "bytes=0-300000"}}, part);
        const auto copied = nodes.copy({{"x-amz-copy-source-range", "bytes=1000-280999"}}, part);
        QCOMPARE(tooFar.code(), std::string("InvalidArgument"));
        QCOMPARE(copied.status, 200U);
        const std::string complete = "<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>" +
                                     std::string(copied.xml().childText("ETag")) +
                                     "</ETag></Part></CompleteMultipartUpload>";
        QCOMPARE(nodes.s3.owner->send("POST", "/target/whole?uploadId=" + upload, complete).status, 200U);

        QVERIFY(nodes.s3.owner->send("GET", "/target/whole").body == bytes.substr(1000, 280'000));
    }

    void aByteThatChangedOnItsWayIsFound()
    {
        TwoNodes nodes;
        QCOMPARE(nodes.s3.owner->send("PUT", "/bucket/key", bytesOf(300'000)).status, 200U);
        nodes.moveSource();
        nodes.damage = [](std::string &sent) { sent[sent.size() - 1000] ^= 1; };

        QCOMPARE(nodes.copy().status, 500U);

        QCOMPARE(nodes.s3.owner->send("HEAD", "/target/copy").status, 404U);
    }

    void anAnswerThatBreaksOffIsNoCopy()
    {
        TwoNodes nodes;
        QCOMPARE(nodes.s3.owner->send("PUT", "/bucket/key", bytesOf(300'000)).status, 200U);
        nodes.moveSource();

        for (const std::size_t cut :
             {std::size_t(0), std::size_t(5), std::size_t(100), std::size_t(200'000)}) {
            nodes.cut = cut;
            QCOMPARE(nodes.copy().status, 503U);
        }
        // Without the hash that ends it, and with more than was announced.
        nodes.cut = std::string::npos;
        nodes.damage = [](std::string &sent) { sent.resize(sent.size() - 16); };
        QCOMPARE(nodes.copy().status, 503U);
        nodes.damage = [](std::string &sent) { sent += "x"; };
        QCOMPARE(nodes.copy().status, 500U);

        QCOMPARE(nodes.s3.owner->send("HEAD", "/target/copy").status, 404U);
    }

    void aNodeThatIsNotTheOwnerTellsTheWay()
    {
        TwoNodes nodes;
        QCOMPARE(nodes.s3.owner->send("PUT", "/bucket/key", "x").status, 200U);
        const BucketId bucket = nodes.s3.buckets->find("bucket").value()->id;
        nodes.moveSource();
        const auto working = nodes.s3.cluster->onOpen;
        nodes.s3.cluster->onOpen =
            [&](NodeId node, std::string route,
                QJsonObject body) -> net::Awaitable<Result<std::unique_ptr<cluster::PeerStream>>> {
            if (node == nodes.s3.cluster->second)
                co_return failure(Error::PreconditionFailed, "not the owner",
                                  FakeCluster::answerOf(bucket, nodes.s3.cluster->third, 6));
            co_return co_await working(node, std::move(route), std::move(body));
        };

        QCOMPARE(nodes.copy().status, 200U);

        QVERIFY(nodes.asked[0].first == nodes.s3.cluster->third);
    }

    void theExportTellsWhereAForeignBucketIs()
    {
        TwoNodes nodes;
        QCOMPARE(nodes.s3.owner->send("PUT", "/bucket/key", "x").status, 200U);
        nodes.moveSource();
        nodes.remote.member = true;

        const auto answer = nodes.copy();

        QCOMPARE(answer.status, 503U);
        QCOMPARE(nodes.asked.size(), 3U);
    }

    void aNodeThatCannotBeReachedIsNamedAndProbed()
    {
        TwoNodes nodes;
        nodes.moveSource();
        nodes.s3.cluster->onOpen =
            [](NodeId, std::string,
               QJsonObject) -> net::Awaitable<Result<std::unique_ptr<cluster::PeerStream>>> {
            co_return failure(Error::Closed, "refused");
        };

        const auto answer = nodes.copy();

        QCOMPARE(answer.status, 503U);
        QVERIFY(answer.xml().childText("Message").find("node-2") != std::string_view::npos);
        QVERIFY(nodes.s3.cluster->failed == std::vector<NodeId>{nodes.s3.cluster->second});
    }

    void theCallerMustBeAllowedToReadTheSource()
    {
        TwoNodes nodes;
        QCOMPARE(nodes.s3.owner->send("PUT", "/bucket/key", "x").status, 200U);
        QCOMPARE(nodes.s3.other->send("PUT", "/others").status, 200U);
        nodes.moveSource();

        const auto answer =
            nodes.s3.other->send("PUT", "/others/copy", {}, {{"x-amz-copy-source", "/bucket/key"}});

        QCOMPARE(answer.code(), std::string("AccessDenied"));
        QVERIFY(nodes.asked.empty());
    }
};

MAXIOFS_TEST(RemoteSourceTest)

#include "remote_source_test.moc"
