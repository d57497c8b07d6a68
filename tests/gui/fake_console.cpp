// SPDX-License-Identifier: GPL-3.0-or-later
#include "fake_console.h"

#include "crypto/certificate.h"
#include "protocol/auth.h"
#include "protocol/envelope.h"
#include "protocol/system.h"

#include <QCryptographicHash>
#include <QDateTime>
#include <QSslCertificate>
#include <QSslKey>

#include <algorithm>
#include <cmath>

namespace maxiofs::test {

using namespace Qt::StringLiterals;
using protocol::HealthStatus;

namespace {

std::int64_t nowMs()
{
    return QDateTime::currentMSecsSinceEpoch();
}

template <typename T>
QByteArray page(const std::vector<T> &items)
{
    return protocol::successText(protocol::pageToJson(protocol::Page<T>{items, {}}));
}

}  // namespace

FakeConsole::FakeConsole(QObject *parent)
    : QObject(parent),
      user(u"admin"_s),
      password(u"correct horse"_s),
      collectedSinceMs(nowMs())
{
    latency = [](const std::string &, std::int64_t) { return 4.0; };
}

FakeConsole::~FakeConsole()
{
    stop();
}

void FakeConsole::makeCertificate()
{
    crypto::CertificateRequest request;
    request.commonName = "fra-1.example.net";
    request.names = {"127.0.0.1", "localhost"};
    request.notBeforeUnixMs = nowMs() - 60'000;
    const auto made = crypto::makeSelfSignedCertificate(request);
    const QSslCertificate certificate(QByteArray::fromStdString(made->certificatePem));
    m_fingerprint = QString::fromLatin1(certificate.digest(QCryptographicHash::Sha256).toHex());
    m_configuration = QSslConfiguration::defaultConfiguration();
    m_configuration.setLocalCertificate(certificate);
    m_configuration.setPrivateKey(QSslKey(QByteArray::fromStdString(made->keyPem), QSsl::Ec));
    m_configuration.setPeerVerifyMode(QSslSocket::VerifyNone);
}

bool FakeConsole::start()
{
    if (m_fingerprint.isEmpty()) {
        m_server = std::make_unique<QTcpServer>();
    } else {
        auto server = std::make_unique<QSslServer>();
        server->setSslConfiguration(m_configuration);
        m_server = std::move(server);
    }
    connect(m_server.get(), &QTcpServer::pendingConnectionAvailable, this, [this] {
        while (QTcpSocket *socket = m_server->nextPendingConnection())
            accept(socket);
    });
    const bool listening = m_server->listen(QHostAddress::LocalHost, m_port);
    m_port = m_server->serverPort();
    return listening;
}

void FakeConsole::stop()
{
    if (!m_server)
        return;
    m_server->close();
    const QList<QTcpSocket *> open = m_received.keys();
    m_received.clear();
    m_streams.clear();
    for (QTcpSocket *socket : open) {
        socket->disconnect(this);
        socket->abort();
        socket->deleteLater();
    }
    m_server.reset();
}

QUrl FakeConsole::address() const
{
    QUrl url(m_fingerprint.isEmpty() ? u"http://127.0.0.1"_s : u"https://127.0.0.1"_s);
    url.setPort(m_port);
    return url;
}

void FakeConsole::endSessions()
{
    m_tokens.clear();
    m_refreshTokens.clear();
}

int FakeConsole::streams() const
{
    return static_cast<int>(
        std::ranges::count_if(m_streams, [](const auto &socket) { return !socket.isNull(); }));
}

void FakeConsole::send(const protocol::Event &event)
{
    for (const QPointer<QTcpSocket> &socket : m_streams) {
        if (socket)
            socket->write(protocol::toEventText(event));
    }
}

void FakeConsole::accept(QTcpSocket *socket)
{
    socket->setParent(this);
    m_received.insert(socket, {});
    connect(socket, &QTcpSocket::readyRead, this, [this, socket] { read(socket); });
    connect(socket, &QTcpSocket::disconnected, this, [this, socket] {
        m_received.remove(socket);
        socket->deleteLater();
    });
    read(socket);
}

void FakeConsole::read(QTcpSocket *socket)
{
    m_received[socket] += socket->readAll();
    while (m_received.contains(socket)) {
        QByteArray &bytes = m_received[socket];
        const qsizetype end = bytes.indexOf("\r\n\r\n");
        if (end < 0)
            return;
        Request request;
        const QList<QByteArray> lines = bytes.left(end).split('\n');
        const QList<QByteArray> first = lines.first().trimmed().split(' ');
        for (qsizetype i = 1; i < lines.size(); ++i) {
            const qsizetype colon = lines[i].indexOf(':');
            request.headers.insert(lines[i].left(colon).toLower(), lines[i].mid(colon + 1).trimmed());
        }
        const qsizetype length = request.headers.value("content-length").toLongLong();
        if (bytes.size() < end + 4 + length)
            return;
        request.method = first.value(0);
        const QByteArray target = first.value(1);
        const qsizetype question = target.indexOf('?');
        request.path = question < 0 ? target : target.left(question);
        request.query = question < 0 ? QByteArray() : target.mid(question + 1);
        request.body = bytes.mid(end + 4, length);
        bytes.remove(0, end + 4 + length);
        ++m_asked[request.method + ' ' + request.path];
        answer(socket, request);
    }
}

void FakeConsole::reply(QTcpSocket *socket, int status, const QByteArray &body)
{
    socket->write("HTTP/1.1 " + QByteArray::number(status) +
                  " x\r\nContent-Type: application/json\r\nContent-Length: " +
                  QByteArray::number(body.size()) + "\r\n\r\n" + body);
}

void FakeConsole::refuse(QTcpSocket *socket, int status, const char *code, const char *message)
{
    reply(socket, status, protocol::errorText(code, message, "0b5b9b2e-req"));
}

void FakeConsole::openSession(QTcpSocket *socket)
{
    reply(socket, 200, protocol::successText(protocol::toJson(newSession())));
}

protocol::Session FakeConsole::newSession()
{
    ++m_issued;
    protocol::Session session;
    session.token = "token-" + std::to_string(m_issued);
    session.refreshToken = "refresh-" + std::to_string(m_issued);
    session.expiresIn = 900;
    session.user.id = "admin";
    session.user.username = user.toStdString();
    session.user.roles = roles;
    m_tokens.insert(session.token);
    m_refreshTokens.insert(session.refreshToken);
    return session;
}

void FakeConsole::answer(QTcpSocket *socket, const Request &request)
{
    const auto field = [&request](QLatin1StringView name) {
        const auto body = protocol::parseObject(request.body);
        return body ? body->value(name).toString() : QString();
    };
    if (request.path == "/health") {
        const QByteArray time = QByteArray::fromStdString(protocol::toIso({nowMs()}));
        reply(socket, 200, R"({"status":"healthy","version":"0.1.0","timestamp":")" + time + "\"}");
        return;
    }
    if (request.path == "/api/v1/auth/login" && !lockedMessage.empty()) {
        refuse(socket, 429, "TooManyAttempts", lockedMessage.c_str());
        return;
    }
    if (request.path == "/api/v1/auth/login") {
        if (field("username"_L1) == user && field("password"_L1) == password)
            openSession(socket);
        else
            refuse(socket, 401, "Unauthorized", "User or password is wrong.");
        return;
    }
    if (request.path == "/api/v1/auth/refresh") {
        if (m_refreshTokens.erase(field("refresh_token"_L1).toStdString()) > 0)
            openSession(socket);
        else
            refuse(socket, 401, "Unauthorized", "The session has ended.");
        return;
    }
    const QByteArray authorization = request.headers.value("authorization");
    if (!authorization.startsWith("Bearer ") || !m_tokens.contains(authorization.mid(7).toStdString())) {
        refuse(socket, 401, "Unauthorized", "The session has ended.");
        return;
    }
    if (request.path == "/api/v1/events") {
        socket->write("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n:\n\n");
        m_streams.append(socket);
        return;
    }
    if (!answerMembership(socket, request) && !answerReplication(socket, request) &&
        !answerFailover(socket, request))
        replyLists(socket, request);
}

