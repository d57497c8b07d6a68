// SPDX-License-Identifier: GPL-3.0-or-later
#include "http/server.h"

#include "base/clock.h"
#include "crypto/certificate.h"
#include "net/blocking_pool.h"
#include "support/server_fixture.h"
#include "support/test_runner.h"

#include <future>

namespace maxiofs::http {

// Deadlines, caps, TLS and the graceful stop.
class ServerLimitsTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void silentConnectionIsCut();
    void slowHeadIsCutThoughItNeverPauses();
    void idleConnectionIsCut();
    void slowBodyIsCut();
    void clientThatDoesNotReadIsCut();
    void slowHandlerIsNotCut();
    void connectionsOfOneAddressAreCapped();
    void plainAndTlsShareAPort();
    void largeBodyGoesBothWaysOverTls();
    void replacedCertificateServesNewConnections();
    void tlsWithoutACertificateIsClosed();
    void stopClosesIdleConnectionsAtOnce();
    void stopLetsABusyConnectionFinish();
    void stopCutsWhatOutlastsItsPatience();
};

namespace {

using std::chrono::milliseconds;
using test::echo;
using test::RawClient;
using test::ServerFixture;

constexpr milliseconds kShort{60};

const std::string kGet = "GET /x HTTP/1.1\r\nHost: h\r\n\r\n";

struct TestCertificate {
    std::shared_ptr<const net::TlsContext> context;
    std::string fingerprint;
};

TestCertificate makeTestCertificate()
{
    const auto pair = crypto::makeSelfSignedCertificate({.commonName = "localhost",
                                                         .names = {"localhost"},
                                                         .notBeforeUnixMs = SystemClock::instance().unixMs(),
                                                         .validDays = 2})
                          .value();
    return {net::TlsContext::fromPem(pair.certificatePem, pair.keyPem).value(),
            crypto::describeCertificate(asBytes(pair.certificatePem))->fingerprint};
}

// A handler that tells that it began and answers when it may.
struct Gate {
    net::BlockingPool pool{2};
    std::promise<void> began;
    std::promise<void> mayEnd;
    std::shared_future<void> opened{mayEnd.get_future()};

    net::Awaitable<void> handle(Exchange &exchange)
    {
        auto wait = [this] {
            began.set_value();
            opened.wait();
        };
        co_await pool.run(wait);
        ResponseHead head(200);
        const Status sent = co_await exchange.respond(std::move(head), "late");
        static_cast<void>(sent);
    }
};

net::Awaitable<void> respondWithMuch(Exchange &exchange)
{
    ResponseHead head(200);
    const Status sent = co_await exchange.respond(std::move(head), std::string(64 << 20, 'x'));
    Q_ASSERT(!sent && sent.error().code == Error::TimedOut);
}

}  // namespace

void ServerLimitsTest::silentConnectionIsCut()
{
    ServerOptions options;
    options.headPace = {kShort, 0};
    ServerFixture fixture(echo, std::move(options));
    RawClient client(fixture.port());

    QVERIFY(client.isClosed());
    QCOMPARE(fixture.server.counters().lateConnections, std::uint64_t(1));
}

void ServerLimitsTest::slowHeadIsCutThoughItNeverPauses()
{
    ServerOptions options;
    options.headPace = {milliseconds(500), 0};
    ServerFixture fixture(echo, std::move(options));
    ServerOptions quick;
    quick.headPace = {milliseconds(10), 0};
    ServerFixture pacer(echo, std::move(quick));  // cuts a silent connection after about 10 ms
    RawClient client(fixture.port());
    QVERIFY(client.send("GET / HTTP/1.1\r\nHost: h\r\nX: "));

    constexpr unsigned kMostBytes = 2000;
    unsigned bytes = 0;
    while (bytes < kMostBytes && fixture.server.counters().lateConnections == 0) {
        QVERIFY(RawClient(pacer.port()).isClosed());
        if (client.send("a"))
            ++bytes;
    }

    QCOMPARE(fixture.server.counters().lateConnections, std::uint64_t(1));
    QVERIFY(bytes > 1);
    QCOMPARE(fixture.server.counters().requests, std::uint64_t(0));
}

