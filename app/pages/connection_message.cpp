// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/connection_message.h"

namespace maxiofs::pages {

using State = core::ConnectionState::State;
using theme::Status;

bool ConnectionMessage::goOn(models::LiveCluster &cluster)
{
    api::Connection &connection = cluster.connection();
    const auto &problem = connection.state().problem();
    const State state = connection.state().state();
    if (state == State::AskingForCredentials || state == State::SignedOut ||
        (state == State::Unreachable && problem && problem->needsTrustDecision()))
        return false;
    if (connection.isConnected())
        cluster.checkNow();
    else
        connection.open();
    return true;
}

void ConnectionMessage::show(const models::LiveCluster &cluster, widgets::MessageBar &bar)
{
    const api::Connection &connection = cluster.connection();
    const core::ConnectionState &state = connection.state();
    const QString elsewhere = connection.lostPlace().isEmpty() || connection.lostPlace() == connection.place()
                                  ? QString()
                                  : connection.place();
    switch (state.state()) {
    case State::Connected:
        if (const auto &problem = cluster.problem()) {
            bar.setAction(tr("Retry now"));
            bar.setCountdown(std::nullopt);
            bar.showProblem(*problem, Status::Warn);
        } else {
            bar.solved();
        }
        return;
    case State::Connecting:
        // The cause stays in sight while it is tried again.
        if (state.problem()) {
            bar.setCountdown(0, elsewhere);
            bar.setAction({});
        } else {
            bar.solved();
        }
        return;
    case State::Unreachable:
        if (state.problem()) {
            const bool decision = state.problem()->needsTrustDecision();
            bar.setCountdown(state.secondsToRetry(), elsewhere);
            bar.setAction(decision ? tr("Compare…") : tr("Retry now"));
            bar.showProblem(*state.problem(), decision ? Status::Warn : Status::Bad);
        }
        return;
    case State::AskingForCredentials:
        if (state.problem()) {
            bar.setCountdown(std::nullopt);
            bar.setAction(tr("Sign in…"));
            bar.showProblem(*state.problem(), Status::Warn);
        }
        return;
    case State::SignedOut: {
        core::Problem signedOut;
        signedOut.kind = core::Problem::Kind::Unauthorized;
        signedOut.summary = tr("Signed out of %1.").arg(connection.profile().name);
        bar.setCountdown(std::nullopt);
        bar.setAction(tr("Sign in…"));
        bar.showProblem(signedOut, Status::Unknown);
        return;
    }
    }
}

}  // namespace maxiofs::pages
