// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/certificate_facts.h"

#include <QElapsedTimer>
#include <QList>
#include <QNetworkAccessManager>
#include <QObject>
#include <QPointer>
#include <QTimer>
#include <QUrl>

#include <memory>
#include <optional>

class QSslSocket;

namespace maxiofs::api {

class CertificateGuard;
class ConsoleClient;

// Tries a connection step by step and says what each step found: DNS, TCP, TLS, HTTP, sign in, clock. It ends
// with the first step that fails. One check at a time; begin() ends the one before. GUI thread.
class ConnectionCheck : public QObject {
    Q_OBJECT
public:
    enum class Outcome { Waiting, Running, Passed, Warned, Failed, Skipped };
    enum Step { Dns, Tcp, Tls, Http, SignIn, ClockSkew, kStepCount };

    struct Finding {
        QString name;
        Outcome outcome = Outcome::Waiting;
        QString text;
        std::optional<qint64> milliseconds;
    };

    struct Target {
        QUrl address;
        QString user;
        QString password;     // empty: signing in is skipped
        QString fingerprint;  // pinned; empty: none
    };

    explicit ConnectionCheck(QObject *parent = nullptr);
    ~ConnectionCheck() override;

    void begin(const Target &target);
    void cancel();
    [[nodiscard]] bool isRunning() const { return m_running; }
    [[nodiscard]] const QList<Finding> &findings() const { return m_findings; }
    /// All steps passed, or were not needed.
    [[nodiscard]] bool passed() const;
    /// The certificate seen, where there was one.
    [[nodiscard]] const std::optional<core::CertificateFacts> &certificate() const { return m_certificate; }
    /// True where the certificate must be trusted by a person first.
    [[nodiscard]] bool needsTrust() const { return m_needsTrust; }

Q_SIGNALS:
    void changed();
    void finished();

private:
    void run(Step step);
    void resolve();
    void reach();
    void secure();
    void askHealth();
    void signIn();
    void compareClocks();
    void conclude(Step step, Outcome outcome, const QString &text);
    void endNow();

    Target m_target;
    QList<Finding> m_findings;
    std::optional<core::CertificateFacts> m_certificate;
    std::optional<qint64> m_skewMs;
    std::unique_ptr<QSslSocket> m_socket;
    std::unique_ptr<QNetworkAccessManager> m_network;
    std::unique_ptr<CertificateGuard> m_guard;
    std::unique_ptr<ConsoleClient> m_client;
    QElapsedTimer m_clock;
    QTimer m_deadline;
    Step m_step = Dns;
    int m_lookup = -1;
    bool m_needsTrust = false;
    bool m_running = false;
};

}  // namespace maxiofs::api