void ServerLimitsTest::idleConnectionIsCut()
{
    ServerOptions options;
    options.idlePace = {kShort, 0};
    ServerFixture fixture(echo, std::move(options));
    RawClient client(fixture.port());
    QVERIFY(client.send(kGet));
    QVERIFY(client.receive().has_value());

    QVERIFY(client.isClosed());
    QCOMPARE(fixture.server.counters().lateConnections, std::uint64_t(1));
}

void ServerLimitsTest::slowBodyIsCut()
{
    ServerOptions options;
    options.bodyPace = {kShort, 1000};
    ServerFixture fixture(echo, std::move(options));
    RawClient client(fixture.port());

    QVERIFY(client.send("PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: 100000\r\n\r\nsome"));

    QVERIFY(!client.receive().has_value());
    QCOMPARE(fixture.server.counters().lateConnections, std::uint64_t(1));
}

void ServerLimitsTest::clientThatDoesNotReadIsCut()
{
    ServerOptions options;
    options.writePace = {kShort, 1000};
    ServerFixture fixture(respondWithMuch, std::move(options));
    RawClient client(fixture.port());

    QVERIFY(client.send(kGet));

    QTRY_COMPARE_WITH_TIMEOUT(fixture.server.counters().lateConnections, std::uint64_t(1), 30'000);
    QVERIFY(!client.receive().has_value());
}

void ServerLimitsTest::slowHandlerIsNotCut()
{
    Gate gate;
    ServerOptions options;
    options.headPace = options.idlePace = options.bodyPace = options.writePace = {milliseconds(20), 0};
    ServerFixture fixture([&gate](Exchange &exchange) { return gate.handle(exchange); }, std::move(options));
    RawClient client(fixture.port());
    QVERIFY(client.send(kGet));
    gate.began.get_future().wait();

    // Another connection is cut meanwhile: the limits have passed.
    QVERIFY(RawClient(fixture.port()).isClosed());
    gate.mayEnd.set_value();

    QCOMPARE(client.receive()->body, std::string("late"));
}

void ServerLimitsTest::connectionsOfOneAddressAreCapped()
{
    ServerOptions options;
    options.caps = {.total = 10, .perAddress = 1, .exempt = {net::Network::parse("127.0.0.3").value()}};
    ServerFixture fixture(echo, std::move(options));
    RawClient first(fixture.port());
    QVERIFY(first.send(kGet));
    QVERIFY(first.receive().has_value());

    RawClient second(fixture.port());
    QVERIFY(second.isClosed());
    RawClient otherAddress(fixture.port(), RawClient::Kind::Plain, "127.0.0.2");
    QVERIFY(otherAddress.send(kGet));
    QVERIFY(otherAddress.receive().has_value());
    RawClient exempt(fixture.port(), RawClient::Kind::Plain, "127.0.0.3");
    RawClient alsoExempt(fixture.port(), RawClient::Kind::Plain, "127.0.0.3");
    QVERIFY(alsoExempt.send(kGet));
    QVERIFY(alsoExempt.receive().has_value());

    QCOMPARE(fixture.server.counters().refusedConnections, std::uint64_t(1));
}

void ServerLimitsTest::plainAndTlsShareAPort()
{
    ServerFixture fixture(echo);
    const TestCertificate certificate = makeTestCertificate();
    fixture.server.setTls(certificate.context);
    RawClient plain(fixture.port());
    RawClient tls(fixture.port(), RawClient::Kind::Tls);
    QVERIFY(tls.isConnected());
    QCOMPARE(tls.serverFingerprint(), certificate.fingerprint);

    for (RawClient *client : {&plain, &tls, &plain, &tls}) {
        QVERIFY(client->send(kGet));
        QCOMPARE(client->receive()->body, std::string("GET /x "));
    }
}

void ServerLimitsTest::largeBodyGoesBothWaysOverTls()
{
    ServerFixture fixture(echo);
    fixture.server.setTls(makeTestCertificate().context);
    RawClient client(fixture.port(), RawClient::Kind::Tls);
    std::string body(8 << 20, '\0');
    for (std::size_t i = 0; i < body.size(); ++i)
        body[i] = static_cast<char>(i * 7 + (i >> 8));

    QVERIFY(client.send("PUT /p HTTP/1.1\r\nHost: h\r\nContent-Length: " + std::to_string(body.size()) +
                        "\r\n\r\n" + body));
    const auto response = client.receive();

    QVERIFY(response.has_value());
    QVERIFY(response->body == "PUT /p " + body);
}

void ServerLimitsTest::replacedCertificateServesNewConnections()
{
    ServerFixture fixture(echo);
    const TestCertificate old = makeTestCertificate();
    const TestCertificate fresh = makeTestCertificate();
    fixture.server.setTls(old.context);
    RawClient before(fixture.port(), RawClient::Kind::Tls);
    QVERIFY(before.send(kGet));
    QVERIFY(before.receive().has_value());

    fixture.server.setTls(fresh.context);

    RawClient after(fixture.port(), RawClient::Kind::Tls);
    QCOMPARE(after.serverFingerprint(), fresh.fingerprint);
    QVERIFY(before.send(kGet));
    QVERIFY(before.receive().has_value());
}

void ServerLimitsTest::tlsWithoutACertificateIsClosed()
{
    ServerFixture fixture(echo);

    RawClient client(fixture.port(), RawClient::Kind::Tls);

    QVERIFY(!client.isConnected());
}

void ServerLimitsTest::stopClosesIdleConnectionsAtOnce()
{
    ServerFixture fixture(echo);
    RawClient used(fixture.port());
    RawClient unused(fixture.port());
    QVERIFY(used.send(kGet));
    QVERIFY(used.receive().has_value());
    QTRY_COMPARE_WITH_TIMEOUT(fixture.server.counters().connections, std::uint64_t(2), 30'000);

    fixture.server.stop(std::chrono::minutes(10));

    QVERIFY(used.isClosed());
    QVERIFY(unused.isClosed());
    QVERIFY(!RawClient(fixture.port()).isConnected());
}

void ServerLimitsTest::stopLetsABusyConnectionFinish()
{
    Gate gate;
    ServerFixture fixture([&gate](Exchange &exchange) { return gate.handle(exchange); });
    RawClient client(fixture.port());
    RawClient idle(fixture.port());
    RawClient idleOnOtherThread(fixture.port());
    QVERIFY(client.send(kGet));
    gate.began.get_future().wait();

    std::thread stopper([&] { fixture.server.stop(std::chrono::minutes(10)); });
    QVERIFY(idle.isClosed() && idleOnOtherThread.isClosed());  // every thread has heard of the stop
    gate.mayEnd.set_value();
    const auto response = client.receive();
    QVERIFY(client.isClosed());
    client.finishSending();
    stopper.join();

    QCOMPARE(response->body, std::string("late"));
    QVERIFY(response->has("\r\nConnection: close\r\n"));
}

void ServerLimitsTest::stopCutsWhatOutlastsItsPatience()
{
    ServerFixture fixture(echo);
    RawClient client(fixture.port());
    QVERIFY(client.send("PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\nhalf"));
    QTRY_COMPARE_WITH_TIMEOUT(fixture.server.counters().requests, std::uint64_t(1), 30'000);

    fixture.server.stop(kShort);

    QVERIFY(!client.receive().has_value());
    QCOMPARE(fixture.server.counters().openConnections, std::size_t(0));
}

}  // namespace maxiofs::http

using maxiofs::http::ServerLimitsTest;
MAXIOFS_TEST(ServerLimitsTest)
#include "server_limits_test.moc"
