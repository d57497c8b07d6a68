// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/connection.h"

#include "fake_network.h"
#include "support/test_runner.h"

#include <QSignalSpy>

using namespace Qt::StringLiterals;
using namespace maxiofs;
using fake_network::Network;
using fake_network::Reply;
using State = core::ConnectionState::State;

namespace connection_test {

// A node with one user, whose tokens can be ended and which can be away.
struct Node {
    bool away = false;
    QStringList awayHosts;
    QStringList strangers;  // hosts that know neither tokens nor users
    bool sessionsEnded = false;
    bool locked = false;
    bool starting = false;
    std::string password = "secret";
    std::int64_t expiresIn = 900;
    int issued = 0;
    std::string token;
    std::string refreshToken;
    QPointer<Reply> stream;

    void serve(Reply &reply)
    {
        const QString path = reply.url().path();
        if (strangers.contains(reply.url().host()))
            return refuse(reply);
        if (away || awayHosts.contains(reply.url().host()))
            return reply.fail(QNetworkReply::ConnectionRefusedError, u"Connection refused"_s);
        if (starting)
            return reply.answer(503, protocol::errorText("Starting", "The node is starting.", "req-3"));
        if (path == u"/api/v1/auth/login"_s) {
            if (locked)
                return reply.answer(429,
                                    protocol::errorText("TooManyAttempts", "Try again in 60 s.", "req-2"));
            const auto body = protocol::parseObject(reply.sent);
            if (body->value("password"_L1).toString().toStdString() != password)
                return refuse(reply);
            return issue(reply);
        }
        if (path == u"/api/v1/auth/refresh"_s) {
            const auto body = protocol::parseObject(reply.sent);
            if (sessionsEnded || body->value("refresh_token"_L1).toString().toStdString() != refreshToken)
                return refuse(reply);
            return issue(reply);
        }
        if (reply.request().rawHeader("Authorization") != QByteArray::fromStdString("Bearer " + token))
            return refuse(reply);
        if (path == u"/api/v1/events"_s) {
            stream = &reply;
            return reply.push(200, ":\n");
        }
        reply.answer(200, protocol::successText(QJsonObject{}));
    }

    void issue(Reply &reply)
    {
        ++issued;
        token = "t" + std::to_string(issued);
        refreshToken = "r" + std::to_string(issued);
        sessionsEnded = false;
        reply.answer(200, fake_network::session(token, refreshToken, expiresIn));
    }
    static void refuse(Reply &reply)
    {
        reply.answer(401, protocol::errorText("Unauthorized", "User or password is wrong.", "req-1"));
    }
};

QList<core::ProfileMember> members(const QStringList &hosts)
{
    QList<core::ProfileMember> members;
    for (const QString &host : hosts)
        members.append({.name = host, .address = QUrl(u"https://%1:8081"_s.arg(host)), .fingerprint = {}});
    return members;
}

}  // namespace connection_test

class ConnectionTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();

    void signsInAndListens();
    void wrongPasswordAsksForCredentials();
    void lockedUserIsAskedAgainInsteadOfTriedAgain();
    void lockedUserWithAProvenPasswordIsTriedAgain();
    void missingPasswordIsAskedForWithoutARequest();
    void lostNodeIsNoticedThroughTheStream();
    void comesBackWithTheSession();
    void keepsTheSessionWhileTheNodeStarts();
    void comesBackWithThePasswordWhenTheSessionEnded();
    void endedTokenIsRenewedInUse();
    void tokenIsRenewedBeforeItEnds();
    void signingOutEndsTheSessionAndForgetsThePassword();
    void refreshTokenIsUsedOnce();
    void aChangeOfClusterBringsItsOwnSession();
    void anotherMemberTakesOverWithTheSession();
    void membersAreTriedInTurnAndTheAddressAgain();
    void aMemberThatRefusesIsPassedOver();
    void aMemberInUseKeepsItsPlaceInTheList();
    void aChangeThatFailedLeavesTheSessionToBeRenewed();

private:
    void connectToNode();

    connection_test::Node m_node;
    std::unique_ptr<Network> m_network;
    std::unique_ptr<api::Connection> m_connection;
};

