// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "protocol/auth.h"
#include "protocol/envelope.h"

#include <QNetworkAccessManager>
#include <QNetworkReply>
#include <QPointer>
#include <QTimer>

#include <algorithm>
#include <cstring>
#include <functional>
#include <vector>

namespace fake_network {

// An answer that a test gives by hand, in parts or at once.
class Reply : public QNetworkReply {
public:
    Reply(const QNetworkRequest &request, QObject *parent) : QNetworkReply(parent)
    {
        setRequest(request);
        setUrl(request.url());
        open(QIODevice::ReadOnly | QIODevice::Unbuffered);
    }

    void answer(int status, const QByteArray &body)
    {
        push(status, body);
        end();
    }
    void push(int status, const QByteArray &part)
    {
        setAttribute(QNetworkRequest::HttpStatusCodeAttribute, status);
        m_body += part;
        Q_EMIT readyRead();
    }
    void end()
    {
        setFinished(true);
        Q_EMIT finished();
    }
    void fail(NetworkError error, const QString &text)
    {
        setError(error, text);
        end();
    }
    void abort() override
    {
        if (isFinished())
            return;
        fail(OperationCanceledError, QStringLiteral("aborted"));
    }
    [[nodiscard]] qint64 bytesAvailable() const override
    {
        return m_body.size() + QIODevice::bytesAvailable();
    }

    QByteArray verb;
    QByteArray sent;

protected:
    qint64 readData(char *data, qint64 maxSize) override
    {
        const qint64 part = std::min<qint64>(maxSize, m_body.size());
        std::memcpy(data, m_body.constData(), static_cast<std::size_t>(part));
        m_body.remove(0, part);
        return part;
    }

private:
    QByteArray m_body;
};

// Below the client in place of the network: `serve` answers a request (now or later), by default never.
class Network : public QNetworkAccessManager {
public:
    std::function<void(Reply &)> serve;
    std::vector<QByteArray> asked;  // "GET /api/v1/cluster/nodes"

    [[nodiscard]] long timesAsked(const QByteArray &what) const { return std::ranges::count(asked, what); }

protected:
    QNetworkReply *createRequest(Operation, const QNetworkRequest &request, QIODevice *body) override
    {
        auto *reply = new Reply(request, this);
        reply->verb = request.attribute(QNetworkRequest::CustomVerbAttribute).toByteArray();
        if (reply->verb.isEmpty())
            reply->verb = "GET";
        if (body)
            reply->sent = body->readAll();
        asked.push_back(reply->verb + ' ' + request.url().path().toLatin1());
        QTimer::singleShot(0, reply, [this, reply] {
            if (serve)
                serve(*reply);
        });
        return reply;
    }
};

inline QByteArray session(const std::string &token, const std::string &refreshToken,
                          std::int64_t expiresIn = 900)
{
    maxiofs::protocol::Session session;
    session.token = token;
    session.refreshToken = refreshToken;
    session.expiresIn = expiresIn;
    session.user.id = "admin";
    session.user.username = "admin";
    session.user.roles = {maxiofs::protocol::Role::Admin};
    return maxiofs::protocol::successText(maxiofs::protocol::toJson(session));
}

}  // namespace fake_network
