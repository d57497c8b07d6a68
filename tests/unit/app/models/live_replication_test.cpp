// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/live_replication.h"

#include "support/test_runner.h"
#include "unit/app/api/fake_network.h"

#include <QAbstractItemModelTester>
#include <QTemporaryDir>

using namespace Qt::StringLiterals;
using namespace maxiofs;
using namespace maxiofs::models;
using fake_network::Network;
using fake_network::Reply;

namespace live_replication_test {

constexpr int kPatience = 60'000;

protocol::ReplicationRule rule(const std::string &id)
{
    protocol::ReplicationRule made;
    made.id = id;
    made.sourceBucket = "bucket-" + id;
    made.destinationBucket = made.sourceBucket;
    made.destinationNodeId = "b";
    made.state.status = protocol::ReplicationStatus::InSync;
    return made;
}

protocol::ReplicationQueueEntry entryOf(const std::string &rule)
{
    protocol::ReplicationQueueEntry made;
    made.id = "1";
    made.replicationRuleId = rule;
    made.objectKey = "key of " + rule;
    return made;
}

}  // namespace live_replication_test

namespace lr = live_replication_test;

// The live picture of replication over a network that a test answers by hand.
class LiveReplicationTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();

    void rulesAreFetchedAfterSigningIn();
    void longListsComeByPages();
    void nodesThatDidNotAnswerAreNamed();
    void failuresAreToldAndAskedForMoreSeldom_data();
    void failuresAreToldAndAskedForMoreSeldom();
    void aSlowAnswerIsAskedForOnce();
    void anEndedSessionIsRenewedAndNotShown();
    void aLostConnectionLeavesTheRulesStale();
    void onlyTheWatchedQueueIsShown();
    void aFailingQueueHarmsNoRule();

private:
    void serve(Reply &reply);
    void signIn();
    template <typename Condition>
    [[nodiscard]] static bool soon(Condition condition)
    {
        return QTest::qWaitFor(condition, lr::kPatience);
    }

    QTemporaryDir m_folder;
    std::unique_ptr<Network> m_network;
    std::unique_ptr<history::LatencyHistory> m_history;
    std::unique_ptr<api::Connection> m_connection;
    std::unique_ptr<LiveCluster> m_cluster;
    std::unique_ptr<LiveReplication> m_live;
    std::function<void(Reply &)> m_rules;
    std::function<void(Reply &)> m_queue;
};

void LiveReplicationTest::init()
{
    m_network = std::make_unique<Network>();
    m_network->serve = [this](Reply &reply) { serve(reply); };
    m_history = std::make_unique<history::LatencyHistory>();
    QVERIFY(m_history->open(m_folder.filePath(u"latency.db"_s)));
    core::Profile profile;
    profile.id = u"test"_s;
    profile.user = u"admin"_s;
    profile.address = QUrl(u"http://127.0.0.1:8081"_s);
    m_connection = std::make_unique<api::Connection>(profile, *m_network);
    m_cluster = std::make_unique<LiveCluster>(*m_connection, *m_history);
    m_live = std::make_unique<LiveReplication>(*m_cluster);
    m_rules = [](Reply &reply) {
        reply.answer(200,
                     protocol::successText(protocol::pageToJson(
                         protocol::Page<protocol::ReplicationRule>{{lr::rule("1"), lr::rule("2")}, {}})));
    };
    m_queue = [](Reply &reply) {
        const std::string rule = reply.url().path().section(u'/', 5, 5).toStdString();
        reply.answer(200, protocol::successText(protocol::pageToJson(
                              protocol::Page<protocol::ReplicationQueueEntry>{{lr::entryOf(rule)}, {}})));
    };
}

void LiveReplicationTest::cleanup()
{
    m_live.reset();
    m_cluster.reset();
    m_connection.reset();
    m_history.reset();
    m_network.reset();
}

