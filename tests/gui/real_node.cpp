// SPDX-License-Identifier: GPL-3.0-or-later
#include "real_node.h"

#include <QCryptographicHash>
#include <QElapsedTimer>
#include <QRegularExpression>
#include <QSslCertificate>
#include <QSslSocket>
#include <QTcpSocket>

namespace maxiofs::test {

using namespace Qt::StringLiterals;

namespace {

constexpr int kStartMs = 90'000;  // a busy machine starts slowly; a passing test never waits for it
constexpr int kStepMs = 200;

}  // namespace

RealNode::~RealNode()
{
    kill();
}

int RealNode::portAfter(const QByteArray &words) const
{
    const QRegularExpression line(QString::fromLatin1(words) + u"\" address=[^ \\n]*:(\\d+)"_s);
    return line.match(QString::fromUtf8(m_log)).captured(1).toInt();
}

bool RealNode::start()
{
    m_log.clear();
    const QString given = qEnvironmentVariable("MAXIOFS_BIN");
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert(u"MAXIOFS_ADMIN_PASSWORD"_s, password());
    environment.remove(u"MAXIOFS_BIN"_s);  // no setting of the node
    m_process.setProcessEnvironment(environment);
    m_process.setProcessChannelMode(QProcess::MergedChannels);
    m_process.start(given.isEmpty() ? QStringLiteral(MAXIOFS_NODE) : given,
                    {u"--data-dir"_s, m_folder.path(), u"--listen"_s, u"127.0.0.1:%1"_s.arg(m_s3Port),
                     u"--console-listen"_s, u"127.0.0.1:%1"_s.arg(m_consolePort), u"--drain-seconds"_s,
                     u"0"_s});
    QElapsedTimer timer;
    timer.start();
    while (timer.elapsed() < kStartMs && m_process.state() != QProcess::NotRunning) {
        m_process.waitForReadyRead(kStepMs);
        m_log += m_process.readAll();
        if (!m_log.contains("Console API listening"))
            continue;
        m_s3Port = portAfter("S3 API listening");
        m_consolePort = portAfter("Console API listening");
        QTcpSocket probe;
        probe.connectToHost(u"127.0.0.1"_s, static_cast<quint16>(m_consolePort));
        if (!probe.waitForConnected(kStepMs))
            continue;
        probe.write("GET /health HTTP/1.1\r\nHost: node\r\nConnection: close\r\n\r\n");
        if (probe.waitForReadyRead(kStartMs) && probe.readAll().startsWith("HTTP/1.1 200"))
            return true;
    }
    qWarning("The node does not serve:\n%s", m_log.right(4000).constData());
    return false;
}

void RealNode::kill()
{
    if (m_process.state() == QProcess::NotRunning)
        return;
    m_process.kill();
    m_process.waitForFinished(kStartMs);
}

QUrl RealNode::console() const
{
    return QUrl(u"https://127.0.0.1:%1"_s.arg(m_consolePort));
}

QUrl RealNode::s3() const
{
    return QUrl(u"https://127.0.0.1:%1"_s.arg(m_s3Port));
}

QString RealNode::fingerprint() const
{
    QSslSocket socket;
    socket.setPeerVerifyMode(QSslSocket::VerifyNone);
    socket.connectToHostEncrypted(u"127.0.0.1"_s, static_cast<quint16>(m_consolePort));
    if (!socket.waitForEncrypted(kStartMs))
        return {};
    return QString::fromLatin1(socket.peerCertificate().digest(QCryptographicHash::Sha256).toHex());
}

}  // namespace maxiofs::test
