// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/event_stream.h"

#include "api/reply_problem.h"
#include "core/connection_state.h"

#include <QNetworkAccessManager>
#include <QNetworkReply>

namespace maxiofs::api {

using namespace Qt::StringLiterals;

EventStream::EventStream(const ConsoleClient &client, QObject *parent) : QObject(parent), m_client(client)
{
    m_watchdog.setInterval(kSilence);
    m_watchdog.setSingleShot(true);
    connect(&m_watchdog, &QTimer::timeout, this, [this] {
        if (m_reply)
            m_reply->abort();
    });
    m_retry.setSingleShot(true);
    connect(&m_retry, &QTimer::timeout, this, &EventStream::open);
}

EventStream::~EventStream()
{
    stop();
}

void EventStream::start()
{
    if (m_running)
        return;
    m_running = true;
    m_attempt = 0;
    open();
}

void EventStream::stop()
{
    m_running = false;
    m_retry.stop();
    m_watchdog.stop();
    if (m_reply) {
        m_reply->disconnect(this);
        m_reply->abort();
        m_reply->deleteLater();
        m_reply = nullptr;
    }
    setLive(false);
}

void EventStream::open()
{
    QNetworkRequest request = m_client.requestFor(u"/events"_s);
    request.setRawHeader("Accept", "text/event-stream");
    request.setRawHeader("Accept-Encoding", "identity");
    request.setAttribute(QNetworkRequest::Http2AllowedAttribute, false);
    request.setAttribute(QNetworkRequest::CacheLoadControlAttribute, QNetworkRequest::AlwaysNetwork);
    request.setAttribute(QNetworkRequest::RedirectPolicyAttribute, QNetworkRequest::ManualRedirectPolicy);
    if (!m_parser.lastId().isEmpty())
        request.setRawHeader("Last-Event-ID", m_parser.lastId());
    m_parser.reset();
    m_reply = m_client.network().get(request);
    m_reply->setParent(this);
    connect(m_reply, &QNetworkReply::readyRead, this, &EventStream::readPart, Qt::QueuedConnection);
    connect(m_reply, &QNetworkReply::finished, this, &EventStream::onFinished, Qt::QueuedConnection);
    if (m_reply->isFinished())
        QMetaObject::invokeMethod(this, &EventStream::onFinished, Qt::QueuedConnection);
    m_watchdog.start();
}

void EventStream::readPart()
{
    if (!m_reply)
        return;
    const int status = m_reply->attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt();
    if (status != 200)
        return;  // the body is an error's; onFinished() reads it
    m_watchdog.start();
    m_attempt = 0;
    setLive(true);
    for (const SseParser::Event &part : m_parser.feed(m_reply->readAll())) {
        if (part.type == "reset") {
            Q_EMIT reset();
            continue;
        }
        if (const auto event = protocol::fromEventText(part.id, part.type, part.data))
            Q_EMIT received(*event);
        if (!m_running)
            return;
    }
    if (m_parser.overflowed())
        m_reply->abort();
}

void EventStream::onFinished()
{
    if (!m_reply || !m_running)
        return;
    if (m_reply->bytesAvailable() > 0)
        readPart();
    if (!m_reply || !m_running)
        return;
    m_watchdog.stop();
    const int status = m_reply->attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt();
    core::Problem problem = status >= 300 ? ReplyProblem::ofStatus(*m_reply, m_reply->readAll())
                                          : ReplyProblem::ofTransport(*m_reply);
    if (status == 0) {
        if (const auto refused = m_client.refusal())
            problem = *refused;
    }
    m_reply->deleteLater();
    m_reply = nullptr;
    setLive(false);
    ++m_attempt;
    m_retry.start(std::chrono::milliseconds(core::retryPause(m_attempt)));
    Q_EMIT broken(problem);
}

void EventStream::setLive(bool live)
{
    if (m_live == live)
        return;
    m_live = live;
    Q_EMIT liveChanged(live);
}

}  // namespace maxiofs::api
