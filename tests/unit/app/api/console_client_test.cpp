// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/console_client.h"

#include "fake_network.h"
#include "support/test_runner.h"

#include <QJsonArray>
#include <QSignalSpy>

using namespace Qt::StringLiterals;
using namespace maxiofs;
using fake_network::Network;
using fake_network::Reply;
using Kind = core::Problem::Kind;

class ConsoleClientTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init();

    void listIsDecoded();
    void emptyListIsAValue();
    void slowNodeTimesOut();
    void refusedConnectionNamesPortAndHost();
    void errorEnvelopeGivesItsSentenceAndRequestId();
    void errorWithoutEnvelopeNamesTheStatus();
    void endedSessionIsUnauthorized();
    void answerThatIsNoJsonIsMalformed();
    void wrongTypeIsMalformedAndNamed();
    void redirectIsNotFollowed();
    void cancelledRequestSaysSo();
    void everyRequestHasAnIdAndTheToken();
    void loginSendsNoOldToken();
    void finishesOnceAndDeletesItself();
    void historyAsksForWhatIsNew();
    void membershipIsAskedForAsTheApiHasIt();
    void errorsBringTheirFacts();
    void changesSayOnlyWhatDiffers();

private:
    template <typename T>
    api::Outcome<T> wait(api::RequestFor<T> *job)
    {
        std::optional<api::Outcome<T>> outcome;
        connect(job, &api::Request::finished, this, [&outcome, job] { outcome = job->result(); });
        if (!QTest::qWaitFor([&outcome] { return outcome.has_value(); }))
            qFatal("The request never finished.");
        return *outcome;
    }

    std::unique_ptr<Network> m_network;
    std::unique_ptr<api::ConsoleClient> m_client;
};

void ConsoleClientTest::init()
{
    m_client.reset();
    m_network = std::make_unique<Network>();
    m_client = std::make_unique<api::ConsoleClient>(*m_network, nullptr);
    m_client->setAddress(QUrl(u"https://fra-1.example.net:8081"_s));
}

void ConsoleClientTest::listIsDecoded()
{
    m_network->serve = [](Reply &reply) {
        reply.answer(200, R"({"status":"success","data":{"count":1,"nodes":[{"id":"n1","name":"fra-1",
            "endpoint":"https://fra-1:8080","health_status":"degraded","latency_ms":1840,
            "created_at":"2026-11-01T00:00:00Z","updated_at":"2026-11-01T00:00:00Z"}]}})");
    };

    const auto nodes = wait(m_client->nodes());

    QVERIFY2(nodes.has_value(), nodes ? "" : qPrintable(nodes.error().summary));
    QCOMPARE(nodes->items.size(), std::size_t(1));
    QCOMPARE(nodes->items.front().name, std::string("fra-1"));
    QCOMPARE(nodes->items.front().healthStatus, protocol::HealthStatus::Degraded);
    QCOMPARE(m_network->asked.front(), QByteArray("GET /api/v1/cluster/nodes"));
}

void ConsoleClientTest::emptyListIsAValue()
{
    m_network->serve = [](Reply &reply) {
        reply.answer(200, R"({"status":"success","data":{"count":0,"buckets":[]}})");
    };

    const auto buckets = wait(m_client->clusterBuckets());

    QVERIFY(buckets.has_value());
    QVERIFY(buckets->items.empty());
}

void ConsoleClientTest::slowNodeTimesOut()
{
    m_client->setTimeout(std::chrono::milliseconds(5));

    const auto health = wait(m_client->health());

    QCOMPARE(health.error().kind, Kind::TimedOut);
    QVERIFY(health.error().isConnectionLoss());
}

void ConsoleClientTest::refusedConnectionNamesPortAndHost()
{
    m_network->serve = [](Reply &reply) {
        reply.fail(QNetworkReply::ConnectionRefusedError, u"Connection refused"_s);
    };

    const auto health = wait(m_client->health());

    QCOMPARE(health.error().kind, Kind::ConnectionRefused);
    QVERIFY(health.error().summary.contains(u"8081"_s));
    QVERIFY(health.error().summary.contains(u"fra-1.example.net"_s));
}

