// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/connection_status.h"

#include "core/format.h"
#include "pages/workspace.h"

#include <QDateTime>

namespace maxiofs::pages {

using namespace Qt::StringLiterals;
using theme::Status;
using State = core::ConnectionState::State;

ConnectionStatus::ConnectionStatus(QWidget *parent)
    : StatusLine(parent),
      m_connection(addPart(u"statusConnection"_s)),
      m_tls(addPart(u"statusTls"_s)),
      m_live(addPart(u"statusLive"_s))
{
    m_hints << addKeyHint({u"F5"_s}, tr("Check")) << addKeyHint({u"Ctrl"_s, u"F"_s}, tr("Filter"));
    m_secrets = addPart(u"statusSecrets"_s, true);
}

void ConnectionStatus::showSecretStore(const QString &name)
{
    set(m_secrets, u"key-round"_s, tr("Secrets: %1").arg(name));
}

void ConnectionStatus::showAll(int connected, int all)
{
    set(m_connection, connected > 0 ? Status::Ok : Status::Unknown,
        tr("%1 of %n clusters connected", nullptr, all).arg(connected));
    set(m_tls, Status::None, QString());
    set(m_live, Status::None, QString());
    setHintsVisible(false);
}

void ConnectionStatus::setHintsVisible(bool visible)
{
    for (QWidget *hint : std::as_const(m_hints))
        hint->setVisible(visible);
}

void ConnectionStatus::showCluster(Workspace &open)
{
    showState(open);
    showTransport(open);
    showAge(open);
    setHintsVisible(true);
}

void ConnectionStatus::showState(Workspace &open)
{
    const core::ConnectionState &state = open.connection().state();
    const QString host = open.connection().place();
    const QString lostHost = open.connection().lostPlace();
    switch (state.state()) {
    case State::Connected:
        set(m_connection, Status::Ok,
            tr("Connected to %1 as %2").arg(host, QString::fromStdString(open.connection().user().username)));
        break;
    case State::Connecting: set(m_connection, Status::Running, tr("Connecting to %1").arg(host)); break;
    case State::Unreachable:
        if (const auto seconds = state.secondsToRetry()) {
            const bool lost = !state.problem() || state.problem()->isConnectionLoss();
            if (!lostHost.isEmpty() && lostHost != host) {
                set(m_connection, Status::Bad,
                    tr("%1 does not answer, trying %2 in %3 s").arg(lostHost, host).arg(*seconds));
                break;
            }
            set(m_connection, Status::Bad,
                (lost ? tr("%1 does not answer, trying again in %2 s")
                      : tr("%1 opens no session, trying again in %2 s"))
                    .arg(host)
                    .arg(*seconds));
        } else {
            set(m_connection, Status::Warn, tr("%1 waits for your decision").arg(host));
        }
        break;
    case State::AskingForCredentials:
        set(m_connection, Status::Warn, tr("%1 asks for a password").arg(host));
        break;
    case State::SignedOut: set(m_connection, Status::Unknown, tr("Signed out")); break;
    }
}

void ConnectionStatus::showTransport(Workspace &open)
{
    if (!open.connection().isSecure())
        set(m_tls, Status::Warn, tr("Not encrypted"), tr("The address begins with http."));
    else if (!open.profile().fingerprint.isEmpty())
        set(m_tls, u"lock"_s, tr("TLS pinned"), tr("SHA-256 %1").arg(open.profile().fingerprint));
    else
        set(m_tls, u"lock"_s, tr("TLS"), tr("The system trusts the certificate."));
}

void ConnectionStatus::showAge(Workspace &open)
{
    const std::int64_t updated = open.cluster().updatedMs();
    if (updated == 0) {
        set(m_live, Status::None, QString());
        return;
    }
    const QString age =
        tr("Data %1 old").arg(core::Format::duration(QDateTime::currentMSecsSinceEpoch() - updated));
    const bool live = open.connection().events().isLive();
    if (open.connection().state().problem() || !open.connection().isConnected())
        set(m_live, Status::Warn, age);
    else
        set(m_live, live ? u"radio"_s : u"refresh-cw"_s,
            (live ? tr("Live · %1") : tr("Polling · %1")).arg(age));
}

}  // namespace maxiofs::pages