void LiveReplicationTest::serve(Reply &reply)
{
    const QString path = reply.url().path();
    if (path == u"/api/v1/auth/login"_s || path == u"/api/v1/auth/refresh"_s)
        reply.answer(200, fake_network::session("token", "refresh"));
    else if (path == u"/api/v1/events"_s)
        reply.push(200, ":\n");
    else if (path == u"/api/v1/cluster/replication"_s)
        m_rules(reply);
    else if (path.endsWith(u"/queue"_s))
        m_queue(reply);
    else
        reply.answer(404, protocol::errorText("NotFound", "There is no such endpoint.", "req-1"));
}

void LiveReplicationTest::signIn()
{
    m_connection->setPassword(u"secret"_s);
    m_connection->open();
    QVERIFY(soon([&] { return m_connection->isConnected(); }));
}

void LiveReplicationTest::rulesAreFetchedAfterSigningIn()
{
    QAbstractItemModelTester tester(&m_live->rules(), QAbstractItemModelTester::FailureReportingMode::QtTest);
    QVERIFY(!m_live->hasRules());
    signIn();

    QVERIFY(soon([&] { return m_live->rules().rowCount() == 2; }));
    QVERIFY(m_live->hasRules());
    QVERIFY(!m_live->problem());
    QCOMPARE(m_live->askedMs(), 0);
    QVERIFY(m_live->pause() == LiveReplication::kPoll);
    QCOMPARE(m_live->history().of(u"1"_s).size(), 1);
}

void LiveReplicationTest::longListsComeByPages()
{
    m_rules = [](Reply &reply) {
        const bool second = reply.url().query().contains(u"after=1"_s);
        reply.answer(200,
                     protocol::successText(protocol::pageToJson(protocol::Page<protocol::ReplicationRule>{
                         {lr::rule(second ? "2" : "1")}, second ? "" : "1"})));
    };
    signIn();

    QVERIFY(soon([&] { return m_live->rules().rowCount() == 2; }));
    QVERIFY(!m_live->isCut());
}

void LiveReplicationTest::nodesThatDidNotAnswerAreNamed()
{
    m_rules = [](Reply &reply) {
        reply.answer(200,
                     protocol::successText(protocol::pageToJson(protocol::Page<protocol::ReplicationRule>{
                         .items = {lr::rule("1")}, .next = {}, .missing = {{"c", "waw-1", ""}}})));
    };
    signIn();

    QVERIFY(soon([&] { return m_live->missing() == QStringList{u"waw-1"_s}; }));
}

void LiveReplicationTest::failuresAreToldAndAskedForMoreSeldom_data()
{
    QTest::addColumn<int>("status");
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<QString>("words");

    QTest::newRow("fault") << 500 << protocol::errorText("InternalError", "It failed.", "req-9")
                           << u"It failed."_s;
    QTest::newRow("forbidden") << 403 << protocol::errorText("AccessDenied", "Not for you.", "req-9")
                               << u"Not for you."_s;
    QTest::newRow("no JSON") << 200 << QByteArray("<html>") << u"cannot be read"_s;
    QTest::newRow("another shape") << 200 << QByteArray(R"({"status":"success","data":{"rules":7}})")
                                   << u"rules"_s;
}

void LiveReplicationTest::failuresAreToldAndAskedForMoreSeldom()
{
    QFETCH(int, status);
    QFETCH(QByteArray, body);
    QFETCH(QString, words);
    m_rules = [&](Reply &reply) { reply.answer(status, body); };
    signIn();
    QVERIFY(soon([&] { return m_live->problem().has_value(); }));
    QVERIFY2(m_live->problem()->summary.contains(words), qPrintable(m_live->problem()->summary));
    QVERIFY(!m_live->hasRules());
    std::chrono::milliseconds before = m_live->pause();
    QVERIFY(before > LiveReplication::kPoll);

    while (before < LiveReplication::kLongestPoll) {
        m_live->refresh();
        QVERIFY(soon([&] { return m_live->pause() > before; }));
        before = m_live->pause();
    }
    QVERIFY(before == LiveReplication::kLongestPoll);

    m_rules = [](Reply &reply) {
        reply.answer(200, protocol::successText(protocol::pageToJson(
                              protocol::Page<protocol::ReplicationRule>{{lr::rule("1")}, {}})));
    };
    m_live->refresh();
    QVERIFY(soon([&] { return m_live->pause() == LiveReplication::kPoll; }));
    QVERIFY(!m_live->problem());
    QCOMPARE(m_live->rules().rowCount(), 1);
}

