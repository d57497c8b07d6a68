// SPDX-License-Identifier: GPL-3.0-or-later
#include "http/client.h"

#include "support/client_fixture.h"
#include "support/server_fixture.h"
#include "support/test_runner.h"

#include <openssl/tls1.h>

namespace maxiofs::http {

// Who is let in by which name, and what each side knows of the other.
class NodeTlsTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void nodesKnowEachOtherByTheirCertificates();
    void otherNamesGetTheCertificateForClients();
    void plainClientHasNoCertificate();
    void nodeNameWithoutACertificateIsRefused();
    void nodeNameInAnotherCaseIsTheSame();
    void nodeNameNeedsTheNewestTls();
    void wrongPinSendsNothing();
    void withoutAPinTheCertificateIsTold();
    void serverWithoutNodeCertificateIsNotTrusted();
};

namespace {

using test::callOf;
using test::ClientFixture;
using test::NodeCredentials;
using test::nodeDestination;
using test::RawClient;
using test::ServerFixture;

constexpr std::string_view kTlsGet = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";

net::Awaitable<void> tellCertificate(Exchange &exchange)
{
    ResponseHead head(200);
    std::string body(exchange.peerCertificate());
    const Status sent = co_await exchange.respond(std::move(head), std::move(body));
    static_cast<void>(sent);
}

// A server that nodes may call.
struct NodeServer : ServerFixture {
    NodeServer() : ServerFixture(tellCertificate) { server.setTls(credentials.servers); }

    const NodeCredentials credentials = NodeCredentials::make();
};

}  // namespace

void NodeTlsTest::nodesKnowEachOtherByTheirCertificates()
{
    NodeServer node;
    ClientFixture caller;

    const auto answer = caller.call(callOf(nodeDestination(node.port(), node.credentials.fingerprint)));

    QVERIFY(answer.has_value());
    QCOMPARE(answer->body, caller.credentials.fingerprint);
    QCOMPARE(answer->seenCertificate, node.credentials.fingerprint);
}

void NodeTlsTest::otherNamesGetTheCertificateForClients()
{
    NodeServer node;

    for (const char *const name : {"", "localhost", "maxiofs", "node.maxiofs.example"}) {
        RawClient client(node.port(), name, TLS1_3_VERSION);
        QVERIFY(client.isConnected());
        QCOMPARE(client.serverFingerprint(), node.credentials.publicFingerprint);
        QVERIFY(client.send(kTlsGet));
        QCOMPARE(client.receive().value().body, std::string());
    }
}

void NodeTlsTest::plainClientHasNoCertificate()
{
    NodeServer node;
    RawClient client(node.port());

    QVERIFY(client.send(kTlsGet));

    QCOMPARE(client.receive().value().body, std::string());
}

void NodeTlsTest::nodeNameWithoutACertificateIsRefused()
{
    NodeServer node;

    // In TLS 1.3 the client has finished before the server looks at its certificate.
    RawClient client(node.port(), std::string(net::kNodeServerName), TLS1_3_VERSION);
    client.send(kTlsGet);

    QVERIFY(!client.receive().has_value());
    QCOMPARE(node.server.counters().requests, std::uint64_t(0));
}

void NodeTlsTest::nodeNameInAnotherCaseIsTheSame()
{
    NodeServer node;

    RawClient client(node.port(), "Node.MaxIOFS", TLS1_3_VERSION);

    QCOMPARE(client.serverFingerprint(), node.credentials.fingerprint);
}

void NodeTlsTest::nodeNameNeedsTheNewestTls()
{
    NodeServer node;

    QVERIFY(RawClient(node.port(), "localhost", TLS1_2_VERSION).isConnected());
    QVERIFY(!RawClient(node.port(), std::string(net::kNodeServerName), TLS1_2_VERSION).isConnected());
}

void NodeTlsTest::wrongPinSendsNothing()
{
    NodeServer node;
    ClientFixture caller;

    const auto answer = caller.call(callOf(nodeDestination(node.port(), std::string(64, 'a'))));

    QCOMPARE(answer.error().code, Error::Unauthenticated);
    QVERIFY(answer.error().message.find(node.credentials.fingerprint) != std::string::npos);
    QCOMPARE(node.server.counters().bytesIn, std::uint64_t(0));
    QCOMPARE(caller.client.counters().bytesOut, std::uint64_t(0));
    QCOMPARE(caller.client.counters().failures, std::uint64_t(1));
}

void NodeTlsTest::withoutAPinTheCertificateIsTold()
{
    NodeServer node;
    ClientFixture caller;

    for (unsigned i = 0; i < 2; ++i) {
        const auto answer = caller.call(callOf(nodeDestination(node.port(), {})));
        QCOMPARE(answer->seenCertificate, node.credentials.fingerprint);
    }

    // Who answered once without a pin need not be who answers next.
    QCOMPARE(caller.client.counters().connections, std::uint64_t(2));
    QCOMPARE(caller.client.counters().reused, std::uint64_t(0));
}

void NodeTlsTest::serverWithoutNodeCertificateIsNotTrusted()
{
    const NodeCredentials other = NodeCredentials::make();
    const auto pair = crypto::makeSelfSignedCertificate({.commonName = "plain", .names = {}}).value();
    ServerFixture fixture(tellCertificate);
    fixture.server.setTls(net::TlsContext::fromPem(pair.certificatePem, pair.keyPem).value());
    ClientFixture caller;

    const auto answer = caller.call(callOf(nodeDestination(fixture.port(), other.fingerprint)));

    QCOMPARE(answer.error().code, Error::Unauthenticated);
    QCOMPARE(fixture.server.counters().requests, std::uint64_t(0));
}

}  // namespace maxiofs::http

using maxiofs::http::NodeTlsTest;
MAXIOFS_TEST(NodeTlsTest)
#include "node_tls_test.moc"
