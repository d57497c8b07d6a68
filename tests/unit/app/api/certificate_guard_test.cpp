// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/certificate_guard.h"
#include "api/connection_check.h"
#include "api/console_client.h"
#include "crypto/certificate.h"
#include "protocol/envelope.h"

#include "support/test_runner.h"

#include <QDateTime>
#include <QJsonArray>
#include <QNetworkAccessManager>
#include <QSignalSpy>
#include <QSslKey>
#include <QSslServer>
#include <QSslSocket>

using namespace Qt::StringLiterals;
using namespace maxiofs;
using Kind = core::Problem::Kind;
using Check = api::ConnectionCheck;

namespace certificate_guard_test {

// A console that answers every request, behind a certificate that nothing vouches for.
class Server : public QSslServer {
public:
    Server()
    {
        crypto::CertificateRequest request;
        request.commonName = "storage.example.org";
        request.names = {"127.0.0.1"};
        request.notBeforeUnixMs = QDateTime::currentMSecsSinceEpoch() - 60'000;
        request.validDays = 30;
        const auto made = crypto::makeSelfSignedCertificate(request);
        const QSslCertificate certificate(QByteArray::fromStdString(made->certificatePem));
        fingerprint = api::CertificateGuard::fingerprintOf(certificate);
        QSslConfiguration configuration = QSslConfiguration::defaultConfiguration();
        configuration.setLocalCertificate(certificate);
        configuration.setPrivateKey(QSslKey(QByteArray::fromStdString(made->keyPem), QSsl::Ec));
        configuration.setPeerVerifyMode(QSslSocket::VerifyNone);
        setSslConfiguration(configuration);
        connect(this, &QTcpServer::pendingConnectionAvailable, this, [this] {
            QTcpSocket *socket = nextPendingConnection();
            connect(socket, &QTcpSocket::readyRead, socket, [this, socket] { answer(socket); });
        });
        listen(QHostAddress::LocalHost);
    }

    [[nodiscard]] QUrl address() const { return QUrl(u"https://127.0.0.1:%1"_s.arg(serverPort())); }

    QString fingerprint;
    int requests = 0;

private:
    void answer(QTcpSocket *socket)
    {
        const QByteArray request = socket->readAll();
        if (!request.contains("\r\n\r\n"))
            return;
        ++requests;
        const std::string now = protocol::toIso({QDateTime::currentMSecsSinceEpoch()});
        const QByteArray body =
            request.startsWith("GET /health")
                ? R"({"status":"healthy","version":"0.1.0","timestamp":")" + QByteArray::fromStdString(now) +
                      "\"}"
                : protocol::successText(QJsonObject{{u"total_nodes"_s, 1}, {u"nodes"_s, QJsonArray()}});
        socket->write("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: " +
                      QByteArray::number(body.size()) + "\r\n\r\n" + body);
    }
};

}  // namespace certificate_guard_test

class CertificateGuardTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void unknownCertificateStopsBeforeAnythingIsSent();
    void pinnedCertificateIsTrusted();
    void otherCertificateThanThePinnedOneIsRefused();
    void factsDescribeTheCertificate();
    void checkWarnsOfAnUnknownCertificate();
    void checkPassesWithAPinnedCertificate();
    void checkSaysThatThePortIsClosed();
};

