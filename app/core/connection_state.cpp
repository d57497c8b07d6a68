// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connection_state.h"

#include <algorithm>
#include <array>

namespace maxiofs::core {

using namespace std::chrono_literals;

std::chrono::seconds retryPause(int attempt)
{
    static constexpr std::array kPauses{1s, 2s, 4s, 8s, 15s, 30s};
    const auto last = static_cast<int>(kPauses.size()) - 1;
    return kPauses[static_cast<std::size_t>(std::clamp(attempt - 1, 0, last))];
}

ConnectionState::ConnectionState(const Clock &clock, QObject *parent) : QObject(parent), m_clock(clock)
{
    m_timer.setInterval(200ms);
    connect(&m_timer, &QTimer::timeout, this, &ConnectionState::tick);
}

std::optional<int> ConnectionState::secondsToRetry() const
{
    if (!m_retryAt)
        return std::nullopt;
    const std::int64_t left = std::max<std::int64_t>(0, *m_retryAt - m_clock.unixMs());
    return static_cast<int>((left + 999) / 1000);
}

void ConnectionState::enter(State state)
{
    if (m_state != state)
        m_since = m_clock.unixMs();
    m_state = state;
    m_shownSeconds = secondsToRetry();
    if (m_retryAt)
        m_timer.start();
    else
        m_timer.stop();
    Q_EMIT changed();
}

void ConnectionState::start()
{
    if (m_state == State::Connecting || m_state == State::Connected)
        return;
    m_retryAt.reset();
    enter(State::Connecting);
    Q_EMIT attemptDue();
}

void ConnectionState::succeeded()
{
    if (m_state == State::Connected)
        return;
    m_attempt = 0;
    m_retryAt.reset();
    m_problem.reset();
    enter(State::Connected);
}

void ConnectionState::lost(const Problem &problem)
{
    if (m_state == State::SignedOut || m_state == State::Unreachable)
        return;
    m_problem = problem;
    ++m_attempt;
    m_retryAt = m_clock.unixMs() + std::chrono::milliseconds(retryPause(m_attempt)).count();
    enter(State::Unreachable);
}

void ConnectionState::blocked(const Problem &problem)
{
    if (m_state == State::SignedOut)
        return;
    m_problem = problem;
    m_retryAt.reset();
    enter(State::Unreachable);
}

void ConnectionState::refused(const Problem &problem)
{
    if (m_state == State::SignedOut)
        return;
    m_problem = problem;
    m_attempt = 0;
    m_retryAt.reset();
    enter(State::AskingForCredentials);
}

void ConnectionState::signOut()
{
    m_attempt = 0;
    m_retryAt.reset();
    m_problem.reset();
    enter(State::SignedOut);
}

void ConnectionState::tick()
{
    if (!m_retryAt)
        return;
    // A clock that was set back must not delay the next try.
    const std::int64_t pause = std::chrono::milliseconds(retryPause(m_attempt)).count();
    m_retryAt = std::min(*m_retryAt, m_clock.unixMs() + pause);
    if (m_clock.unixMs() >= *m_retryAt) {
        m_retryAt.reset();
        enter(State::Connecting);
        Q_EMIT attemptDue();
        return;
    }
    if (const auto seconds = secondsToRetry(); seconds != m_shownSeconds) {
        m_shownSeconds = seconds;
        Q_EMIT countdownChanged();
    }
}

}  // namespace maxiofs::core