void ConsoleClientTest::errorEnvelopeGivesItsSentenceAndRequestId()
{
    m_network->serve = [](Reply &reply) {
        reply.answer(404, protocol::errorText("NoSuchNode", "There is no node n9.", "req-7"));
    };
    QSignalSpy failures(m_client.get(), &api::ConsoleClient::failed);

    const auto history = wait(m_client->history("n9", 1, 0));

    QCOMPARE(history.error().kind, Kind::NotFound);
    QCOMPARE(history.error().code, u"NoSuchNode"_s);
    QCOMPARE(history.error().summary, u"There is no node n9."_s);
    QCOMPARE(history.error().requestId, u"req-7"_s);
    QCOMPARE(history.error().httpStatus, 404);
    QCOMPARE(failures.count(), 1);
}

void ConsoleClientTest::errorWithoutEnvelopeNamesTheStatus()
{
    m_network->serve = [](Reply &reply) { reply.answer(502, "<html>Bad gateway</html>"); };

    const auto health = wait(m_client->health());

    QCOMPARE(health.error().kind, Kind::ServerFault);
    QVERIFY(health.error().summary.contains(u"502"_s));
    QVERIFY(!health.error().requestId.isEmpty());
}

void ConsoleClientTest::endedSessionIsUnauthorized()
{
    m_network->serve = [](Reply &reply) {
        reply.answer(401, protocol::errorText("Unauthorized", "The session has ended.", "r"));
    };

    QCOMPARE(wait(m_client->me()).error().kind, Kind::Unauthorized);
}

void ConsoleClientTest::answerThatIsNoJsonIsMalformed()
{
    m_network->serve = [](Reply &reply) { reply.answer(200, "welcome"); };

    QCOMPARE(wait(m_client->health()).error().kind, Kind::Malformed);
}

void ConsoleClientTest::wrongTypeIsMalformedAndNamed()
{
    m_network->serve = [](Reply &reply) {
        reply.answer(200, R"({"status":"success","data":{"total_nodes":"six"}})");
    };

    const auto health = wait(m_client->health());

    QCOMPARE(health.error().kind, Kind::Malformed);
    QVERIFY2(health.error().summary.contains(u"total_nodes"_s), qPrintable(health.error().summary));
}

void ConsoleClientTest::redirectIsNotFollowed()
{
    m_network->serve = [](Reply &reply) { reply.answer(302, {}); };

    QVERIFY(!wait(m_client->health()).has_value());
    QCOMPARE(m_network->asked.size(), std::size_t(1));
}

void ConsoleClientTest::cancelledRequestSaysSo()
{
    auto *job = m_client->health();

    job->cancel();

    QCOMPARE(wait(job).error().kind, Kind::Cancelled);
}

void ConsoleClientTest::everyRequestHasAnIdAndTheToken()
{
    m_client->setToken("t0ken");
    QByteArray authorization;
    QByteArray id;
    m_network->serve = [&](Reply &reply) {
        authorization = reply.request().rawHeader("Authorization");
        id = reply.request().rawHeader("X-Request-Id");
        reply.answer(500, {});
    };

    const auto health = wait(m_client->health());

    QCOMPARE(authorization, QByteArray("Bearer t0ken"));
    QVERIFY(!id.isEmpty());
    QCOMPARE(health.error().requestId, QString::fromLatin1(id));
}

void ConsoleClientTest::loginSendsNoOldToken()
{
    m_client->setToken("old");
    bool authorized = true;
    QByteArray body;
    m_network->serve = [&](Reply &reply) {
        authorized = reply.request().hasRawHeader("Authorization");
        body = reply.sent;
        reply.answer(200, fake_network::session("new", "r1"));
    };

    const auto session = wait(m_client->login(u"admin"_s, u"pä\"ss"_s));

    QCOMPARE(session->token, std::string("new"));
    QVERIFY(!authorized);
    QCOMPARE(protocol::parseObject(body)->value("password"_L1).toString(), u"pä\"ss"_s);
}

void ConsoleClientTest::finishesOnceAndDeletesItself()
{
    m_network->serve = [](Reply &reply) { reply.answer(500, {}); };
    QPointer<api::Request> job = m_client->health();
    QSignalSpy finished(job, &api::Request::finished);

    QVERIFY(QTest::qWaitFor([&job] { return job.isNull(); }));

    QCOMPARE(finished.count(), 1);
}