void FakeConsole::replyLists(QTcpSocket *socket, const Request &request)
{
    const QByteArray path = request.path.mid(QByteArray("/api/v1").size());
    if (path == "/cluster/nodes") {
        reply(socket, 200, page(nodes));
    } else if (path == "/cluster/health") {
        reply(socket, 200, protocol::successText(protocol::toJson(health())));
    } else if (path == "/cluster/buckets") {
        replyBuckets(socket, QUrlQuery(QString::fromUtf8(request.query)));
    } else if (path == "/system") {
        reply(socket, 200, page(systems));
    } else if (path == "/audit-logs") {
        reply(socket, 200, page(audit));
    } else if (path == "/cluster/health/refresh" || path == "/auth/logout") {
        reply(socket, 200, protocol::successText(QJsonValue()));
    } else if (path.startsWith("/cluster/nodes/") && path.endsWith("/health")) {
        const QUrlQuery query(QString::fromLatin1(request.query));
        const auto since = protocol::fromIso(query.queryItemValue(u"since"_s).toStdString());
        const std::string id = path.mid(15, path.size() - 15 - 7).toStdString();
        reply(socket, 200,
              protocol::successText(protocol::toJson(
                  history(id, query.queryItemValue(u"resolution"_s).toInt(), since ? since->unixMs : 0))));
    } else {
        refuse(socket, 404, "NotFound", "There is no such endpoint.");
    }
}

