// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/reply_problem.h"

#include "protocol/envelope.h"

#include <QNetworkReply>

namespace maxiofs::api {

using namespace Qt::StringLiterals;
using core::Problem;
using Kind = core::Problem::Kind;

namespace {

int statusOf(const QNetworkReply &reply)
{
    return reply.attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt();
}

Kind kindOfStatus(int status)
{
    switch (status) {
    case 401: return Kind::Unauthorized;
    case 403: return Kind::Forbidden;
    case 404: return Kind::NotFound;
    default: return status >= 500 ? Kind::ServerFault : Kind::Rejected;
    }
}

// What was asked, without a query: it may name things that the details need not repeat.
QString askedFor(const QNetworkReply &reply)
{
    return reply.url().path();
}

Problem problemFor(const QNetworkReply &reply, Kind kind, const QString &summary)
{
    return {.kind = kind,
            .summary = summary,
            .detail = u"%1 %2\n%3"_s.arg(reply.url().toString(QUrl::RemoveUserInfo | QUrl::RemoveQuery),
                                         statusOf(reply) > 0 ? QString::number(statusOf(reply)) : QString(),
                                         reply.errorString()),
            .code = {},
            .requestId = QString::fromUtf8(reply.request().rawHeader("X-Request-Id")),
            .httpStatus = statusOf(reply)};
}

}  // namespace

Problem ReplyProblem::ofTransport(const QNetworkReply &reply)
{
    const QString host = reply.url().host();
    const int port = reply.url().port(reply.url().scheme() == u"https"_s ? 443 : 80);
    switch (reply.error()) {
    case QNetworkReply::ConnectionRefusedError:
        return problemFor(reply, Kind::ConnectionRefused,
                          tr("%1 does not answer: connection refused on port %2.").arg(host).arg(port));
    case QNetworkReply::HostNotFoundError:
        return problemFor(reply, Kind::HostNotFound, tr("The name %1 has no address.").arg(host));
    case QNetworkReply::TimeoutError:
        return problemFor(reply, Kind::TimedOut, tr("%1 does not answer on port %2.").arg(host).arg(port));
    case QNetworkReply::SslHandshakeFailedError:
        return problemFor(
            reply, Kind::TlsFailed,
            tr("No secure connection to %1, port %2: %3.").arg(host).arg(port).arg(reply.errorString()));
    case QNetworkReply::RemoteHostClosedError:
        return problemFor(reply, Kind::ConnectionLost,
                          tr("%1 closed the connection on port %2.").arg(host).arg(port));
    default:
        return problemFor(
            reply, Kind::ConnectionLost,
            tr("The connection to %1, port %2, failed: %3.").arg(host).arg(port).arg(reply.errorString()));
    }
}

Problem ReplyProblem::ofStatus(const QNetworkReply &reply, const QByteArray &body)
{
    const int status = statusOf(reply);
    const QString host = reply.url().host();
    Problem problem = problemFor(reply, kindOfStatus(status),
                                 tr("%1 answered %2 to %3.").arg(host).arg(status).arg(askedFor(reply)));
    if (const auto envelope = protocol::parseEnvelope(body); envelope && !envelope->success) {
        problem.summary = QString::fromStdString(envelope->message);
        problem.code = QString::fromStdString(envelope->code);
        problem.facts = envelope->details;
        if (!envelope->requestId.empty())
            problem.requestId = QString::fromStdString(envelope->requestId);
    }
    return problem;
}

Problem ReplyProblem::malformed(const QNetworkReply &reply, const QString &why)
{
    return problemFor(
        reply, Kind::Malformed,
        tr("The answer of %1 to %2 cannot be read: %3").arg(reply.url().host(), askedFor(reply), why));
}

Problem ReplyProblem::timedOut(const QNetworkReply &reply)
{
    return problemFor(reply, Kind::TimedOut,
                      tr("%1 does not answer on port %2.").arg(reply.url().host()).arg(reply.url().port()));
}

Problem ReplyProblem::cancelled(const QNetworkReply &reply)
{
    return problemFor(reply, Kind::Cancelled, tr("Cancelled."));
}

}  // namespace maxiofs::api
