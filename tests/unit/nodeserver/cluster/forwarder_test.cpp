// SPDX-License-Identifier: GPL-3.0-or-later
#include "cluster/forwarder.h"

#include "edge_fixture.h"
#include "support/raw_server.h"
#include "support/test_runner.h"

#include <future>
#include <random>

namespace maxiofs::cluster {

// What a client sees of a request that another node answers.
class ForwarderTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void headGoesAsItCame();
    void oldVersionWithoutHostGoesToo();
    void largestHeadGoesToo();
    void answerComesAsItWas();
    void headHasItsLengthAndNoBody();
    void statusWithoutBodyHasNone();
    void smallBodyGoesWithItsHead();
    void smallBodyThatWaitsIsAskedForByTheOwner();
    void emptyBodyThatWaitsIsToldToContinue();
    void refusalComesBeforeTheBodyIsTaken();
    void streamsOfAnySizeAndFraming();
    void connectionsAreUsedAgain();
    void firstBytesOfAnEndlessAnswerComeAtOnce();
    void requestGoesToWhoeverHasTheBucketNow();
    void requestThatCameBackIsAnsweredHere();
    void answerToHeadSaysWhereTheBucketIs();
    void malformedChunksAreTheClientsFault();
};

namespace {

using test::EdgeFixture;
using test::OwnerFixture;
using test::RawClient;
using test::RawPeer;
using test::RawServer;

std::string putHead(const std::string &fields)
{
    return "PUT /b/k HTTP/1.1\r\nHost: h\r\n" + fields + "\r\n";
}

std::string putWhole(const std::string &body)
{
    return putHead("Content-Length: " + std::to_string(body.size()) + "\r\n") + body;
}

net::Awaitable<void> misdirect(http::Exchange &exchange)
{
    http::ResponseHead head(421, "application/json");
    if (exchange.head().isHead())
        head.add(kLocationHeader, "by header");
    const Status sent = co_await exchange.respond(std::move(head), "by body");
    static_cast<void>(sent);
}

// Answers with the request's head.
net::Awaitable<void> tellHead(http::Exchange &exchange)
{
    http::ResponseHead head(200);
    std::string body(exchange.head().raw());
    const Status sent = co_await exchange.respond(std::move(head), std::move(body));
    static_cast<void>(sent);
}

// Sends the body back as it comes, of known length or not as the path asks.
net::Awaitable<void> echoStream(http::Exchange &exchange)
{
    const Result<std::string> body = co_await exchange.readWholeBody(64 << 20);
    if (!body)
        co_return;
    http::ResponseHead head(200);
    if (exchange.head().path() == "/known")
        head.contentLength = body->size();
    Status sent = co_await exchange.begin(std::move(head));
    const std::size_t half = body->size() / 2;
    if (sent)
        sent = co_await exchange.write(asBytes(*body).first(half));
    if (sent)
        sent = co_await exchange.write(asBytes(*body).subspan(half));
    if (sent)
        sent = co_await exchange.end();
}

}  // namespace

void ForwarderTest::headGoesAsItCame()
{
    OwnerFixture owner(tellHead);
    EdgeFixture edge({owner.peer()});
    RawClient client(edge.port());

    QVERIFY(
        client.send("GET /b/k%20%41?x=%2f HTTP/1.1\r\nhOST: Bucket.Example:80\r\n"
                    "Authorization:   AWS4-HMAC-SHA256 x \r\nX-Amz-Date:\r\nx-maxiofs-forwarded: forged\r\n"
                    "Connection: keep-alive, x-hop, host\r\nX-Hop: 1\r\nTE: trailers\r\nKeep-Alive: 5\r\n"
                    "X-Amz-Date: again\r\n\r\n"));

    QCOMPARE(client.receive()->body,
             std::string("GET /b/k%20%41?x=%2f HTTP/1.1\r\nhOST: Bucket.Example:80\r\n"
                         "Authorization:   AWS4-HMAC-SHA256 x \r\nX-Amz-Date:\r\nX-Amz-Date: again\r\n"
                         "X-MaxIOFS-Forwarded: vouched\r\n\r\n"));
}

