// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connection_state.h"

#include "support/test_runner.h"

#include <QSignalSpy>

using namespace Qt::StringLiterals;
using maxiofs::core::ConnectionState;
using maxiofs::core::Problem;
using State = maxiofs::core::ConnectionState::State;

namespace connection_state_test {

class HandClock final : public maxiofs::Clock {
public:
    [[nodiscard]] std::int64_t unixMs() const override { return now; }
    std::int64_t now = 1'000'000;
};

Problem refusedPort()
{
    return {.kind = Problem::Kind::ConnectionRefused, .summary = u"Nothing listens on port 8081."_s};
}

}  // namespace connection_state_test

class ConnectionStateTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void startBeginsAnAttempt();
    void successConnects();
    void lostConnectionIsTriedAgainAfterAPause();
    void clockThatIsSetBackDelaysNothing();
    void pausesGrowToHalfAMinute();
    void successForgetsFormerFailures();
    void countdownMovesOnceASecond();
    void refusedCredentialsWaitForAPerson();
    void certificateDecisionIsNotRetried();
    void startCutsThePauseShort();
    void signingOutEndsTheRetries();
    void failureAfterSigningOutIsIgnored();

private:
    connection_state_test::HandClock m_clock;
};

void ConnectionStateTest::startBeginsAnAttempt()
{
    ConnectionState state(m_clock);
    QSignalSpy attempts(&state, &ConnectionState::attemptDue);

    state.start();
    state.start();

    QCOMPARE(state.state(), State::Connecting);
    QCOMPARE(attempts.count(), 1);
}

void ConnectionStateTest::successConnects()
{
    ConnectionState state(m_clock);
    state.start();
    m_clock.now += 70;

    state.succeeded();

    QCOMPARE(state.state(), State::Connected);
    QCOMPARE(state.since(), m_clock.now);
    QVERIFY(!state.problem());
}

void ConnectionStateTest::lostConnectionIsTriedAgainAfterAPause()
{
    ConnectionState state(m_clock);
    state.start();
    state.succeeded();
    QSignalSpy attempts(&state, &ConnectionState::attemptDue);

    state.lost(connection_state_test::refusedPort());
    m_clock.now += 999;
    state.tick();
    QCOMPARE(state.state(), State::Unreachable);
    QCOMPARE(state.problem()->summary, u"Nothing listens on port 8081."_s);
    QCOMPARE(attempts.count(), 0);

    m_clock.now += 1;
    state.tick();
    QCOMPARE(state.state(), State::Connecting);
    QCOMPARE(attempts.count(), 1);
}

void ConnectionStateTest::clockThatIsSetBackDelaysNothing()
{
    ConnectionState state(m_clock);
    state.start();
    state.succeeded();
    state.lost(connection_state_test::refusedPort());

    m_clock.now -= 3'600'000;
    state.tick();
    QCOMPARE(state.secondsToRetry(), std::optional(1));
    m_clock.now += 1000;
    state.tick();

    QCOMPARE(state.state(), State::Connecting);
}

void ConnectionStateTest::pausesGrowToHalfAMinute()
{
    ConnectionState state(m_clock);
    state.start();
    QList<int> pauses;
    for (int i = 0; i < 8; ++i) {
        state.lost(connection_state_test::refusedPort());
        pauses << *state.secondsToRetry();
        m_clock.now += *state.secondsToRetry() * 1000;
        state.tick();
    }

    QCOMPARE(pauses, (QList<int>{1, 2, 4, 8, 15, 30, 30, 30}));
}

void ConnectionStateTest::successForgetsFormerFailures()
{
    ConnectionState state(m_clock);
    state.start();
    for (int i = 0; i < 4; ++i) {
        state.lost(connection_state_test::refusedPort());
        m_clock.now += 60'000;
        state.tick();
    }
    state.succeeded();

    state.lost(connection_state_test::refusedPort());

    QCOMPARE(*state.secondsToRetry(), 1);
}

void ConnectionStateTest::countdownMovesOnceASecond()
{
    ConnectionState state(m_clock);
    state.start();
    for (int i = 0; i < 3; ++i) {
        state.lost(connection_state_test::refusedPort());
        m_clock.now += 2'000 * i;
        state.tick();
    }
    state.lost(connection_state_test::refusedPort());
    const int before = *state.secondsToRetry();
    QSignalSpy moves(&state, &ConnectionState::countdownChanged);

    for (int i = 0; i < 4; ++i) {
        m_clock.now += 250;
        state.tick();
    }

    QCOMPARE(moves.count(), 1);
    QCOMPARE(*state.secondsToRetry(), before - 1);
}

void ConnectionStateTest::refusedCredentialsWaitForAPerson()
{
    ConnectionState state(m_clock);
    state.start();

    state.refused({.kind = Problem::Kind::Unauthorized, .summary = u"The password of admin is wrong."_s});

    QCOMPARE(state.state(), State::AskingForCredentials);
    QVERIFY(!state.secondsToRetry());
}

void ConnectionStateTest::certificateDecisionIsNotRetried()
{
    ConnectionState state(m_clock);
    state.start();

    state.blocked({.kind = Problem::Kind::CertificateUnknown, .summary = u"Nothing vouches for it."_s});
    m_clock.now += 3'600'000;
    state.tick();

    QCOMPARE(state.state(), State::Unreachable);
    QVERIFY(!state.secondsToRetry());
}

void ConnectionStateTest::startCutsThePauseShort()
{
    ConnectionState state(m_clock);
    state.start();
    state.lost(connection_state_test::refusedPort());
    QSignalSpy attempts(&state, &ConnectionState::attemptDue);

    state.start();

    QCOMPARE(state.state(), State::Connecting);
    QCOMPARE(attempts.count(), 1);
}

void ConnectionStateTest::signingOutEndsTheRetries()
{
    ConnectionState state(m_clock);
    state.start();
    state.lost(connection_state_test::refusedPort());
    QSignalSpy attempts(&state, &ConnectionState::attemptDue);

    state.signOut();
    m_clock.now += 3'600'000;
    state.tick();

    QCOMPARE(state.state(), State::SignedOut);
    QVERIFY(!state.problem());
    QCOMPARE(attempts.count(), 0);
}

void ConnectionStateTest::failureAfterSigningOutIsIgnored()
{
    ConnectionState state(m_clock);
    state.start();
    state.signOut();

    state.lost(connection_state_test::refusedPort());

    QCOMPARE(state.state(), State::SignedOut);
    QVERIFY(!state.secondsToRetry());
}

MAXIOFS_TEST(ConnectionStateTest)
#include "connection_state_test.moc"
