// SPDX-License-Identifier: GPL-3.0-or-later
#include "http/client.h"

#include "support/client_fixture.h"
#include "support/raw_server.h"
#include "support/run_coroutine.h"
#include "support/server_fixture.h"
#include "support/test_runner.h"

#include <QTest>

namespace maxiofs::http {

class ClientTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void callCarriesItsFieldsAndBody();
    void connectionIsUsedAgain();
    void largeBodiesGoBothWays();
    void answerBeyondTheLimitIsRefused();
    void refusalBeforeTheBodysEndIsRead();
    void interimAnswersAreSkipped();
    void endlessInterimAnswersAreRefused();
    void answerMayEndWithTheConnection();
    void brokenTlsIsNoEndOfAnAnswer();
    void malformedAnswerIsRefused_data();
    void malformedAnswerIsRefused();
    void truncatedAnswerIsRefused_data();
    void truncatedAnswerIsRefused();
    void keptConnectionThatDiedIsNotUsed();
    void callLostByAKeptConnectionIsMadeAgain();
    void callLostByANewConnectionIsNotMadeAgain();
    void connectionWithSurplusBytesIsNotKept();
    void connectionThatIsToCloseIsNotKept();
    void nobodyListensIsAnError();
    void endpointThatIsNoneIsAnError();
    void silentServerEndsTheCallInTime();
    void silentHandshakeEndsTheCallInTime();
    void trickledAnswerIsTooSlow();
    void idleConnectionGrowsOld();
    void idleConnectionsAreCutOnDemand();
    void idleConnectionsAreFewerThanTheCap();
    void newCertificateClosesIdleConnections();
    void watchEndsAWaitingConnection();
    void stopAnswersWhatIsPending();
    void callAfterStopIsRefused();
};

namespace {

using std::chrono::milliseconds;
using test::callOf;
using test::ClientFixture;
using test::plainDestination;
using test::RawPeer;
using test::RawServer;
using test::ServerFixture;

constexpr int kClientPatienceMs = 30'000;
const std::string kOkAnswer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

// Answers each first request with `answer`, then ends the connection.
RawServer::Script answering(std::string answer)
{
    return [answer = std::move(answer)](RawPeer &peer, unsigned) {
        static_cast<void>(peer.receiveHead());
        peer.send(answer);
    };
}

Result<Answer> answerOf(const std::string &bytes, ClientOptions options = {})
{
    RawServer server(answering(bytes));
    ClientFixture caller(options);
    return caller.call(callOf(plainDestination(server.port())));
}

}  // namespace

void ClientTest::callCarriesItsFieldsAndBody()
{
    std::string head;
    RawServer server([&](RawPeer &peer, unsigned) {
        head = peer.receiveHead() + peer.receive(4);
        peer.send("HTTP/1.1 409 No\r\nX-Reason:  why \r\nContent-Length: 2\r\n\r\nno");
    });
    ClientFixture caller;
    Call call = callOf(plainDestination(server.port()), "body");
    call.fields = {{"X-One", "1"}, {"X-Two", "2"}};

    const auto answer = caller.call(std::move(call));

    QCOMPARE(answer->head.status(), 409U);
    QCOMPARE(answer->head.find("x-reason").value(), std::string_view("why"));
    QCOMPARE(answer->body, std::string("no"));
    QCOMPARE(head, "POST /p HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(server.port()) +
                       "\r\nX-One: 1\r\nX-Two: 2\r\nContent-Length: 4\r\n\r\nbody");
}

void ClientTest::connectionIsUsedAgain()
{
    ServerFixture fixture(test::echo);
    ClientFixture caller;

    for (const std::string body : {"one", "", "three"})
        QCOMPARE(caller.call(callOf(plainDestination(fixture.port()), body))->body, "POST /p " + body);

    QCOMPARE(caller.client.counters().connections, std::uint64_t(1));
    QCOMPARE(caller.client.counters().reused, std::uint64_t(2));
    QCOMPARE(fixture.server.counters().connections, std::uint64_t(1));
}

void ClientTest::largeBodiesGoBothWays()
{
    ServerFixture fixture(test::echo);
    const test::NodeCredentials node = test::NodeCredentials::make();
    fixture.server.setTls(node.servers);
    ClientFixture caller;
    const std::string body = std::string(5'000'000, 'x') + "end";

    for (const Destination &to :
         {plainDestination(fixture.port()), test::nodeDestination(fixture.port(), node.fingerprint)}) {
        Call call = callOf(to, body);
        call.maxAnswer = 6'000'000;
        QVERIFY(caller.call(std::move(call))->body == "POST /p " + body);
    }
}

