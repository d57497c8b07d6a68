// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/connection_check.h"

#include "api/certificate_guard.h"
#include "api/console_client.h"
#include "api/reply_problem.h"
#include "core/format.h"

#include <QDateTime>
#include <QHostInfo>
#include <QJsonDocument>
#include <QJsonObject>
#include <QLocale>
#include <QNetworkReply>
#include <QSslSocket>

#include <algorithm>
#include <chrono>
#include <cstdlib>

namespace maxiofs::api {

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

constexpr auto kStepTimeout = 8s;
// The cluster refuses signed requests above this difference of clocks, and warns far below.
constexpr qint64 kLargestSkewMs = 5 * 60 * 1000;
constexpr qint64 kSmallestSkewMs = 5 * 1000;

}  // namespace

ConnectionCheck::ConnectionCheck(QObject *parent) : QObject(parent)
{
    m_deadline.setSingleShot(true);
    m_deadline.setInterval(kStepTimeout);
    connect(&m_deadline, &QTimer::timeout, this, [this] {
        conclude(m_step, Outcome::Failed,
                 tr("No answer within %1")
                     .arg(core::Format::duration(std::chrono::milliseconds(kStepTimeout).count())));
    });
    m_findings = {{u"DNS"_s, {}, {}, {}},  {u"TCP"_s, {}, {}, {}},      {u"TLS"_s, {}, {}, {}},
                  {u"HTTP"_s, {}, {}, {}}, {tr("Sign in"), {}, {}, {}}, {tr("Clock"), {}, {}, {}}};
}

ConnectionCheck::~ConnectionCheck()
{
    if (m_lookup >= 0)
        QHostInfo::abortHostLookup(m_lookup);
}

bool ConnectionCheck::passed() const
{
    return !m_running && std::ranges::all_of(m_findings, [](const Finding &finding) {
        return finding.outcome == Outcome::Passed || finding.outcome == Outcome::Warned ||
               finding.outcome == Outcome::Skipped;
    });
}

void ConnectionCheck::begin(const Target &target)
{
    cancel();
    m_target = target;
    m_certificate.reset();
    m_skewMs.reset();
    m_needsTrust = false;
    for (Finding &finding : m_findings)
        finding = {finding.name, Outcome::Waiting, {}, {}};
    m_network = std::make_unique<QNetworkAccessManager>();
    m_guard = std::make_unique<CertificateGuard>(*m_network, nullptr);
    m_guard->setPinned(target.fingerprint);
    m_client = std::make_unique<ConsoleClient>(*m_network, m_guard.get());
    m_client->setAddress(target.address);
    m_running = true;
    run(Dns);
}

void ConnectionCheck::cancel()
{
    if (!m_running)
        return;
    endNow();
    Q_EMIT changed();
}

void ConnectionCheck::endNow()
{
    m_running = false;
    m_deadline.stop();
    if (m_lookup >= 0) {
        QHostInfo::abortHostLookup(m_lookup);
        m_lookup = -1;
    }
    if (m_socket) {
        m_socket->disconnect(this);
        m_socket->abort();
        m_socket.release()->deleteLater();
    }
    // A job or reply may be the one that called: these go when control is back in the event loop.
    if (m_client)
        m_client.release()->deleteLater();
    if (m_guard)
        m_guard.release()->deleteLater();
    if (m_network)
        m_network.release()->deleteLater();
}

void ConnectionCheck::run(Step step)
{
    m_step = step;
    m_findings[step].outcome = Outcome::Running;
    m_clock.start();
    m_deadline.start();
    Q_EMIT changed();
    switch (step) {
    case Dns: return resolve();
    case Tcp: return reach();
    case Tls: return secure();
    case Http: return askHealth();
    case SignIn: return signIn();
    case ClockSkew: return compareClocks();
    case kStepCount: return;
    }
}

void ConnectionCheck::conclude(Step step, Outcome outcome, const QString &text)
{
    if (!m_running || step != m_step)
        return;
    m_findings[step].outcome = outcome;
    m_findings[step].text = text;
    if (outcome != Outcome::Skipped)
        m_findings[step].milliseconds = m_clock.elapsed();
    m_deadline.stop();
    const bool goesOn = outcome != Outcome::Failed && !(step == Tls && m_needsTrust) && step + 1 < kStepCount;
    if (goesOn) {
        run(static_cast<Step>(step + 1));
        return;
    }
    endNow();
    Q_EMIT changed();
    Q_EMIT finished();
}

void ConnectionCheck::resolve()
{
    m_lookup = QHostInfo::lookupHost(m_target.address.host(), this, [this](const QHostInfo &info) {
        m_lookup = -1;
        if (info.error() != QHostInfo::NoError || info.addresses().isEmpty())
            conclude(Dns, Outcome::Failed, tr("The name has no address"));
        else
            conclude(Dns, Outcome::Passed, info.addresses().first().toString());
    });
}

void ConnectionCheck::reach()
{
    m_socket = std::make_unique<QSslSocket>();
    const int port = m_target.address.port();
    connect(m_socket.get(), &QSslSocket::connected, this,
            [this, port] { conclude(Tcp, Outcome::Passed, tr("Port %1 is open").arg(port)); });
    connect(
        m_socket.get(), &QSslSocket::errorOccurred, this, [this, port](QAbstractSocket::SocketError error) {
            if (m_step == Tcp) {
                conclude(Tcp, Outcome::Failed,
                         error == QAbstractSocket::ConnectionRefusedError ? tr("Port %1 is closed").arg(port)
                                                                          : m_socket->errorString());
            } else if (m_step == Tls && !m_needsTrust) {
                conclude(Tls, Outcome::Failed, m_socket->errorString());
            }
        });
    m_socket->connectToHost(m_target.address.host(), static_cast<quint16>(port));
}

