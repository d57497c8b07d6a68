// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/problem.h"

#include <QByteArray>
#include <QJsonValue>
#include <QNetworkRequest>
#include <QObject>
#include <QPointer>
#include <QTimer>

#include <chrono>
#include <expected>
#include <functional>
#include <optional>

class QNetworkAccessManager;
class QNetworkReply;

namespace maxiofs::api {

template <typename T>
using Outcome = std::expected<T, core::Problem>;

// One request to the console API: a value or an error, set once. finished() is sent exactly once, never from
// within the constructor, and the object deletes itself afterwards. Redirects are not followed, since they
// would carry the token elsewhere.
class Request : public QObject {
    Q_OBJECT
public:
    struct Call {
        QByteArray verb;
        QNetworkRequest request;
        QByteArray body;
        std::chrono::milliseconds timeout;
        // Why the transport refused the peer's certificate, if it did.
        std::function<std::optional<core::Problem>()> refusal;
    };

    Request(QNetworkAccessManager &network, Call call, QObject *parent);
    ~Request() override;

    /// Ends the request with Problem::Cancelled, unless it has finished.
    void cancel();
    [[nodiscard]] bool isFinished() const { return m_finished; }
    /// The error, once finished; empty for a value.
    [[nodiscard]] const std::optional<core::Problem> &problem() const { return m_problem; }
    [[nodiscard]] const QByteArray &requestId() const { return m_requestId; }

Q_SIGNALS:
    void finished();

protected:
    /// Takes the `data` of the envelope; the text says what is wrong with it, empty if nothing.
    virtual QString take(const QJsonValue &data) = 0;

private:
    void readAnswer();
    void finish(std::optional<core::Problem> problem);

    QPointer<QNetworkReply> m_reply;
    std::function<std::optional<core::Problem>()> m_refusal;
    std::optional<core::Problem> m_problem;
    QByteArray m_requestId;
    QTimer m_deadline;
    bool m_timedOut = false;
    bool m_cancelled = false;
    bool m_finished = false;
};

// A request whose answer is a T.
template <typename T>
class RequestFor final : public Request {
public:
    using Decode = std::function<std::expected<T, QString>(const QJsonValue &)>;

    RequestFor(QNetworkAccessManager &network, Call call, Decode decode, QObject *parent)
        : Request(network, std::move(call), parent),
          m_decode(std::move(decode))
    {
    }

    /// Call it once finished() was sent.
    [[nodiscard]] Outcome<T> result() const
    {
        if (problem())
            return std::unexpected(*problem());
        return *m_value;
    }

protected:
    QString take(const QJsonValue &data) override
    {
        auto value = m_decode(data);
        if (!value)
            return value.error();
        m_value = std::move(*value);
        return {};
    }

private:
    Decode m_decode;
    std::optional<T> m_value;
};

}  // namespace maxiofs::api