void LiveReplicationTest::aSlowAnswerIsAskedForOnce()
{
    QPointer<Reply> slow;
    m_rules = [&](Reply &reply) { slow = &reply; };
    signIn();
    QVERIFY(soon([&] { return !slow.isNull(); }));
    m_live->refresh();
    m_live->refresh();
    QVERIFY(m_live->askedMs() > 0);
    QCOMPARE(m_network->timesAsked("GET /api/v1/cluster/replication"), 1);

    slow->answer(200, protocol::successText(protocol::pageToJson(
                          protocol::Page<protocol::ReplicationRule>{{lr::rule("1")}, {}})));

    QVERIFY(soon([&] { return m_live->rules().rowCount() == 1; }));
}

void LiveReplicationTest::anEndedSessionIsRenewedAndNotShown()
{
    bool refused = false;
    auto answer = m_rules;
    m_rules = [&refused, answer](Reply &reply) {
        if (refused) {
            answer(reply);
            return;
        }
        refused = true;
        reply.answer(401, protocol::errorText("Unauthorized", "The session has ended.", "req-4"));
    };
    signIn();
    QVERIFY(soon([&] { return refused; }));
    QVERIFY(!m_live->problem());
    QVERIFY(soon([&] { return m_connection->isConnected(); }));

    m_live->refresh();

    QVERIFY(soon([&] { return m_live->rules().rowCount() == 2; }));
    QVERIFY(!m_live->problem());
}

void LiveReplicationTest::aLostConnectionLeavesTheRulesStale()
{
    signIn();
    QVERIFY(soon([&] { return m_live->rules().rowCount() == 2; }));
    m_connection->signOut();

    QVERIFY(soon([&] { return m_live->rules().find(u"1"_s)->stale; }));
    QCOMPARE(m_live->rules().rowCount(), 2);
    signIn();
    QVERIFY(soon([&] { return !m_live->rules().find(u"1"_s)->stale; }));
}

void LiveReplicationTest::onlyTheWatchedQueueIsShown()
{
    QPointer<Reply> late;
    auto answer = m_queue;
    m_queue = [&late, answer](Reply &reply) {
        if (reply.url().path().contains(u"/1/"_s))
            late = &reply;
        else
            answer(reply);
    };
    signIn();
    m_live->watch(u"1"_s);
    QVERIFY(soon([&] { return !late.isNull(); }));
    m_live->watch(u"2"_s);
    QVERIFY(soon([&] { return m_live->queue().rowCount() == 1; }));

    // The answer about the rule that was looked at before comes last.
    const QPointer<Reply> one = late;
    answer(*one);
    QVERIFY(soon([&] { return one.isNull() || one->isFinished(); }));

    QCOMPARE(m_live->queue().rows().first().entry.objectKey, std::string("key of 2"));
    m_live->watch({});
    QCOMPARE(m_live->queue().rowCount(), 0);
    QVERIFY(!m_live->hasQueue());
}

void LiveReplicationTest::aFailingQueueHarmsNoRule()
{
    m_queue = [](Reply &reply) {
        reply.answer(503, protocol::errorText("Busy", "The owner is busy.", "req-7"));
    };
    signIn();
    QVERIFY(soon([&] { return m_live->rules().rowCount() == 2; }));
    m_live->watch(u"1"_s);

    QVERIFY(soon([&] { return m_live->queueProblem().has_value(); }));
    QCOMPARE(m_live->queueProblem()->summary, u"The owner is busy."_s);
    QVERIFY(!m_live->problem());
    QVERIFY(!m_live->hasQueue());
}

MAXIOFS_TEST(LiveReplicationTest)
#include "live_replication_test.moc"
