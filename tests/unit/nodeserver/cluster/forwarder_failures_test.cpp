// SPDX-License-Identifier: GPL-3.0-or-later
#include "cluster/forwarder.h"

#include "edge_fixture.h"
#include "net/blocking_pool.h"
#include "support/raw_server.h"
#include "support/test_runner.h"

#include <future>

namespace maxiofs::cluster {

// Whoever goes, at whatever moment: the other side sees it, and nobody a body that is silently short.
class ForwarderFailuresTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void nobodyListens();
    void anotherNodeAnswers();
    void ownerClosesBeforeItsAnswer();
    void ownerClosesAKeptConnection();
    void ownerClosesAfterItsContinue();
    void ownerClosesInABodyOfKnownLength();
    void ownerClosesBeforeTheFirstByteOfABody();
    void ownerClosesInAChunkedBody();
    void ownerClosesInABodyForAnOldClient();
    void ownerAnswersNonsense();
    void ownerAnswersInTheMiddleOfTheBody();
    void clientLeavesWhileItWaits();
    void clientLeavesInItsBody();
    void clientLeavesInItsAnswer();
    void silentOwnerIsNotAsked();
    void silentOwnerIsGivenUpBeforeItsAnswer();
    void silentOwnerIsGivenUpAfterItsContinue();
    void answeringOwnerIsNotGivenUp();
    void edgeStopsWhileItWaits();
};

namespace {

using std::chrono::milliseconds;
using test::EdgeFixture;
using test::OwnerFixture;
using test::RawClient;
using test::RawPeer;
using test::RawServer;
using Outcomes = std::vector<std::string>;

constexpr int kForwardPatienceMs = 30'000;
const std::string kGetObject = "GET /b/k HTTP/1.1\r\nHost: h\r\n\r\n";
const std::string kPutLarge = "PUT /b/k HTTP/1.1\r\nHost: h\r\nContent-Length: 1000000\r\n\r\n";
constexpr std::size_t kLarge = 1'000'000;

// An owner that does what a script says.
struct ScriptedOwner {
    explicit ScriptedOwner(RawServer::Script script) : server(std::move(script), credentials.nodes) {}
    [[nodiscard]] rules::Peer peer() const { return OwnerFixture::peerAt(server.port(), credentials); }

    const test::NodeCredentials credentials = test::NodeCredentials::make();
    RawServer server;
};

// Reads the head and answers with `bytes`, then ends.
RawServer::Script sending(std::string bytes)
{
    return [bytes = std::move(bytes)](RawPeer &peer, unsigned) {
        static_cast<void>(peer.receiveHead());
        peer.send(bytes);
    };
}

}  // namespace

void ForwarderFailuresTest::nobodyListens()
{
    rules::Peer gone;
    {
        ScriptedOwner owner(sending(""));
        gone = owner.peer();
    }
    OwnerFixture second(test::echo);
    EdgeFixture edge({gone, second.peer()});
    RawClient client(edge.port());

    QVERIFY(client.send("PUT /b/k HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n\r\nbody"));

    QCOMPARE(client.receive()->body, std::string("PUT /b/k body"));
    QCOMPARE(edge.outcomes(2), (Outcomes{"unreachable Closed", "relayed 200"}));
}

void ForwarderFailuresTest::anotherNodeAnswers()
{
    OwnerFixture owner(test::echo);
    rules::Peer peer = owner.peer();
    peer.certificate = std::string(64, '0');
    EdgeFixture edge({peer});
    RawClient client(edge.port());

    QVERIFY(client.send(kGetObject));

    QCOMPARE(client.receive()->status, 503U);
    QCOMPARE(edge.outcomes(), Outcomes{"unreachable Unauthenticated"});
    QCOMPARE(owner.server.counters().requests, std::uint64_t(0));
}

