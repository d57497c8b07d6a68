// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/clock.h"
#include "core/problem.h"

#include <QObject>
#include <QTimer>

#include <chrono>
#include <cstdint>
#include <optional>

namespace maxiofs::core {

/// The pause before attempt `attempt` (1 = the first after a failure): 1, 2, 4, 8, 15, then 30 s.
[[nodiscard]] std::chrono::seconds retryPause(int attempt);

// Where a connection to a cluster stands. It decides *when* to try; whoever owns it tries, on attemptDue(),
// and says how it went. GUI thread.
//
//   SignedOut --start--> Connecting --succeeded--> Connected
//   Connecting, Connected --lost--> Unreachable --(pause)--> Connecting
//   Connecting, Connected --refused--> AskingForCredentials --start--> Connecting
class ConnectionState : public QObject {
    Q_OBJECT
public:
    enum class State {
        SignedOut,
        Connecting,
        Connected,
        Unreachable,           // tries again by itself, unless a person must decide first
        AskingForCredentials,  // the node refused those it was given
    };
    Q_ENUM(State)

    explicit ConnectionState(const Clock &clock = SystemClock::instance(), QObject *parent = nullptr);

    [[nodiscard]] State state() const { return m_state; }
    /// Since when the state is what it is, in Unix milliseconds.
    [[nodiscard]] std::int64_t since() const { return m_since; }
    /// Why it is Unreachable or AskingForCredentials; empty in other states.
    [[nodiscard]] const std::optional<Problem> &problem() const { return m_problem; }
    /// Seconds until the next attempt; empty where none is planned.
    [[nodiscard]] std::optional<int> secondsToRetry() const;

    void start();
    void succeeded();
    void lost(const Problem &problem);
    /// As lost(), but without another attempt until start(): a certificate waits for a decision.
    void blocked(const Problem &problem);
    void refused(const Problem &problem);
    void signOut();
    /// Attempts due are begun and the countdown moves. Called by the own timer; tests call it.
    void tick();

Q_SIGNALS:
    void changed();
    void countdownChanged();
    void attemptDue();

private:
    void enter(State state);

    const Clock &m_clock;
    State m_state = State::SignedOut;
    std::int64_t m_since = 0;
    std::optional<Problem> m_problem;
    int m_attempt = 0;
    std::optional<std::int64_t> m_retryAt;
    std::optional<int> m_shownSeconds;
    QTimer m_timer;
};

}  // namespace maxiofs::core