void ConnectionTest::init()
{
    m_node = {};
    m_network = std::make_unique<Network>();
    m_network->serve = [this](Reply &reply) { m_node.serve(reply); };
    core::Profile profile;
    profile.id = u"p"_s;
    profile.address = QUrl(u"https://fra-1:8081"_s);
    profile.user = u"admin"_s;
    m_connection = std::make_unique<api::Connection>(profile, *m_network);
    m_connection->setPassword(u"secret"_s);
}

void ConnectionTest::cleanup()
{
    m_connection.reset();
    m_network.reset();
}

void ConnectionTest::connectToNode()
{
    m_connection->open();
    QTRY_VERIFY(m_connection->isConnected());
    QTRY_VERIFY(m_connection->events().isLive());
}

void ConnectionTest::aChangeOfClusterBringsItsOwnSession()
{
    connectToNode();
    const auto logins = m_network->timesAsked("POST /api/v1/auth/login");
    const auto renewals = m_network->timesAsked("POST /api/v1/auth/refresh");
    m_connection->hold();
    // The key that signs tokens was replaced: what is asked meanwhile is refused.
    m_node.token = "joined";
    m_node.refreshToken = "joined-refresh";
    QSignalSpy refused(&m_connection->client(), &api::ConsoleClient::failed);
    (void)m_connection->client().health();
    QTRY_COMPARE(refused.count(), 1);

    protocol::Session session;
    session.token = "joined";
    session.refreshToken = "joined-refresh";
    session.expiresIn = 900;
    m_connection->resume(session);

    QCOMPARE(m_connection->client().token(), QByteArray("joined"));
    QVERIFY(m_connection->isConnected());
    QCOMPARE(m_network->timesAsked("POST /api/v1/auth/login"), logins);
    QCOMPARE(m_network->timesAsked("POST /api/v1/auth/refresh"), renewals);
}

void ConnectionTest::aChangeThatFailedLeavesTheSessionToBeRenewed()
{
    connectToNode();
    m_connection->hold();
    m_node.token = "elsewhere";
    QSignalSpy refused(&m_connection->client(), &api::ConsoleClient::failed);
    (void)m_connection->client().health();
    QTRY_COMPARE(refused.count(), 1);
    QCOMPARE(m_connection->client().token(), QByteArray("t1"));

    m_connection->resume(std::nullopt);

    QTRY_COMPARE(m_connection->client().token(), QByteArray("t2"));
    QVERIFY(m_connection->isConnected());
}

void ConnectionTest::anotherMemberTakesOverWithTheSession()
{
    m_connection->setMembers(connection_test::members({u"fra-2"_s}));
    connectToNode();
    const auto logins = m_network->timesAsked("POST /api/v1/auth/login");
    m_node.awayHosts = {u"fra-1"_s};
    m_node.stream->fail(QNetworkReply::RemoteHostClosedError, u"closed"_s);

    QTRY_COMPARE(m_connection->state().state(), State::Unreachable);
    QCOMPARE(m_connection->lostPlace(), u"fra-1"_s);
    QCOMPARE(m_connection->place(), u"fra-2"_s);
    QTRY_VERIFY(m_connection->isConnected());
    QCOMPARE(m_connection->client().address().host(), u"fra-2"_s);
    QVERIFY(!m_connection->isAtHome());
    QCOMPARE(m_network->timesAsked("POST /api/v1/auth/login"), logins);
    QTRY_VERIFY(m_connection->events().isLive());
    QCOMPARE(m_connection->profile().address.host(), u"fra-1"_s);
}

void ConnectionTest::membersAreTriedInTurnAndTheAddressAgain()
{
    m_connection->setMembers(connection_test::members({u"fra-2"_s, u"fra-3"_s}));
    connectToNode();
    QStringList tried;
    QObject::connect(m_connection.get(), &api::Connection::stateChanged, this, [this, &tried] {
        if (m_connection->state().state() == State::Connecting)
            tried << m_connection->place();
    });
    m_node.away = true;
    m_node.stream->fail(QNetworkReply::RemoteHostClosedError, u"closed"_s);
    for (int i = 0; i < 3; ++i) {
        QTRY_COMPARE(m_connection->state().state(), State::Unreachable);
        if (i == 2)
            m_node.away = false;
        m_connection->open();
        QTRY_VERIFY(m_connection->state().state() != State::Connecting);
    }

    QTRY_VERIFY(m_connection->isConnected());
    QCOMPARE(tried, (QStringList{u"fra-2"_s, u"fra-3"_s, u"fra-1"_s}));
    QVERIFY(m_connection->isAtHome());
}