void ForwarderTest::oldVersionWithoutHostGoesToo()
{
    OwnerFixture owner(tellHead);
    EdgeFixture edge({owner.peer()});
    RawClient client(edge.port());

    QVERIFY(client.send("GET / HTTP/1.0\r\nX-A: 1\r\n\r\n"));

    QCOMPARE(client.receive()->body,
             std::string("GET / HTTP/1.1\r\nX-A: 1\r\nHost: \r\nX-MaxIOFS-Forwarded: vouched\r\n\r\n"));
}

void ForwarderTest::largestHeadGoesToo()
{
    OwnerFixture owner(test::echo);
    EdgeFixture edge({owner.peer()});
    RawClient client(edge.port());
    std::string head = "GET /b/k HTTP/1.1\r\nHost: h\r\n";
    for (std::size_t i = 0; i < http::RequestHead::kMaxFields - 2; ++i)
        head += "A: b\r\n";
    head += "X: ";
    head += std::string(http::RequestHead::kMaxBytes - head.size() - 4, 'x') + "\r\n\r\n";

    QVERIFY(client.send(head));

    QCOMPARE(client.receive()->status, 200U);
}

void ForwarderTest::answerComesAsItWas()
{
    OwnerFixture owner([](http::Exchange &exchange) -> net::Awaitable<void> {
        http::ResponseHead head(206);
        head.add("ETag", "\"x\"")
            .add("x-amz-meta-Name", "a, b")
            .add("Set-Cookie", "1")
            .add("Set-Cookie", "2");
        const Status sent = co_await exchange.respond(std::move(head), "partial");
        static_cast<void>(sent);
    });
    EdgeFixture edge({owner.peer()});
    RawClient client(edge.port());

    QVERIFY(client.send("GET /b/k HTTP/1.1\r\nHost: h\r\n\r\n"));
    const auto answer = client.receive();

    QCOMPARE(answer->status, 206U);
    QVERIFY(answer->has("ETag: \"x\"\r\nx-amz-meta-Name: a, b\r\nSet-Cookie: 1\r\nSet-Cookie: 2\r\n"));
    QVERIFY(answer->has("\r\nContent-Length: 7\r\n"));
    QCOMPARE(answer->body, std::string("partial"));
    QCOMPARE(edge.outcomes(), std::vector<std::string>{"relayed 206"});
}

void ForwarderTest::headHasItsLengthAndNoBody()
{
    OwnerFixture owner(test::echo);
    EdgeFixture edge({owner.peer()});
    RawClient client(edge.port());

    for (unsigned i = 0; i < 2; ++i) {
        QVERIFY(client.send("HEAD /b/k HTTP/1.1\r\nHost: h\r\n\r\n"));
        QVERIFY(client.receive(true)->has("\r\nContent-Length: 10\r\n"));  // "HEAD /b/k "
    }
    QCOMPARE(edge.client.counters().reused, std::uint64_t(1));
}

void ForwarderTest::statusWithoutBodyHasNone()
{
    for (const unsigned status : {204U, 304U}) {
        OwnerFixture owner([status](http::Exchange &exchange) -> net::Awaitable<void> {
            http::ResponseHead head(status);
            const Status sent = co_await exchange.respond(std::move(head), {});
            static_cast<void>(sent);
        });
        EdgeFixture edge({owner.peer()});
        RawClient client(edge.port());

        for (unsigned i = 0; i < 2; ++i) {
            QVERIFY(client.send("GET /b/k HTTP/1.1\r\nHost: h\r\n\r\n"));
            const auto answer = client.receive();
            QCOMPARE(answer->status, status);
            QVERIFY(!answer->has("Transfer-Encoding"));
        }
    }
}

void ForwarderTest::smallBodyGoesWithItsHead()
{
    std::string seen;
    const auto credentials = test::NodeCredentials::make();
    RawServer owner(
        [&](RawPeer &peer, unsigned) {
            seen = peer.receiveHead() + peer.receive(4);
            peer.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        },
        credentials.nodes);
    EdgeFixture edge({OwnerFixture::peerAt(owner.port(), credentials)});
    RawClient client(edge.port());

    QVERIFY(client.send(putWhole("body")));

    QCOMPARE(client.receive()->status, 200U);
    QCOMPARE(seen, std::string("PUT /b/k HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n"
                               "X-MaxIOFS-Forwarded: vouched\r\n\r\nbody"));
}