void ForwarderFailuresTest::ownerClosesBeforeItsAnswer()
{
    ScriptedOwner owner(sending(""));
    EdgeFixture edge({owner.peer()});
    RawClient client(edge.port());

    QVERIFY(client.send(kGetObject));

    QCOMPARE(client.receive()->status, 503U);
    QCOMPARE(edge.outcomes(), Outcomes{"unreachable Closed"});
    QCOMPARE(owner.server.connections(), 1U);
}

void ForwarderFailuresTest::ownerClosesAKeptConnection()
{
    ScriptedOwner owner([](RawPeer &peer, unsigned) {
        static_cast<void>(peer.receiveHead());
        peer.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        static_cast<void>(peer.receiveHead());  // and no answer
    });
    EdgeFixture edge({owner.peer()});
    RawClient client(edge.port());

    for (unsigned i = 0; i < 3; ++i) {
        QVERIFY(client.send(kGetObject));
        QCOMPARE(client.receive()->status, 200U);
    }

    QCOMPARE(edge.outcomes(3), (Outcomes{"relayed 200", "relayed 200", "relayed 200"}));
    QCOMPARE(owner.server.connections(), 3U);
}

void ForwarderFailuresTest::ownerClosesAfterItsContinue()
{
    ScriptedOwner owner([](RawPeer &peer, unsigned) {
        static_cast<void>(peer.receiveHead());
        peer.send("HTTP/1.1 100 Continue\r\n\r\n");
        static_cast<void>(peer.receive(1000));
    });
    EdgeFixture edge({owner.peer()});
    RawClient client(edge.port());

    QVERIFY(client.send(kPutLarge + std::string(kLarge, 'x')));

    QCOMPARE(client.receive()->status, 400U);  // the fixture's answer where nothing can be repeated
    QCOMPARE(edge.outcomes(), Outcomes{"unreachable Closed taken"});
}

void ForwarderFailuresTest::ownerClosesInABodyOfKnownLength()
{
    ScriptedOwner owner(
        sending("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n" + std::string(kLarge - 1, 'x')));
    EdgeFixture edge({owner.peer()});
    RawClient client(edge.port());

    QVERIFY(client.send(kGetObject));

    const std::string received = client.receiveAll();
    QVERIFY(received.find("\r\nContent-Length: 1000000\r\n") != std::string::npos);
    QVERIFY(received.size() - received.find("\r\n\r\n") - 4 < kLarge);
    QCOMPARE(edge.outcomes(), Outcomes{"unreachable Closed answered"});
}

void ForwarderFailuresTest::ownerClosesBeforeTheFirstByteOfABody()
{
    ScriptedOwner owner(sending("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n"));
    EdgeFixture edge({owner.peer()});
    RawClient client(edge.port());

    QVERIFY(client.send(kGetObject));

    QCOMPARE(client.receive()->status, 503U);
    QCOMPARE(edge.outcomes(), Outcomes{"unreachable Closed"});
}

void ForwarderFailuresTest::ownerClosesInAChunkedBody()
{
    ScriptedOwner owner(sending("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n"));
    EdgeFixture edge({owner.peer()});
    RawClient client(edge.port());

    QVERIFY(client.send(kGetObject));

    const std::string received = client.receiveAll();
    QVERIFY(received.ends_with("4\r\nhalf\r\n"));
    QCOMPARE(edge.outcomes(), Outcomes{"unreachable Closed answered"});
}

void ForwarderFailuresTest::ownerClosesInABodyForAnOldClient()
{
    ScriptedOwner owner(sending("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n"));
    EdgeFixture edge({owner.peer()});
    RawClient client(edge.port());

    QVERIFY(client.send("GET /b/k HTTP/1.0\r\n\r\n"));

    static_cast<void>(client.receiveAll());
    QVERIFY(client.wasReset());
}

