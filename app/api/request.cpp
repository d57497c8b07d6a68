// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/request.h"

#include "api/reply_problem.h"
#include "protocol/envelope.h"

#include <QNetworkAccessManager>
#include <QNetworkReply>
#include <QUuid>

namespace maxiofs::api {

using namespace Qt::StringLiterals;

namespace {

// The largest answer that is read; lists come by page and stay far below.
constexpr qint64 kLargestAnswer = 16 * 1024 * 1024;

}  // namespace

Request::Request(QNetworkAccessManager &network, Call call, QObject *parent)
    : QObject(parent),
      m_refusal(std::move(call.refusal)),
      m_requestId(QUuid::createUuid().toByteArray(QUuid::WithoutBraces))
{
    call.request.setRawHeader("X-Request-Id", m_requestId);
    call.request.setAttribute(QNetworkRequest::RedirectPolicyAttribute,
                              QNetworkRequest::ManualRedirectPolicy);
    call.request.setAttribute(QNetworkRequest::Http2AllowedAttribute, false);
    call.request.setAttribute(QNetworkRequest::CacheLoadControlAttribute, QNetworkRequest::AlwaysNetwork);
    if (!call.body.isEmpty())
        call.request.setHeader(QNetworkRequest::ContentTypeHeader, u"application/json"_s);

    m_reply = network.sendCustomRequest(call.request, call.verb, call.body);
    m_reply->setParent(this);
    // Queued: a fake or failing manager may be done already, and finished() needs a listener first.
    connect(m_reply, &QNetworkReply::finished, this, &Request::readAnswer, Qt::QueuedConnection);
    if (m_reply->isFinished())
        QMetaObject::invokeMethod(this, &Request::readAnswer, Qt::QueuedConnection);
    connect(m_reply, &QNetworkReply::downloadProgress, this, [this](qint64 received) {
        if (received > kLargestAnswer && m_reply)
            m_reply->abort();
    });

    m_deadline.setSingleShot(true);
    connect(&m_deadline, &QTimer::timeout, this, [this] {
        m_timedOut = true;
        if (m_reply)
            m_reply->abort();
    });
    m_deadline.start(call.timeout);
}

Request::~Request()
{
    if (m_reply) {
        m_reply->disconnect(this);
        m_reply->abort();
    }
}

void Request::cancel()
{
    if (m_finished)
        return;
    m_cancelled = true;
    if (m_reply)
        m_reply->abort();
}

void Request::readAnswer()
{
    if (m_finished || !m_reply)
        return;
    QNetworkReply &reply = *m_reply;
    if (m_timedOut)
        return finish(ReplyProblem::timedOut(reply));
    if (m_cancelled)
        return finish(ReplyProblem::cancelled(reply));

    const int status = reply.attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt();
    if (status == 0) {
        if (m_refusal) {
            if (auto refused = m_refusal())
                return finish(std::move(refused));
        }
        return finish(ReplyProblem::ofTransport(reply));
    }
    const QByteArray body = reply.readAll();
    if (status >= 300)
        return finish(ReplyProblem::ofStatus(reply, body));
    if (reply.error() != QNetworkReply::NoError)
        return finish(ReplyProblem::ofTransport(reply));

    const auto envelope = protocol::parseEnvelope(body);
    if (!envelope)
        return finish(ReplyProblem::malformed(reply, QString::fromStdString(envelope.error().message)));
    if (!envelope->success)
        return finish(ReplyProblem::ofStatus(reply, body));
    if (const QString wrong = take(envelope->data); !wrong.isEmpty())
        return finish(ReplyProblem::malformed(reply, wrong));
    finish(std::nullopt);
}

void Request::finish(std::optional<core::Problem> problem)
{
    m_finished = true;
    m_deadline.stop();
    m_problem = std::move(problem);
    Q_EMIT finished();
    deleteLater();
}

}  // namespace maxiofs::api