void ForwarderTest::smallBodyThatWaitsIsAskedForByTheOwner()
{
    OwnerFixture owner(test::echo);
    EdgeFixture edge({owner.peer()});
    RawClient client(edge.port());

    for (unsigned i = 0; i < 2; ++i) {
        QVERIFY(client.send(putHead("Content-Length: 4\r\nExpect: 100-continue\r\n")));
        QCOMPARE(client.receive()->status, 100U);
        QVERIFY(client.send("body"));
        QCOMPARE(client.receive()->body, std::string("PUT /b/k body"));
    }
}

void ForwarderTest::emptyBodyThatWaitsIsToldToContinue()
{
    OwnerFixture owner(test::echo);
    EdgeFixture edge({owner.peer()});
    RawClient client(edge.port());

    QVERIFY(client.send(putHead("Content-Length: 0\r\nExpect: 100-continue\r\n")));

    QCOMPARE(client.receive()->status, 100U);
    QCOMPARE(client.receive()->body, std::string("PUT /b/k "));
}

void ForwarderTest::refusalComesBeforeTheBodyIsTaken()
{
    OwnerFixture owner(test::refuseUnread);
    EdgeFixture edge({owner.peer()});

    for (const std::string fields : {"Content-Length: 4\r\nExpect: 100-continue\r\n",
                                     "Content-Length: 400000\r\nExpect: 100-continue\r\n",
                                     "Content-Length: 400000\r\n", "Transfer-Encoding: chunked\r\n"}) {
        RawClient client(edge.port());
        QVERIFY(client.send(putHead(fields)));
        QCOMPARE(client.receive()->status, 403U);
    }
}