void ForwarderFailuresTest::ownerAnswersNonsense()
{
    for (const char *const bytes : {"nonsense\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n",
                                    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n"}) {
        ScriptedOwner owner(sending(bytes));
        EdgeFixture edge({owner.peer()});
        RawClient client(edge.port());

        QVERIFY(client.send(kGetObject));
        static_cast<void>(client.receive());

        QVERIFY(edge.outcomes()[0].starts_with("unreachable Closed"));
    }
}

void ForwarderFailuresTest::ownerAnswersInTheMiddleOfTheBody()
{
    ScriptedOwner owner([](RawPeer &peer, unsigned) {
        static_cast<void>(peer.receiveHead());
        peer.send("HTTP/1.1 100 Continue\r\n\r\n");
        static_cast<void>(peer.receive(1000));
        peer.send("HTTP/1.1 507 Full\r\nConnection: close\r\nContent-Length: 4\r\n\r\nfull");
        peer.waitForClose();
    });
    EdgeFixture edge({owner.peer()});
    RawClient client(edge.port());

    QVERIFY(client.send("PUT /b/k HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"));
    while (client.send("400\r\n" + std::string(1024, 'x') + "\r\n") && edge.outcomes(0).empty()) {
    }

    QCOMPARE(client.receive()->status, 507U);
    QCOMPARE(edge.outcomes(), Outcomes{"relayed 507"});
}

void ForwarderFailuresTest::clientLeavesWhileItWaits()
{
    std::promise<void> asked;
    std::promise<void> left;
    ScriptedOwner owner([&](RawPeer &peer, unsigned) {
        static_cast<void>(peer.receiveHead());
        asked.set_value();
        peer.waitForClose();
        left.set_value();
    });
    EdgeFixture edge({owner.peer()});
    RawClient client(edge.port());
    QVERIFY(client.send(kGetObject));
    asked.get_future().wait();

    client.close();

    left.get_future().wait();
    QCOMPARE(edge.outcomes(), Outcomes{"client Closed"});
}

void ForwarderFailuresTest::clientLeavesInItsBody()
{
    std::promise<Error::Code> seen;
    OwnerFixture owner([&](http::Exchange &exchange) -> net::Awaitable<void> {
        const Result<std::string> body = co_await exchange.readWholeBody(kLarge);
        seen.set_value(body ? Error::Internal : body.error().code);
    });
    EdgeFixture edge({owner.peer()});
    RawClient client(edge.port());

    QVERIFY(client.send(kPutLarge + std::string(kLarge / 2, 'x')));
    client.close();

    QCOMPARE(seen.get_future().get(), Error::Closed);
    QCOMPARE(edge.outcomes(), Outcomes{"client Closed"});
}

void ForwarderFailuresTest::clientLeavesInItsAnswer()
{
    std::promise<Error::Code> seen;
    OwnerFixture owner([&](http::Exchange &exchange) -> net::Awaitable<void> {
        http::ResponseHead head(200);
        Status sent = co_await exchange.begin(std::move(head));
        const std::string piece(100'000, 'x');
        while (sent)
            sent = co_await exchange.write(asBytes(piece));
        seen.set_value(sent.error().code);
    });
    EdgeFixture edge({owner.peer()});
    RawClient client(edge.port());

    QVERIFY(client.send(kGetObject));
    QVERIFY(client.receive(true).has_value());
    client.close();

    QCOMPARE(seen.get_future().get(), Error::Closed);
    QCOMPARE(edge.outcomes(), Outcomes{"client Closed"});
}

void ForwarderFailuresTest::silentOwnerIsNotAsked()
{
    OwnerFixture owner(test::echo);
    EdgeFixture edge({owner.peer()});
    edge.ownersAreSilent = true;
    RawClient client(edge.port());

    QVERIFY(client.send(kGetObject));

    QCOMPARE(client.receive()->status, 503U);
    QCOMPARE(edge.outcomes(), Outcomes{"unreachable TimedOut"});
    QCOMPARE(owner.server.counters().connections, std::uint64_t(0));
}

void ForwarderFailuresTest::silentOwnerIsGivenUpBeforeItsAnswer()
{
    std::promise<void> asked;
    ScriptedOwner owner([&](RawPeer &peer, unsigned) {
        static_cast<void>(peer.receiveHead());
        asked.set_value();
        peer.waitForClose();
    });
    EdgeFixture edge({owner.peer()});
    RawClient client(edge.port());
    QVERIFY(client.send(kGetObject));
    asked.get_future().wait();

    edge.ownersAreSilent = true;

    QCOMPARE(client.receive()->status, 503U);
    QCOMPARE(edge.outcomes(), Outcomes{"unreachable TimedOut"});
}

void ForwarderFailuresTest::silentOwnerIsGivenUpAfterItsContinue()
{
    ScriptedOwner owner([](RawPeer &peer, unsigned) {
        static_cast<void>(peer.receiveHead());
        peer.send("HTTP/1.1 100 Continue\r\n\r\n");
        peer.waitForClose();
    });
    EdgeFixture edge({owner.peer()});
    RawClient client(edge.port());
    QVERIFY(client.send("PUT /b/k HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n"));
    QCOMPARE(client.receive()->status, 100U);

    edge.ownersAreSilent = true;
    QVERIFY(client.send("body"));

    QCOMPARE(client.receive()->status, 503U);
    QCOMPARE(edge.outcomes(), Outcomes{"unreachable TimedOut"});
}

void ForwarderFailuresTest::answeringOwnerIsNotGivenUp()
{
    net::BlockingPool pool(3);
    std::promise<void> mayEnd;
    std::shared_future<void> end = mayEnd.get_future();
    std::atomic<unsigned> asked{0};
    OwnerFixture owner([&](http::Exchange &exchange) -> net::Awaitable<void> {
        http::ResponseHead head(200);
        const bool answers = exchange.head().path() == "/answering";
        Status sent;
        if (answers) {
            sent = co_await exchange.begin(std::move(head));
            if (sent)
                sent = co_await exchange.flush();
        }
        ++asked;
        auto wait = [&] { end.wait(); };
        co_await pool.run(wait);
        if (answers && sent)
            sent = co_await exchange.end();
    });
    EdgeFixture edge({owner.peer()});
    // The edge's two threads take connections in turn: one that is given up shows that its thread has looked.
    RawClient answered(edge.port());
    RawClient waitsBeside(edge.port());
    RawClient waitsOnTheSameThread(edge.port());
    QVERIFY(answered.send("GET /answering HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"));
    QCOMPARE(answered.receive(true)->status, 200U);
    QVERIFY(waitsBeside.send(kGetObject));
    QVERIFY(waitsOnTheSameThread.send(kGetObject));
    QTRY_COMPARE_WITH_TIMEOUT(asked.load(), 3U, kForwardPatienceMs);

    edge.ownersAreSilent = true;
    QCOMPARE(waitsBeside.receive()->status, 503U);
    QCOMPARE(waitsOnTheSameThread.receive()->status, 503U);
    mayEnd.set_value();

    QCOMPARE(answered.receiveAll(), std::string("0\r\n\r\n"));
}

void ForwarderFailuresTest::edgeStopsWhileItWaits()
{
    std::promise<void> asked;
    ScriptedOwner owner([&](RawPeer &peer, unsigned) {
        static_cast<void>(peer.receiveHead());
        asked.set_value();
        peer.waitForClose();
    });
    auto edge = std::make_unique<EdgeFixture>(std::vector{owner.peer()});
    RawClient client(edge->port());
    QVERIFY(client.send(kGetObject));
    asked.get_future().wait();

    edge.reset();

    QVERIFY(client.isClosed());
}

}  // namespace maxiofs::cluster

using maxiofs::cluster::ForwarderFailuresTest;
MAXIOFS_TEST(ForwarderFailuresTest)
#include "forwarder_failures_test.moc"