void ClientTest::answerBeyondTheLimitIsRefused()
{
    for (const std::string head : {"Content-Length: 11\r\n\r\n", "Transfer-Encoding: chunked\r\n\r\nb\r\n"}) {
        RawServer server(answering("HTTP/1.1 200 OK\r\n" + head + "hello world\r\n0\r\n\r\n"));
        ClientFixture caller;
        Call call = callOf(plainDestination(server.port()));
        call.maxAnswer = 10;

        QCOMPARE(caller.call(std::move(call)).error().code, Error::EntityTooLarge);
    }
}

void ClientTest::refusalBeforeTheBodysEndIsRead()
{
    ServerFixture fixture(test::refuseUnread);
    ClientFixture caller;

    const auto answer = caller.call(callOf(plainDestination(fixture.port()), std::string(7'000'000, 'x')));

    QCOMPARE(answer->head.status(), 403U);
}

void ClientTest::interimAnswersAreSkipped()
{
    const auto answer =
        answerOf("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early\r\nLink: x\r\n\r\n" + kOkAnswer);

    QCOMPARE(answer->body, std::string("ok"));
}

void ClientTest::endlessInterimAnswersAreRefused()
{
    std::string bytes;
    for (unsigned i = 0; i < 9; ++i)
        bytes += "HTTP/1.1 100 Continue\r\n\r\n";

    QCOMPARE(answerOf(bytes + kOkAnswer).error().code, Error::Closed);
}

void ClientTest::answerMayEndWithTheConnection()
{
    const auto answer = answerOf("HTTP/1.1 200 OK\r\n\r\nall of it");

    QCOMPARE(answer->body, std::string("all of it"));
}

void ClientTest::brokenTlsIsNoEndOfAnAnswer()
{
    const test::NodeCredentials node = test::NodeCredentials::make();
    RawServer server(
        [](RawPeer &peer, unsigned connection) {
            static_cast<void>(peer.receiveHead());
            peer.send("HTTP/1.1 200 OK\r\n\r\nhalf of it");
            if (connection == 1)
                peer.closeNotify();
        },
        node.nodes);
    ClientFixture caller;
    const Destination to = test::nodeDestination(server.port(), node.fingerprint);

    QCOMPARE(caller.call(callOf(to)).error().code, Error::Closed);
    QCOMPARE(caller.call(callOf(to))->body, std::string("half of it"));
}