void FakeConsole::replyBuckets(QTcpSocket *socket, const QUrlQuery &query)
{
    const auto after = static_cast<std::size_t>(query.queryItemValue(u"after"_s).toInt());
    const auto limit = static_cast<std::size_t>(query.queryItemValue(u"limit"_s).toInt());
    const std::size_t end = std::min(buckets.size(), after + limit);
    protocol::Page<protocol::ClusterBucket> answer;
    answer.items.assign(buckets.begin() + static_cast<std::ptrdiff_t>(std::min(after, end)),
                        buckets.begin() + static_cast<std::ptrdiff_t>(end));
    if (end < buckets.size())
        answer.next = std::to_string(end);
    reply(socket, 200, protocol::successText(protocol::pageToJson(answer)));
}

protocol::ClusterHealth FakeConsole::health() const
{
    protocol::ClusterHealth health;
    for (const protocol::Node &node : nodes) {
        ++health.totalNodes;
        switch (node.healthStatus) {
        case HealthStatus::Healthy: ++health.healthyNodes; break;
        case HealthStatus::Degraded: ++health.degradedNodes; break;
        case HealthStatus::Unavailable: ++health.unavailableNodes; break;
        case HealthStatus::Unknown: ++health.unknownNodes; break;
        }
        health.nodes.push_back(
            {node.id, node.name, node.healthStatus, node.latencyMs, node.lastHealthCheck, node.reason});
        health.totalBuckets += node.bucketCount;
    }
    health.replicatedBuckets = std::ranges::count_if(
        buckets, [](const protocol::ClusterBucket &bucket) { return bucket.replicaCount > 0; });
    health.localBuckets = health.totalBuckets - health.replicatedBuckets;
    health.lastUpdated = {nowMs()};
    return health;
}

protocol::HealthHistory FakeConsole::history(const std::string &node, int resolution,
                                             std::int64_t since) const
{
    protocol::HealthHistory history;
    history.nodeId = node;
    history.resolutionSeconds = resolution;
    const std::int64_t step = resolution * 1000LL;
    const std::int64_t kept = resolution == 1 ? 3'600'000 : 24 * 3'600'000LL;
    const std::int64_t now = nowMs();
    std::int64_t at = std::max({since, now - kept, collectedSinceMs});
    for (at = (at + step - 1) / step * step; at < now / step * step; at += step) {
        protocol::HealthSample sample;
        sample.time = {at};
        if (const auto value = latency(node, at)) {
            sample.medianMs = *value;
            sample.lowestMs = *value * 0.9;
            sample.highestMs = *value * 1.2;
            const double wave = 0.85 + 0.1 * std::sin(static_cast<double>(at) / 41'000.0) +
                                0.05 * std::sin(static_cast<double>(at) / 9'000.0);
            sample.requestsPerSecond = requestsPerSecond * wave;
            sample.bytesInPerSecond = bytesInPerSecond * wave;
            sample.bytesOutPerSecond = bytesOutPerSecond * wave;
        }
        history.samples.push_back(sample);
    }
    return history;
}

}  // namespace maxiofs::test