void ConsoleClientTest::historyAsksForWhatIsNew()
{
    QUrl url;
    m_network->serve = [&](Reply &reply) {
        url = reply.url();
        reply.answer(200,
                     R"({"status":"success","data":{"node_id":"a/b","resolution_seconds":10,"samples":[]}})");
    };

    const auto history = wait(m_client->history("a/b", 10, 1'700'000'000'000));

    QVERIFY2(history.has_value(), history ? "" : qPrintable(history.error().summary));
    QCOMPARE(url.path(QUrl::FullyEncoded), u"/api/v1/cluster/nodes/a%2Fb/health"_s);
    QCOMPARE(url.query(), u"resolution=10&since=2023-11-14T22:13:20Z"_s);
}

void ConsoleClientTest::membershipIsAskedForAsTheApiHasIt()
{
    std::vector<QByteArray> asked;
    m_network->serve = [&asked](Reply &reply) {
        asked.push_back(reply.verb + ' ' +
                        reply.url().toString(QUrl::RemoveScheme | QUrl::RemoveAuthority).toUtf8());
        const QString path = reply.url().path();
        if (path.endsWith(u"/initialize"_s))
            reply.answer(201, R"({"status":"success","data":{"node_id":"n1","cluster_token":"abc"}})");
        else if (path.endsWith(u"/rotate"_s))
            reply.answer(200,
                         R"({"status":"success","data":{"cluster_token":"def","token_fingerprint":"0123"}})");
        else
            reply.answer(200, R"({"status":"success","data":{}})");
    };

    const auto made = wait(m_client->initializeCluster({.nodeName = "fra-1", .region = {}}));
    const auto rotated = wait(m_client->rotateToken());
    wait(m_client->leaveCluster(false));
    wait(m_client->leaveCluster(true));
    wait(m_client->removeNode(u"n/2"_s, false));
    wait(m_client->removeNode(u"n2"_s, true));

    QCOMPARE(made->clusterToken, std::string("abc"));
    QVERIFY(!made->session);
    QCOMPARE(rotated->clusterToken, std::string("def"));
    const std::vector<QByteArray> expected{
        "POST /api/v1/cluster/initialize",    "POST /api/v1/cluster/token/rotate",
        "POST /api/v1/cluster/leave",         "POST /api/v1/cluster/leave?force=true",
        "DELETE /api/v1/cluster/nodes/n%2F2", "DELETE /api/v1/cluster/nodes/n2?force=true"};
    QVERIFY2(asked == expected, asked.back().constData());
}

void ConsoleClientTest::errorsBringTheirFacts()
{
    m_network->serve = [](Reply &reply) {
        reply.answer(409, protocol::errorText("NodeOwnsBuckets", "It owns buckets.", "req-1",
                                              {{u"buckets"_s, QJsonArray{u"a"_s, u"b"_s}}}));
    };

    const auto removed = wait(m_client->removeNode(u"n2"_s, false));

    QVERIFY(removed.error().is("NodeOwnsBuckets"_L1));
    QCOMPARE(removed.error().listed("buckets"_L1), (QStringList{u"a"_s, u"b"_s}));
    QCOMPARE(removed.error().listed("names"_L1), QStringList());
}

void ConsoleClientTest::changesSayOnlyWhatDiffers()
{
    QByteArray sent;
    m_network->serve = [&sent](Reply &reply) {
        sent = reply.sent;
        reply.answer(200, R"({"status":"success","data":{"id":"n1","name":"fra-1"}})");
    };
    protocol::NodeChange change;
    change.priority = 20;

    const auto changed = wait(m_client->changeNode(u"n1"_s, change));

    QVERIFY(changed.has_value());
    const auto body = protocol::parseObject(sent);
    QCOMPARE(body->value("priority"_L1).toInt(), 20);
    QVERIFY(body->value("name"_L1).isNull() || body->value("name"_L1).isUndefined());
}

MAXIOFS_TEST(ConsoleClientTest)
#include "console_client_test.moc"