void ClientTest::malformedAnswerIsRefused_data()
{
    QTest::addColumn<QByteArray>("bytes");
    const auto row = [](const char *name, const char *bytes) { QTest::newRow(name) << QByteArray(bytes); };
    row("no HTTP", "SSH-2.0-OpenSSH\r\n\r\n");
    row("bare line feeds", "HTTP/1.1 200 OK\nContent-Length: 0\n\n");
    row("two lengths", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nContent-Length: 1\r\n\r\n");
    row("length and chunks", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nTransfer-Encoding: chunked\r\n\r\n");
    row("malformed chunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n");
    row("another protocol", "HTTP/1.1 101 Switch\r\n\r\n");
    row("folded field", "HTTP/1.1 200 OK\r\nA: b\r\n c\r\nContent-Length: 0\r\n\r\n");
}

void ClientTest::malformedAnswerIsRefused()
{
    QFETCH(QByteArray, bytes);

    const auto answer = answerOf(bytes.toStdString());

    QVERIFY(!answer.has_value());
    QCOMPARE(answer.error().code, Error::Closed);
}

void ClientTest::truncatedAnswerIsRefused_data()
{
    QTest::addColumn<QByteArray>("bytes");
    const auto row = [](const char *name, const char *bytes) { QTest::newRow(name) << QByteArray(bytes); };
    row("nothing", "");
    row("in the head", "HTTP/1.1 200 OK\r\nContent-Le");
    row("after an interim answer", "HTTP/1.1 100 Continue\r\n\r\n");
    row("in a body of known length", "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nab");
    row("in a chunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nab");
    row("before the last chunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n");
}

void ClientTest::truncatedAnswerIsRefused()
{
    QFETCH(QByteArray, bytes);

    const auto answer = answerOf(bytes.toStdString());

    QVERIFY(!answer.has_value());
    QCOMPARE(answer.error().code, Error::Closed);
}

void ClientTest::keptConnectionThatDiedIsNotUsed()
{
    RawServer server(answering(kOkAnswer));
    ClientFixture caller;

    for (unsigned i = 0; i < 3; ++i)
        QCOMPARE(caller.call(callOf(plainDestination(server.port())))->body, std::string("ok"));

    QCOMPARE(server.connections(), 3U);
}

void ClientTest::callLostByAKeptConnectionIsMadeAgain()
{
    RawServer server([](RawPeer &peer, unsigned) {
        static_cast<void>(peer.receiveHead());
        peer.send(kOkAnswer);
        static_cast<void>(peer.receiveHead());  // and no answer
    });
    ClientFixture caller;
    static_cast<void>(caller.call(callOf(plainDestination(server.port()))));

    const auto answer = caller.call(callOf(plainDestination(server.port())));

    QCOMPARE(answer->body, std::string("ok"));
    QCOMPARE(caller.client.counters().reused, std::uint64_t(1));
    QCOMPARE(server.connections(), 2U);
}

void ClientTest::callLostByANewConnectionIsNotMadeAgain()
{
    RawServer server([](RawPeer &peer, unsigned) { static_cast<void>(peer.receiveHead()); });
    ClientFixture caller;

    QCOMPARE(caller.call(callOf(plainDestination(server.port()))).error().code, Error::Closed);
    QCOMPARE(server.connections(), 1U);
}

void ClientTest::connectionWithSurplusBytesIsNotKept()
{
    RawServer server([](RawPeer &peer, unsigned) {
        static_cast<void>(peer.receiveHead());
        peer.send(kOkAnswer + "surplus");
        peer.waitForClose();
    });
    ClientFixture caller;

    for (unsigned i = 0; i < 2; ++i)
        QCOMPARE(caller.call(callOf(plainDestination(server.port())))->body, std::string("ok"));

    QCOMPARE(server.connections(), 2U);
}

void ClientTest::connectionThatIsToCloseIsNotKept()
{
    RawServer server([](RawPeer &peer, unsigned) {
        static_cast<void>(peer.receiveHead());
        peer.send("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
        peer.waitForClose();
    });
    ClientFixture caller;

    for (unsigned i = 0; i < 2; ++i)
        QVERIFY(caller.call(callOf(plainDestination(server.port()))).has_value());

    QCOMPARE(server.connections(), 2U);
}

void ClientTest::nobodyListensIsAnError()
{
    std::uint16_t port = 0;
    {
        RawServer gone(answering(kOkAnswer));
        port = gone.port();
    }
    ClientFixture caller;

    QCOMPARE(caller.call(callOf(plainDestination(port))).error().code, Error::Closed);
    Destination byName = plainDestination(port);
    byName.endpoint = "http://localhost:" + std::to_string(port);
    QCOMPARE(caller.call(callOf(byName)).error().code, Error::Closed);
    QCOMPARE(caller.client.counters().failures, std::uint64_t(2));
}

void ClientTest::endpointThatIsNoneIsAnError()
{
    ClientFixture caller;
    Destination to = plainDestination(1);
    to.endpoint = "ftp://node";

    QCOMPARE(caller.call(callOf(to)).error().code, Error::InvalidArgument);
}

void ClientTest::silentServerEndsTheCallInTime()
{
    RawServer server([](RawPeer &peer, unsigned) { peer.waitForClose(); });
    ClientFixture caller;
    Call call = callOf(plainDestination(server.port()));
    call.limit = milliseconds(50);

    QCOMPARE(caller.call(std::move(call)).error().code, Error::TimedOut);
}

void ClientTest::silentHandshakeEndsTheCallInTime()
{
    RawServer server([](RawPeer &peer, unsigned) { peer.waitForClose(); });
    ClientFixture caller;
    Call call = callOf(test::nodeDestination(server.port(), std::string(64, 'a')));
    call.limit = milliseconds(50);

    QCOMPARE(caller.call(std::move(call)).error().code, Error::TimedOut);
}

void ClientTest::trickledAnswerIsTooSlow()
{
    RawServer server([](RawPeer &peer, unsigned) {
        static_cast<void>(peer.receiveHead());
        peer.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nab");
        peer.waitForClose();
    });
    ClientOptions options;
    options.bodyPace = {milliseconds(30), 5};
    ClientFixture caller(options);

    QCOMPARE(caller.call(callOf(plainDestination(server.port()))).error().code, Error::TimedOut);
}

void ClientTest::idleConnectionGrowsOld()
{
    ServerFixture fixture(test::echo);
    ClientOptions options;
    options.idleAge = milliseconds(1);
    ClientFixture caller(options);

    QVERIFY(caller.call(callOf(plainDestination(fixture.port()))).has_value());

    QTRY_COMPARE_WITH_TIMEOUT(fixture.server.counters().openConnections, std::size_t(0), kClientPatienceMs);
}

void ClientTest::idleConnectionsAreCutOnDemand()
{
    ServerFixture fixture(test::echo);
    ServerFixture other(test::echo);
    ClientFixture caller;
    QVERIFY(caller.call(callOf(plainDestination(fixture.port()))).has_value());
    QVERIFY(caller.call(callOf(plainDestination(other.port()))).has_value());

    caller.client.cutIdle(plainDestination(fixture.port()));

    QTRY_COMPARE_WITH_TIMEOUT(fixture.server.counters().openConnections, std::size_t(0), kClientPatienceMs);
    QCOMPARE(other.server.counters().openConnections, std::size_t(1));
}

void ClientTest::idleConnectionsAreFewerThanTheCap()
{
    ServerFixture first(test::echo);
    ServerFixture second(test::echo);
    ClientOptions options;
    options.idle = 1;
    ClientFixture caller(options);

    QVERIFY(caller.call(callOf(plainDestination(first.port()))).has_value());
    QVERIFY(caller.call(callOf(plainDestination(second.port()))).has_value());

    QTRY_COMPARE_WITH_TIMEOUT(second.server.counters().openConnections, std::size_t(0), kClientPatienceMs);
    QCOMPARE(first.server.counters().openConnections, std::size_t(1));
}

void ClientTest::newCertificateClosesIdleConnections()
{
    ServerFixture fixture(test::echo);
    ClientFixture caller;
    QVERIFY(caller.call(callOf(plainDestination(fixture.port()))).has_value());

    caller.client.setTls(test::NodeCredentials::make().nodes);

    QTRY_COMPARE_WITH_TIMEOUT(fixture.server.counters().openConnections, std::size_t(0), kClientPatienceMs);
}

namespace {

struct ImpatientWatch final : ClientWatch {
    std::optional<Error> reasonToGiveUp(bool isAnswering) override
    {
        if (isAnswering)
            return std::nullopt;
        return Error(Error::Busy, "enough");
    }
};

net::Awaitable<Status> waitImpatiently(Client &client, Destination to)
{
    ImpatientWatch watch;
    CO_TRY_ASSIGN(const ClientLease lease,
                  co_await client.connect(std::move(to), Client::Reuse::Allowed, &watch));
    lease->start(false);
    co_return co_await lease->receiveHead();
}

}  // namespace

void ClientTest::watchEndsAWaitingConnection()
{
    RawServer server([](RawPeer &peer, unsigned) { peer.waitForClose(); });
    net::IoThreads threads(1, "io", milliseconds(10));
    ClientOptions options;
    options.sweepInterval = milliseconds(10);
    Client client(threads, options);
    threads.start();

    const Status ended = test::runCoroutineOn(threads.at(0).executor(),
                                              waitImpatiently(client, plainDestination(server.port())));

    QCOMPARE(ended.error().code, Error::Busy);
    client.stop();
}

void ClientTest::stopAnswersWhatIsPending()
{
    std::promise<void> asked;
    RawServer server([&](RawPeer &peer, unsigned) {
        static_cast<void>(peer.receiveHead());
        asked.set_value();
        peer.waitForClose();
    });
    ClientFixture caller;
    std::promise<Result<Answer>> answered;
    caller.client.call(callOf(plainDestination(server.port())),
                       [&](Result<Answer> answer) { answered.set_value(std::move(answer)); });
    asked.get_future().wait();

    caller.client.stop();

    auto answer = answered.get_future();
    QVERIFY(answer.wait_for(milliseconds(0)) == std::future_status::ready);
    QCOMPARE(answer.get().error().code, Error::Stopping);
}

void ClientTest::callAfterStopIsRefused()
{
    ServerFixture fixture(test::echo);
    ClientFixture caller;
    caller.client.stop();

    QCOMPARE(caller.call(callOf(plainDestination(fixture.port()))).error().code, Error::Stopping);
}

}  // namespace maxiofs::http

using maxiofs::http::ClientTest;
MAXIOFS_TEST(ClientTest)
#include "client_test.moc"