static api::Outcome<protocol::ClusterHealth> askHealth(const QUrl &address, const QString &pinned,
                                                       core::CertificateFacts *facts = nullptr)
{
    QNetworkAccessManager network;
    api::CertificateGuard guard(network, nullptr);
    guard.setPinned(pinned);
    api::ConsoleClient client(network, &guard);
    client.setAddress(address);
    std::optional<api::Outcome<protocol::ClusterHealth>> outcome;
    auto *job = client.health();
    QObject::connect(job, &api::Request::finished, job, [&outcome, job] { outcome = job->result(); });
    if (!QTest::qWaitFor([&outcome] { return outcome.has_value(); }, 20'000))
        qFatal("The request never finished.");
    if (facts && guard.seen())
        *facts = *guard.seen();
    return *outcome;
}

void CertificateGuardTest::unknownCertificateStopsBeforeAnythingIsSent()
{
    certificate_guard_test::Server server;

    const auto health = askHealth(server.address(), {});

    QCOMPARE(health.error().kind, Kind::CertificateUnknown);
    QVERIFY(health.error().detail.contains(server.fingerprint));
    QCOMPARE(server.requests, 0);
}

void CertificateGuardTest::pinnedCertificateIsTrusted()
{
    certificate_guard_test::Server server;

    const auto health = askHealth(server.address(), server.fingerprint);

    QVERIFY2(health.has_value(), health ? "" : qPrintable(health.error().summary));
    QCOMPARE(server.requests, 1);
}

void CertificateGuardTest::otherCertificateThanThePinnedOneIsRefused()
{
    certificate_guard_test::Server server;

    const auto health = askHealth(server.address(), u"3a"_s.repeated(32));

    QCOMPARE(health.error().kind, Kind::CertificateChanged);
    QCOMPARE(server.requests, 0);
}

void CertificateGuardTest::factsDescribeTheCertificate()
{
    certificate_guard_test::Server server;
    core::CertificateFacts facts;

    QVERIFY(!askHealth(server.address(), {}, &facts).has_value());

    QCOMPARE(facts.fingerprint, server.fingerprint);
    QCOMPARE(facts.issuedTo, u"storage.example.org"_s);
    QVERIFY(facts.selfSigned);
    QVERIFY(facts.key.contains(u"ECDSA"_s));
    QVERIFY(facts.validFrom < facts.validUntil);
    QVERIFY(!facts.objection.isEmpty());
}

void CertificateGuardTest::checkWarnsOfAnUnknownCertificate()
{
    certificate_guard_test::Server server;
    Check check;
    QSignalSpy finished(&check, &Check::finished);

    check.begin({.address = server.address(), .user = u"admin"_s, .password = u"x"_s, .fingerprint = {}});

    QTRY_COMPARE(finished.count(), 1);
    QCOMPARE(check.findings()[Check::Tcp].outcome, Check::Outcome::Passed);
    QCOMPARE(check.findings()[Check::Tls].outcome, Check::Outcome::Warned);
    QCOMPARE(check.findings()[Check::Http].outcome, Check::Outcome::Waiting);
    QVERIFY(check.needsTrust());
    QVERIFY(!check.passed());
    QCOMPARE(check.certificate()->fingerprint, server.fingerprint);
}

void CertificateGuardTest::checkPassesWithAPinnedCertificate()
{
    certificate_guard_test::Server server;
    Check check;
    QSignalSpy finished(&check, &Check::finished);

    check.begin(
        {.address = server.address(), .user = u"admin"_s, .password = {}, .fingerprint = server.fingerprint});

    QTRY_COMPARE_WITH_TIMEOUT(finished.count(), 1, 20'000);
    for (const Check::Finding &finding : check.findings())
        QVERIFY2(finding.outcome != Check::Outcome::Failed, qPrintable(finding.name + finding.text));
    QCOMPARE(check.findings()[Check::Http].text, u"MaxIOFS 0.1.0"_s);
    QCOMPARE(check.findings()[Check::SignIn].outcome, Check::Outcome::Skipped);
    QCOMPARE(check.findings()[Check::ClockSkew].outcome, Check::Outcome::Passed);
    QVERIFY(check.passed());
}

void CertificateGuardTest::checkSaysThatThePortIsClosed()
{
    QTcpServer placeholder;
    placeholder.listen(QHostAddress::LocalHost);
    const quint16 port = placeholder.serverPort();
    placeholder.close();
    Check check;
    QSignalSpy finished(&check, &Check::finished);

    check.begin({.address = QUrl(u"https://127.0.0.1:%1"_s.arg(port)),
                 .user = {},
                 .password = {},
                 .fingerprint = {}});

    QTRY_COMPARE(finished.count(), 1);
    QCOMPARE(check.findings()[Check::Tcp].outcome, Check::Outcome::Failed);
    QVERIFY(check.findings()[Check::Tcp].text.contains(QString::number(port)));
    QVERIFY(!check.passed());
}

MAXIOFS_TEST(CertificateGuardTest)
#include "certificate_guard_test.moc"