void ConnectionTest::aMemberThatRefusesIsPassedOver()
{
    m_connection->setMembers(connection_test::members({u"fra-2"_s, u"fra-3"_s}));
    connectToNode();
    QSignalSpy asked(m_connection.get(), &api::Connection::credentialsNeeded);
    m_node.awayHosts = {u"fra-1"_s};
    m_node.strangers = {u"fra-2"_s};
    m_node.stream->fail(QNetworkReply::RemoteHostClosedError, u"closed"_s);

    QTRY_VERIFY_WITH_TIMEOUT(m_connection->isConnected() && m_connection->place() == u"fra-3"_s, 60'000);
    QCOMPARE(asked.count(), 0);
}

void ConnectionTest::aMemberInUseKeepsItsPlaceInTheList()
{
    m_connection->setMembers(connection_test::members({u"fra-2"_s, u"fra-3"_s}));
    connectToNode();
    m_node.awayHosts = {u"fra-1"_s, u"fra-2"_s};
    m_node.stream->fail(QNetworkReply::RemoteHostClosedError, u"closed"_s);
    QTRY_VERIFY_WITH_TIMEOUT(m_connection->isConnected() && m_connection->place() == u"fra-3"_s, 60'000);

    m_connection->setMembers(connection_test::members({u"fra-0"_s, u"fra-2"_s, u"fra-3"_s}));
    QCOMPARE(m_connection->place(), u"fra-3"_s);
    m_connection->setMembers(connection_test::members({u"fra-2"_s}));

    QCOMPARE(m_connection->place(), u"fra-3"_s);
    QCOMPARE(m_connection->profile().members.size(), 3);
}

void ConnectionTest::signsInAndListens()
{
    connectToNode();

    QCOMPARE(m_connection->user().username, std::string("admin"));
    QCOMPARE(m_connection->client().token(), QByteArray("t1"));
}

void ConnectionTest::wrongPasswordAsksForCredentials()
{
    m_node.password = "other";
    QSignalSpy asked(m_connection.get(), &api::Connection::credentialsNeeded);

    m_connection->open();

    QTRY_COMPARE(m_connection->state().state(), State::AskingForCredentials);
    QCOMPARE(asked.count(), 1);
    QCOMPARE(m_connection->state().problem()->summary, u"User or password is wrong."_s);
    QVERIFY(!m_connection->hasPassword());
}

void ConnectionTest::lockedUserIsAskedAgainInsteadOfTriedAgain()
{
    m_node.locked = true;

    m_connection->open();

    QTRY_COMPARE(m_connection->state().state(), State::AskingForCredentials);
    QCOMPARE(m_connection->state().problem()->summary, u"Try again in 60 s."_s);
    QVERIFY(!m_connection->hasPassword());
}

void ConnectionTest::lockedUserWithAProvenPasswordIsTriedAgain()
{
    connectToNode();
    m_node.locked = true;
    m_node.sessionsEnded = true;
    m_node.away = true;
    m_node.stream->fail(QNetworkReply::RemoteHostClosedError, u"closed"_s);
    QTRY_COMPARE(m_connection->state().state(), State::Unreachable);
    m_node.away = false;

    m_connection->open();
    QTRY_COMPARE(m_connection->state().problem()->httpStatus, 429);
    QCOMPARE(m_connection->state().state(), State::Unreachable);

    m_node.locked = false;
    QTRY_VERIFY(m_connection->isConnected());
}

void ConnectionTest::missingPasswordIsAskedForWithoutARequest()
{
    m_connection->setPassword({});

    m_connection->open();

    QTRY_COMPARE(m_connection->state().state(), State::AskingForCredentials);
    QVERIFY(m_network->asked.empty());
}

void ConnectionTest::lostNodeIsNoticedThroughTheStream()
{
    connectToNode();

    m_node.away = true;
    m_node.stream->fail(QNetworkReply::RemoteHostClosedError, u"closed"_s);

    QTRY_COMPARE(m_connection->state().state(), State::Unreachable);
    QCOMPARE(m_connection->state().problem()->kind, core::Problem::Kind::ConnectionRefused);
    QVERIFY(m_connection->state().secondsToRetry().has_value());
    QVERIFY(!m_connection->events().isLive());
}

void ConnectionTest::comesBackWithTheSession()
{
    connectToNode();
    m_node.away = true;
    m_connection->probe();
    QTRY_COMPARE(m_connection->state().state(), State::Unreachable);

    m_node.away = false;
    m_connection->open();

    QTRY_VERIFY(m_connection->isConnected());
    QCOMPARE(m_network->timesAsked("POST /api/v1/auth/login"), 1);
    QCOMPARE(m_connection->client().token(), QByteArray("t2"));
}

void ConnectionTest::keepsTheSessionWhileTheNodeStarts()
{
    connectToNode();
    m_connection->setPassword({});
    m_node.away = true;
    m_connection->probe();
    QTRY_COMPARE(m_connection->state().state(), State::Unreachable);
    m_node.away = false;
    m_node.starting = true;
    m_connection->open();
    QTRY_VERIFY(m_network->timesAsked("POST /api/v1/auth/refresh") > 0);
    QTRY_COMPARE(m_connection->state().state(), State::Unreachable);

    m_node.starting = false;
    m_connection->open();

    QTRY_VERIFY(m_connection->isConnected());
    QCOMPARE(m_network->timesAsked("POST /api/v1/auth/login"), 1);
}

void ConnectionTest::comesBackWithThePasswordWhenTheSessionEnded()
{
    connectToNode();
    m_node.away = true;
    m_connection->probe();
    QTRY_COMPARE(m_connection->state().state(), State::Unreachable);

    m_node.away = false;
    m_node.sessionsEnded = true;
    m_connection->open();

    QTRY_VERIFY(m_connection->isConnected());
    QCOMPARE(m_network->timesAsked("POST /api/v1/auth/login"), 2);
}

void ConnectionTest::endedTokenIsRenewedInUse()
{
    connectToNode();
    m_node.token = "another";

    m_connection->probe();

    QTRY_COMPARE(m_connection->client().token(), QByteArray("t2"));
    QVERIFY(m_connection->isConnected());
}

void ConnectionTest::tokenIsRenewedBeforeItEnds()
{
    m_node.expiresIn = 1;
    connectToNode();

    QTRY_COMPARE(m_connection->client().token(), QByteArray("t2"));

    QVERIFY(m_connection->isConnected());
    QCOMPARE(m_network->timesAsked("POST /api/v1/auth/login"), 1);
}

void ConnectionTest::signingOutEndsTheSessionAndForgetsThePassword()
{
    connectToNode();

    m_connection->signOut();

    QCOMPARE(m_connection->state().state(), State::SignedOut);
    QVERIFY(!m_connection->hasPassword());
    QVERIFY(m_connection->client().token().isEmpty());
    QTRY_COMPARE(m_network->timesAsked("POST /api/v1/auth/logout"), 1);
}

void ConnectionTest::refreshTokenIsUsedOnce()
{
    connectToNode();
    QByteArrayList used;
    m_network->serve = [this, &used](Reply &reply) {
        if (reply.url().path() == u"/api/v1/auth/refresh"_s) {
            used << protocol::parseObject(reply.sent)->value("refresh_token"_L1).toString().toLatin1();
            // It arrived, but the answer is lost.
            return reply.fail(QNetworkReply::RemoteHostClosedError, u"closed"_s);
        }
        m_node.serve(reply);
    };
    m_node.token = "another";
    m_connection->probe();
    QTRY_COMPARE(m_connection->state().state(), State::Unreachable);

    m_connection->open();

    QTRY_VERIFY(m_connection->isConnected());
    QCOMPARE(used, QByteArrayList{"r1"});
}

MAXIOFS_TEST(ConnectionTest)
#include "connection_test.moc"
