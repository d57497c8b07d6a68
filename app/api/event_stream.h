// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "api/console_client.h"
#include "api/sse_parser.h"
#include "protocol/event.h"

#include <QObject>
#include <QPointer>
#include <QTimer>

#include <chrono>

class QNetworkReply;

namespace maxiofs::api {

// The live stream GET /events. It goes on after the last event seen when the connection breaks, with growing
// pauses, until stop(). Silence longer than two heartbeats counts as a break.
class EventStream : public QObject {
    Q_OBJECT
public:
    static constexpr std::chrono::milliseconds kSilence{35'000};  // the node's heartbeat is 15 s

    explicit EventStream(const ConsoleClient &client, QObject *parent = nullptr);
    ~EventStream() override;

    void start();
    void stop();
    [[nodiscard]] bool isLive() const { return m_live; }
    void setSilence(std::chrono::milliseconds silence) { m_watchdog.setInterval(silence); }
    [[nodiscard]] const QByteArray &lastEventId() const { return m_parser.lastId(); }

Q_SIGNALS:
    void received(const protocol::Event &event);
    /// Events may have been missed: fetch everything anew.
    void reset();
    void liveChanged(bool live);
    /// The stream ended or could not begin. It is tried again by itself.
    void broken(const core::Problem &problem);

private:
    void open();
    void readPart();
    void onFinished();
    void setLive(bool live);

    const ConsoleClient &m_client;
    QPointer<QNetworkReply> m_reply;
    SseParser m_parser;
    QTimer m_watchdog;
    QTimer m_retry;
    int m_attempt = 0;
    bool m_live = false;
    bool m_running = false;
};

}  // namespace maxiofs::api
