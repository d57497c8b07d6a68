// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "api/certificate_guard.h"
#include "api/console_client.h"
#include "api/event_stream.h"
#include "core/connection_state.h"
#include "core/profile.h"

#include <QNetworkAccessManager>
#include <QObject>
#include <QTimer>

#include <memory>
#include <string>

namespace maxiofs::api {

// One connection to a cluster: signs in, renews the token before it ends, notices that the node is gone and
// comes back by itself, at the same node or at another member that the profile names, with the session if it
// is still valid, else with the password it was given. The password stays in memory only while the connection
// is wanted. GUI thread.
class Connection : public QObject {
    Q_OBJECT
public:
    explicit Connection(const core::Profile &profile, QObject *parent = nullptr);
    /// With another transport, for tests; it must outlive the connection.
    Connection(const core::Profile &profile, QNetworkAccessManager &network, QObject *parent = nullptr);
    ~Connection() override;

    [[nodiscard]] const core::Profile &profile() const { return m_profile; }
    /// Name, tag and the like; address, user and fingerprint count at the next attempt.
    void setProfile(const core::Profile &profile);
    [[nodiscard]] const core::ConnectionState &state() const { return m_state; }
    [[nodiscard]] bool isConnected() const
    {
        return m_state.state() == core::ConnectionState::State::Connected;
    }
    /// The node that is talked to or tried next: a member's name, or the host of the profile's address.
    [[nodiscard]] QString place() const;
    /// The one that was lost; empty: none.
    [[nodiscard]] const QString &lostPlace() const { return m_lostPlace; }
    /// True at the profile's own address, false at another member.
    [[nodiscard]] bool isAtHome() const { return m_member < 0; }
    /// The other nodes of the cluster, to be tried when this one is gone.
    void setMembers(const QList<core::ProfileMember> &members);
    [[nodiscard]] ConsoleClient &client() { return m_client; }
    [[nodiscard]] EventStream &events() { return m_events; }
    [[nodiscard]] const protocol::User &user() const { return m_user; }
    [[nodiscard]] bool isSecure() const { return m_profile.address.scheme() == QLatin1StringView("https"); }
    /// The certificate last seen.
    [[nodiscard]] const std::optional<core::CertificateFacts> &certificate() const { return m_guard.seen(); }

    void setPassword(const QString &password);
    [[nodiscard]] bool hasPassword() const { return !m_password.isEmpty(); }
    /// Connects, or tries again at once.
    void open();
    /// Ends the session on the node and stops trying.
    void signOut();
    /// Trusts this certificate from now on, and connects.
    void trust(const QString &fingerprint);
    /// Before a call that ends all sessions by what it does, since it replaces the key that signs them: until
    /// resume(), refused requests say nothing about the session.
    void hold();
    /// The session that the call's answer brought; empty: it brought none.
    void resume(const std::optional<protocol::Session> &session);
    /// Asks the node for a sign of life now: whoever sees something odd calls it.
    void probe();

Q_SIGNALS:
    void stateChanged();
    void countdownChanged();
    void profileChanged();
    /// A person must decide about the certificate; `before` is the trusted fingerprint, empty at first
    /// contact.
    void trustDecisionNeeded(const core::CertificateFacts &facts, const QString &before);
    void credentialsNeeded(const core::Problem &problem);

private:
    Connection(const core::Profile &profile, std::unique_ptr<QNetworkAccessManager> own,
               QNetworkAccessManager *given, QObject *parent);
    void attempt();
    void signIn();
    void renew();
    void takeSession(const protocol::Session &session);
    void onFailure(const core::Problem &problem);
    void onAttemptFailed(const core::Problem &problem);
    void onStateChanged();
    void goTo(int member);
    [[nodiscard]] bool moveOn(const core::Problem &problem);

    std::unique_ptr<QNetworkAccessManager> m_ownNetwork;  // before what uses it
    QNetworkAccessManager &m_network;
    core::Profile m_profile;
    CertificateGuard m_guard;
    ConsoleClient m_client;
    EventStream m_events;
    core::ConnectionState m_state;
    QTimer m_renewal;
    QString m_password;
    bool m_passwordProven = false;  // it opened a session
    std::string m_refreshToken;
    protocol::User m_user;
    bool m_signingIn = false;
    bool m_probing = false;
    int m_member = -1;  // of the profile's; -1: its own address
    QString m_lostPlace;
    int m_holds = 0;
    bool m_refusedMeanwhile = false;
};

}  // namespace maxiofs::api