void ForwarderTest::streamsOfAnySizeAndFraming()
{
    const unsigned seed = std::random_device()();
    qInfo("seed %u", seed);
    std::mt19937 random(seed);
    OwnerFixture owner(echoStream);
    EdgeFixture edge({owner.peer()});
    constexpr std::array<std::size_t, 9> kSizes = {0,       1,       5000,    65'536,   262'143,
                                                   262'144, 262'145, 700'000, 9'000'000};
    for (const auto kind : {RawClient::Kind::Plain, RawClient::Kind::Tls}) {
        RawClient client(edge.port(), kind);
        for (unsigned round = 0; round < 2 * kSizes.size(); ++round) {
            std::string body(kSizes[round % kSizes.size()], '\0');
            for (char &byte : body)
                byte = static_cast<char>(random());
            const bool isChunked = random() % 2 == 0;
            const bool waits = random() % 2 == 0;
            std::string head = random() % 2 == 0 ? "PUT /known" : "PUT /unknown";
            head += " HTTP/1.1\r\nHost: h\r\n";
            head += isChunked ? "Transfer-Encoding: chunked\r\n"
                              : "Content-Length: " + std::to_string(body.size()) + "\r\n";
            head += waits ? "Expect: 100-continue\r\n\r\n" : "\r\n";
            QVERIFY(client.send(head));
            if (waits)
                QCOMPARE(client.receive()->status, 100U);
            if (!isChunked)
                QVERIFY(client.send(body));
            for (std::size_t at = 0; isChunked && at < body.size();) {
                const std::size_t size = std::min<std::size_t>(1 + random() % 100'000, body.size() - at);
                char line[20];
                std::snprintf(line, sizeof line, "%zx\r\n", size);
                QVERIFY(client.send(line + body.substr(at, size) + "\r\n"));
                at += size;
            }
            if (isChunked)
                QVERIFY(client.send("0\r\n\r\n"));
            const auto answer = client.receive();
            QVERIFY(answer.has_value());
            QCOMPARE(answer->status, 200U);
            QVERIFY(answer->body == body);
        }
    }
}

void ForwarderTest::connectionsAreUsedAgain()
{
    OwnerFixture owner(test::echo);
    EdgeFixture edge({owner.peer()});
    RawClient client(edge.port());

    for (unsigned i = 0; i < 5; ++i) {
        QVERIFY(client.send(putWhole(std::string(i * 100'000, 'x'))));
        QCOMPARE(client.receive()->body.size(), i * 100'000 + 9);
    }

    QCOMPARE(owner.server.counters().connections, std::uint64_t(1));
    QCOMPARE(edge.outcomes(5).size(), std::size_t(5));
    QCOMPARE(edge.stats().relayed, std::uint64_t(5));
}

void ForwarderTest::firstBytesOfAnEndlessAnswerComeAtOnce()
{
    const auto credentials = test::NodeCredentials::make();
    RawServer owner(
        [](RawPeer &peer, unsigned) {
            static_cast<void>(peer.receiveHead());
            peer.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
            peer.waitForClose();
        },
        credentials.nodes);
    EdgeFixture edge({OwnerFixture::peerAt(owner.port(), credentials)});
    RawClient client(edge.port());

    QVERIFY(client.send("GET /events HTTP/1.1\r\nHost: h\r\n\r\n"));

    QCOMPARE(client.receive(true)->status, 200U);  // the head alone
}

void ForwarderTest::requestGoesToWhoeverHasTheBucketNow()
{
    OwnerFixture former(misdirect);
    OwnerFixture owner(test::echo);
    EdgeFixture edge({former.peer(), owner.peer()});
    RawClient client(edge.port());

    QVERIFY(client.send(putWhole("small")));
    QCOMPARE(client.receive()->body, std::string("PUT /b/k small"));
    for (const std::string &body : {std::string("small"), std::string(1'000'000, 'x')}) {
        QVERIFY(client.send(
            putHead("Content-Length: " + std::to_string(body.size()) + "\r\nExpect: 100-continue\r\n")));
        QCOMPARE(client.receive()->status, 100U);
        QVERIFY(client.send(body));
        QVERIFY(client.receive()->body == "PUT /b/k " + body);
    }

    const std::vector<std::string> once{"moved by body", "relayed 200"};
    const std::vector<std::string> outcomes = edge.outcomes(6);
    QCOMPARE(outcomes.size(), std::size_t(6));
    QVERIFY(std::equal(once.begin(), once.end(), outcomes.begin()));
}

void ForwarderTest::requestThatCameBackIsAnsweredHere()
{
    OwnerFixture former(misdirect);
    EdgeFixture edge({former.peer()});
    edge.answersItself = true;
    RawClient client(edge.port());

    for (const std::string &body : {std::string("small"), std::string(1'000'000, 'x')}) {
        QVERIFY(client.send(putWhole(body)));
        QVERIFY(client.receive()->body == "PUT /b/k " + body);
    }
    QVERIFY(client.send("GET /b/k HTTP/1.1\r\nHost: h\r\n\r\n"));
    QCOMPARE(client.receive()->body, std::string("GET /b/k "));
}

void ForwarderTest::answerToHeadSaysWhereTheBucketIs()
{
    OwnerFixture former(misdirect);
    EdgeFixture edge({former.peer()});
    RawClient client(edge.port());

    QVERIFY(client.send("HEAD /b/k HTTP/1.1\r\nHost: h\r\n\r\n"));

    QCOMPARE(client.receive(true)->status, 503U);
    QCOMPARE(edge.outcomes(), std::vector<std::string>{"moved by header"});
}

void ForwarderTest::malformedChunksAreTheClientsFault()
{
    std::promise<Error::Code> seen;
    OwnerFixture owner([&](http::Exchange &exchange) -> net::Awaitable<void> {
        const Result<std::string> body = co_await exchange.readWholeBody(1000);
        seen.set_value(body ? Error::Internal : body.error().code);
    });
    EdgeFixture edge({owner.peer()});
    RawClient client(edge.port());

    QVERIFY(client.send(putHead("Transfer-Encoding: chunked\r\n") + "3\r\nabc\r\nzz\r\n"));

    QCOMPARE(client.receive()->status, 400U);
    QCOMPARE(edge.outcomes(), std::vector<std::string>{"client InvalidArgument"});
    QCOMPARE(seen.get_future().get(), Error::Closed);
}

}  // namespace maxiofs::cluster

using maxiofs::cluster::ForwarderTest;
MAXIOFS_TEST(ForwarderTest)
#include "forwarder_test.moc"