void ConnectionCheck::secure()
{
    if (m_target.address.scheme() != u"https"_s) {
        conclude(Tls, Outcome::Warned, tr("Not encrypted: the address begins with http"));
        return;
    }
    connect(m_socket.get(), &QSslSocket::sslErrors, this, [this](const QList<QSslError> &errors) {
        const QSslCertificate certificate = m_socket->peerCertificate();
        if (certificate.isNull())
            return;
        m_certificate = CertificateGuard::factsOf(certificate, m_target.address.host(), errors);
        if (!m_target.fingerprint.isEmpty() && m_certificate->fingerprint == m_target.fingerprint) {
            m_socket->ignoreSslErrors(errors);
            return;
        }
        m_needsTrust = true;
    });
    connect(m_socket.get(), &QSslSocket::disconnected, this, [this] {
        if (m_step == Tls && !m_needsTrust)
            conclude(Tls, Outcome::Failed, tr("The server ended the connection"));
    });
    connect(m_socket.get(), &QSslSocket::encrypted, this, [this] {
        m_certificate = CertificateGuard::factsOf(m_socket->peerCertificate(), m_target.address.host(), {});
        if (!m_target.fingerprint.isEmpty() && m_certificate->fingerprint != m_target.fingerprint) {
            m_needsTrust = true;
            conclude(Tls, Outcome::Warned, tr("Another certificate than the trusted one"));
            return;
        }
        const QString protocol = m_socket->sessionProtocol() == QSsl::TlsV1_3 ? u"TLS 1.3"_s : u"TLS 1.2"_s;
        conclude(Tls, Outcome::Passed,
                 m_target.fingerprint.isEmpty() ? tr("%1, certificate trusted by the system").arg(protocol)
                                                : tr("%1, pinned certificate").arg(protocol));
    });
    connect(m_socket.get(), &QSslSocket::errorOccurred, this, [this] {
        if (m_needsTrust) {
            conclude(Tls, Outcome::Warned,
                     m_target.fingerprint.isEmpty() ? tr("Unknown certificate")
                                                    : tr("Another certificate than the trusted one"));
        }
    });
    m_socket->startClientEncryption();
}

void ConnectionCheck::askHealth()
{
    QUrl url = m_target.address;
    url.setPath(u"/health"_s);
    QNetworkRequest request(url);
    request.setAttribute(QNetworkRequest::Http2AllowedAttribute, false);
    QNetworkReply *reply = m_network->get(request);
    connect(reply, &QNetworkReply::finished, this, [this, reply] {
        const int status = reply->attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt();
        const QJsonObject health = QJsonDocument::fromJson(reply->readAll()).object();
        const auto stated = protocol::fromIso(health.value("timestamp"_L1).toString().toStdString());
        if (stated)
            m_skewMs = stated->unixMs - QDateTime::currentMSecsSinceEpoch();
        reply->deleteLater();
        const QString version = health.value("version"_L1).toString();
        if (status == 0)
            conclude(Http, Outcome::Failed, ReplyProblem::ofTransport(*reply).summary);
        else if (version.isEmpty())
            conclude(Http, Outcome::Failed, tr("Answers %1, but not as a MaxIOFS console").arg(status));
        else if (status != 200)
            conclude(Http, Outcome::Failed, tr("The node is %1").arg(health.value("status"_L1).toString()));
        else
            conclude(Http, Outcome::Passed, tr("MaxIOFS %1").arg(version));
    });
}

void ConnectionCheck::signIn()
{
    if (m_target.user.isEmpty() || m_target.password.isEmpty()) {
        conclude(SignIn, Outcome::Skipped, tr("No user and password given"));
        return;
    }
    auto *job = m_client->login(m_target.user, m_target.password);
    connect(job, &Request::finished, this, [this, job] {
        const auto session = job->result();
        if (!session) {
            conclude(SignIn, Outcome::Failed, session.error().summary);
            return;
        }
        // The check leaves no session behind.
        m_client->setToken(QByteArray::fromStdString(session->token));
        const QString user = QString::fromStdString(session->user.username);
        connect(m_client->logout(session->refreshToken), &Request::finished, this,
                [this, user] { conclude(SignIn, Outcome::Passed, user); });
    });
}

void ConnectionCheck::compareClocks()
{
    if (!m_skewMs) {
        conclude(ClockSkew, Outcome::Skipped, tr("The node did not say its time"));
        return;
    }
    const qint64 skew = std::llabs(*m_skewMs);
    const QString size = core::Format::duration(skew);
    if (skew < kSmallestSkewMs)
        conclude(ClockSkew, Outcome::Passed, tr("The clocks agree"));
    else if (*m_skewMs > 0)
        conclude(ClockSkew, skew > kLargestSkewMs ? Outcome::Failed : Outcome::Warned,
                 tr("The node's clock is %1 ahead").arg(size));
    else
        conclude(ClockSkew, skew > kLargestSkewMs ? Outcome::Failed : Outcome::Warned,
                 tr("The node's clock is %1 behind").arg(size));
}

}  // namespace maxiofs::api
