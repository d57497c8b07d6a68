// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/connection.h"

#include <algorithm>
#include <utility>

namespace maxiofs::api {

using namespace Qt::StringLiterals;
using core::Problem;
using State = core::ConnectionState::State;

namespace {

constexpr int kTooManyAttempts = 429;  // the status of a user who is locked for a while
constexpr int kNotReady = 503;         // of a node that is starting
// A token is renewed when this part of its life is over.
constexpr double kRenewalPart = 0.8;
constexpr std::int64_t kShortestRenewalMs = 1000;
constexpr std::int64_t kLongestRenewalMs = 24 * 3600 * 1000;

}  // namespace

Connection::Connection(const core::Profile &profile, QObject *parent)
    : Connection(profile, std::make_unique<QNetworkAccessManager>(), nullptr, parent)
{
}

Connection::Connection(const core::Profile &profile, QNetworkAccessManager &network, QObject *parent)
    : Connection(profile, nullptr, &network, parent)
{
}

Connection::Connection(const core::Profile &profile, std::unique_ptr<QNetworkAccessManager> own,
                       QNetworkAccessManager *given, QObject *parent)
    : QObject(parent),
      m_ownNetwork(std::move(own)),
      m_network(given ? *given : *m_ownNetwork),
      m_guard(m_network, nullptr),
      m_client(m_network, &m_guard),
      m_events(m_client)
{
    setProfile(profile);
    connect(&m_client, &ConsoleClient::failed, this, &Connection::onFailure);
    connect(&m_events, &EventStream::broken, this, [this](const Problem &problem) {
        if (problem.kind == Problem::Kind::Unauthorized)
            onFailure(problem);
        else
            probe();
    });
    connect(&m_state, &core::ConnectionState::changed, this, &Connection::onStateChanged);
    connect(&m_state, &core::ConnectionState::countdownChanged, this, &Connection::countdownChanged);
    connect(&m_state, &core::ConnectionState::attemptDue, this, &Connection::attempt);
    m_renewal.setSingleShot(true);
    connect(&m_renewal, &QTimer::timeout, this, &Connection::renew);
}

Connection::~Connection()
{
    m_events.stop();
    m_client.disconnect(this);
}

void Connection::setProfile(const core::Profile &profile)
{
    const bool elsewhere = profile.address != m_profile.address || profile.members.size() <= m_member ||
                           (m_member >= 0 && profile.members[m_member] != m_profile.members.value(m_member));
    m_profile = profile;
    if (elsewhere || m_member < 0)
        goTo(-1);
    Q_EMIT profileChanged();
}

void Connection::goTo(int member)
{
    m_member = member;
    const bool home = member < 0;
    m_client.setAddress(home ? m_profile.address : m_profile.members[member].address);
    m_guard.setPinned(home ? m_profile.fingerprint : m_profile.members[member].fingerprint);
}

QString Connection::place() const
{
    return isAtHome() ? m_profile.address.host() : m_profile.members[m_member].name;
}

void Connection::setMembers(const QList<core::ProfileMember> &members)
{
    if (members == m_profile.members)
        return;
    // The one that is in use keeps its place, whatever comes before it now.
    if (!isAtHome()) {
        const auto now = members.indexOf(m_profile.members[m_member]);
        if (now < 0)
            return;
        m_member = static_cast<int>(now);
    }
    m_profile.members = members;
    Q_EMIT profileChanged();
}

bool Connection::moveOn(const Problem &problem)
{
    // A member that went its own way knows neither the session nor perhaps the certificate: another one may.
    const bool refused = problem.kind == Problem::Kind::Unauthorized ||
                         problem.kind == Problem::Kind::Forbidden || problem.needsTrustDecision();
    if (isAtHome() && refused)
        return false;
    m_lostPlace = place();
    goTo(m_member + 1 < m_profile.members.size() ? m_member + 1 : -1);
    if (!refused)
        return false;
    Problem lost = problem;
    lost.kind = Problem::Kind::ConnectionLost;
    m_state.lost(lost);
    return true;
}

void Connection::setPassword(const QString &password)
{
    m_passwordProven = m_passwordProven && password == m_password;
    m_password = password;
}

void Connection::open()
{
    m_state.start();
}

void Connection::signOut()
{
    m_renewal.stop();
    m_events.stop();
    if (isConnected() && !m_refreshToken.empty())
        m_client.logout(m_refreshToken);
    m_refreshToken.clear();
    setPassword({});
    m_client.setToken({});
    goTo(-1);
    m_lostPlace.clear();
    m_state.signOut();
}

void Connection::trust(const QString &fingerprint)
{
    core::Profile profile = m_profile;
    profile.fingerprint = fingerprint;
    m_member = -1;
    setProfile(profile);
    // Connections that are open were made under another decision.
    m_network.clearConnectionCache();
    m_state.start();
}

void Connection::attempt()
{
    if (!m_refreshToken.empty())
        renew();
    else
        signIn();
}

void Connection::signIn()
{
    if (m_password.isEmpty()) {
        onAttemptFailed({.kind = Problem::Kind::Unauthorized,
                         .summary = tr("Enter the password of %1.").arg(m_profile.user)});
        return;
    }
    m_signingIn = true;
    auto *job = m_client.login(m_profile.user, m_password);
    connect(job, &Request::finished, this, [this, job] {
        m_signingIn = false;
        if (const auto session = job->result())
            takeSession(*session);
        else
            onAttemptFailed(session.error());
    });
}

void Connection::renew()
{
    if (m_signingIn)
        return;
    m_renewal.stop();
    if (m_refreshToken.empty()) {
        signIn();
        return;
    }
    m_signingIn = true;
    // A refresh token is good for one use: whatever comes of this one, it is not used again.
    const std::string token = std::exchange(m_refreshToken, {});
    auto *job = m_client.refresh(token);
    connect(job, &Request::finished, this, [this, job, token] {
        m_signingIn = false;
        const auto session = job->result();
        if (session) {
            takeSession(*session);
            return;
        }
        // Never reached the node, or before it was ready: the token is unused.
        if (session.error().httpStatus == kNotReady ||
            session.error().kind == Problem::Kind::ConnectionRefused ||
            session.error().kind == Problem::Kind::HostNotFound || session.error().needsTrustDecision())
            m_refreshToken = token;
        if (session.error().kind == Problem::Kind::Unauthorized)
            signIn();
        else
            onAttemptFailed(session.error());
    });
}

void Connection::takeSession(const protocol::Session &session)
{
    if (m_state.state() == State::SignedOut)
        return;  // signed out while the answer was on its way
    m_client.setToken(QByteArray::fromStdString(session.token));
    m_refreshToken = session.refreshToken;
    m_user = session.user;
    m_passwordProven = true;
    m_lostPlace.clear();
    const auto renewalMs =
        static_cast<std::int64_t>(static_cast<double>(session.expiresIn) * 1000 * kRenewalPart);
    m_renewal.start(std::chrono::milliseconds(std::clamp(renewalMs, kShortestRenewalMs, kLongestRenewalMs)));
    m_state.succeeded();
}

void Connection::onAttemptFailed(const Problem &problem)
{
    m_renewal.stop();
    if (moveOn(problem))
        return;
    if (problem.needsTrustDecision()) {
        m_state.blocked(problem);
        if (m_guard.seen())
            Q_EMIT trustDecisionNeeded(*m_guard.seen(), m_profile.fingerprint);
    } else if (problem.kind == Problem::Kind::Unauthorized || problem.kind == Problem::Kind::Forbidden ||
               (problem.httpStatus == kTooManyAttempts && !m_passwordProven)) {
        // Trying a doubtful password again and again would only lock its user for longer.
        setPassword({});
        m_state.refused(problem);
        Q_EMIT credentialsNeeded(problem);
    } else {
        m_state.lost(problem);
    }
}

void Connection::onFailure(const Problem &problem)
{
    // Failures of the attempt itself are handled where it was begun.
    if (m_signingIn || !isConnected())
        return;
    if (problem.kind == Problem::Kind::Unauthorized && m_holds > 0)
        m_refusedMeanwhile = true;
    else if (problem.kind == Problem::Kind::Unauthorized)
        renew();
    else if (problem.isConnectionLoss() || problem.needsTrustDecision())
        onAttemptFailed(problem);
}

void Connection::hold()
{
    if (m_holds++ == 0)
        m_refusedMeanwhile = false;
}

void Connection::resume(const std::optional<protocol::Session> &session)
{
    --m_holds;
    if (session && isConnected())
        takeSession(*session);
    else if (m_holds == 0 && m_refusedMeanwhile && isConnected())
        renew();
}

void Connection::probe()
{
    if (m_probing || !isConnected())
        return;
    m_probing = true;
    auto *job = m_client.health();
    connect(job, &Request::finished, this, [this] { m_probing = false; });
}

void Connection::onStateChanged()
{
    if (isConnected())
        m_events.start();
    else
        m_events.stop();
    Q_EMIT stateChanged();
}

}  // namespace maxiofs::api
