// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/item_roles.h"
#include "models/connections_model.h"
#include "models/event_words.h"
#include "models/events_model.h"
#include "models/rate_window.h"
#include "models/sidebar_model.h"

#include "support/test_runner.h"

#include <QAbstractItemModelTester>
#include <QRandomGenerator>

#include <algorithm>
#include <cmath>

using namespace Qt::StringLiterals;
using namespace maxiofs;
using namespace maxiofs::models;
using Shape = maxiofs::theme::Status;

namespace events_model_test {

protocol::Event eventOf(const std::string &id, const std::string &type, std::int64_t atMs,
                        const QJsonObject &payload)
{
    return {id, type, {atMs}, payload};
}

protocol::Event alert(const std::string &id, std::int64_t atMs, const QString &text)
{
    return eventOf(id, "alert", atMs, {{u"message"_s, text}});
}

QStringList texts(const EventsModel &model)
{
    QStringList all;
    for (int row = 0; row < model.rowCount(); ++row)
        all << model.index(row).data().toString();
    return all;
}

}  // namespace events_model_test

using events_model_test::alert;
using events_model_test::eventOf;

class EventsModelTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void newestStandsFirst();
    void eventThatCameBeforeIsPassedOver();
    void auditEntryOfStreamAndLogIsOneLine();
    void oldestMakeRoom();
    void eventsAreSentences_data();
    void eventsAreSentences();
    void damagedEventIsNoLine();
    void sidebarKeepsRowsThatStay();
    void sidebarSurvivesRandomClusters();
    void connectionsSayTheirState();
    void ratesAddUpOverNodes();
};

void EventsModelTest::newestStandsFirst()
{
    EventsModel model;
    QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);

    model.add(alert("n-2", 2000, u"two"_s));
    model.add(alert("n-1", 1000, u"one"_s));
    model.add(alert("n-3", 3000, u"three"_s));
    model.add(alert("n-4", 3000, u"four"_s));

    QCOMPARE(events_model_test::texts(model), (QStringList{u"four"_s, u"three"_s, u"two"_s, u"one"_s}));
}

void EventsModelTest::eventThatCameBeforeIsPassedOver()
{
    EventsModel model;
    model.add(alert("n-1", 1000, u"one"_s));
    model.add(alert("n-1", 1000, u"one"_s));

    QCOMPARE(model.rowCount(), 1);
}

void EventsModelTest::auditEntryOfStreamAndLogIsOneLine()
{
    const QJsonObject entry{{u"id"_s, u"a7"_s},          {u"time"_s, u"2026-11-01T00:00:00Z"_s},
                            {u"username"_s, u"maria"_s}, {u"action"_s, u"bucket.create"_s},
                            {u"resource"_s, u"media"_s}, {u"answer"_s, 201}};
    EventsModel model;
    model.add(eventOf("n-9", "audit", 1000, entry));
    model.add(eventOf("a7", "audit", 1000, entry));

    QCOMPARE(events_model_test::texts(model), QStringList{u"maria created bucket media"_s});
    QCOMPARE(model.index(0).data(core::IconRole).toString(), u"user"_s);
}

void EventsModelTest::oldestMakeRoom()
{
    EventsModel model;
    QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
    for (int i = 0; i < EventsModel::kMost + 20; ++i)
        model.add(alert(std::to_string(i), i, QString::number(i)));
    model.add(alert("early", -1, u"early"_s));

    QCOMPARE(model.rowCount(), EventsModel::kMost);
    QCOMPARE(model.index(0).data().toString(), QString::number(EventsModel::kMost + 19));
}

void EventsModelTest::eventsAreSentences_data()
{
    QTest::addColumn<QString>("type");
    QTest::addColumn<QJsonObject>("payload");
    QTest::addColumn<QString>("text");
    QTest::addColumn<int>("status");

    QTest::newRow("lost node") << u"node"_s
                               << QJsonObject{{u"name"_s, u"waw-1"_s},
                                              {u"health_status"_s, u"unavailable"_s},
                                              {u"reason"_s, u"no answer on port 8080"_s}}
                               << u"waw-1 is unavailable: no answer on port 8080"_s << int(Shape::Bad);
    QTest::newRow("healthy node") << u"node"_s
                                  << QJsonObject{{u"name"_s, u"waw-1"_s}, {u"health_status"_s, u"healthy"_s}}
                                  << u"waw-1 is healthy"_s << int(Shape::Ok);
    QTest::newRow("rule behind") << u"replication"_s
                                 << QJsonObject{{u"name"_s, u"media"_s},
                                                {u"destination_node"_s, u"ams-2"_s},
                                                {u"status"_s, u"behind"_s},
                                                {u"change"_s, u"behind"_s}}
                                 << u"Replication of media to ams-2: behind"_s << int(Shape::Warn);
    QTest::newRow("rule with failing objects")
        << u"replication"_s
        << QJsonObject{{u"name"_s, u"media"_s},
                       {u"destination_node"_s, u"ams-2"_s},
                       {u"status"_s, u"in_sync"_s},
                       {u"change"_s, u"objects_fail"_s}}
        << u"Replication of media to ams-2: objects fail"_s << int(Shape::Ok);
    QTest::newRow("joined node") << u"node"_s
                                 << QJsonObject{{u"name"_s, u"waw-1"_s},
                                                {u"health_status"_s, u"unknown"_s},
                                                {u"change"_s, u"joined"_s}}
                                 << u"waw-1 joined the cluster"_s << int(Shape::None);
    QTest::newRow("rotated token") << u"audit"_s
                                   << QJsonObject{{u"id"_s, u"1"_s},
                                                  {u"time"_s, u"2026-11-01T00:00:00Z"_s},
                                                  {u"username"_s, u"maria"_s},
                                                  {u"action"_s, u"cluster.token.rotate"_s},
                                                  {u"resource"_s, u"fra-1"_s}}
                                   << u"maria rotated the cluster’s token"_s << int(Shape::None);
    QTest::newRow("alert") << u"alert"_s
                           << QJsonObject{{u"message"_s, u"The disk is full."_s},
                                          {u"severity"_s, u"critical"_s}}
                           << u"The disk is full."_s << int(Shape::Bad);
    QTest::newRow("wrong password") << u"audit"_s
                                    << QJsonObject{{u"id"_s, u"1"_s},
                                                   {u"time"_s, u"2026-11-19T14:02:00Z"_s},
                                                   {u"username"_s, u"eve"_s},
                                                   {u"address"_s, u"10.0.0.9"_s},
                                                   {u"action"_s, u"auth.login"_s},
                                                   {u"resource"_s, u"eve"_s},
                                                   {u"answer"_s, 401}}
                                    << u"eve could not sign in from 10.0.0.9"_s << int(Shape::None);
    QTest::newRow("refused") << u"audit"_s << QJsonObject{{u"id"_s, u"1"_s},
                                                          {u"time"_s, u"2026-11-01T00:00:00Z"_s},
                                                          {u"username"_s, u"eve"_s},
                                                          {u"action"_s, u"bucket.delete"_s},
                                                          {u"resource"_s, u"media"_s},
                                                          {u"answer"_s, 403}}
                             << u"eve was refused: bucket.delete media (403)"_s << int(Shape::None);
    QTest::newRow("unknown action") << u"audit"_s
                                    << QJsonObject{{u"id"_s, u"1"_s},
                                                   {u"time"_s, u"2026-11-01T00:00:00Z"_s},
                                                   {u"username"_s, u"maria"_s},
                                                   {u"action"_s, u"rule.pause"_s},
                                                   {u"resource"_s, u"r1"_s}}
                                    << u"maria: rule.pause r1"_s << int(Shape::None);
}

void EventsModelTest::eventsAreSentences()
{
    QFETCH(QString, type);
    QFETCH(QJsonObject, payload);

    const auto words = EventWords::of(eventOf("n-1", type.toStdString(), 0, payload));

    QTEST(words.text, "text");
    QTEST(int(words.status), "status");
}

void EventsModelTest::damagedEventIsNoLine()
{
    EventsModel model;
    model.add(eventOf("n-1", "audit", 0, {{u"id"_s, 7}}));
    model.add(eventOf("n-2", "migration", 0, {}));

    QCOMPARE(model.rowCount(), 0);
}

static SidebarModel::Cluster cluster(const QString &id, const QStringList &pages)
{
    SidebarModel::Cluster made{.id = id, .name = id.toUpper(), .tag = {}, .icon = {}, .pages = {}};
    for (const QString &key : pages)
        made.pages.append({.key = key, .name = key, .icon = u"server"_s, .count = {}});
    return made;
}

void EventsModelTest::sidebarKeepsRowsThatStay()
{
    SidebarModel model;
    QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
    model.setClusters({cluster(u"a"_s, {}), cluster(u"b"_s, {u"overview"_s, u"buckets"_s})});
    const QPersistentModelIndex buckets = model.indexOf(u"b"_s, u"buckets"_s);

    auto changed = cluster(u"b"_s, {u"overview"_s, u"buckets"_s});
    changed.pages[1].count = u"166"_s;
    changed.status = Shape::Bad;
    model.setClusters({changed, cluster(u"c"_s, {})});

    QVERIFY(buckets.isValid());
    QCOMPARE(buckets.data(core::CountRole).toString(), u"166"_s);
    QCOMPARE(model.clusterOf(buckets), u"b"_s);
    QCOMPARE(model.pageOf(buckets), u"buckets"_s);
    QCOMPARE(buckets.parent().row(), 0);
}

void EventsModelTest::sidebarSurvivesRandomClusters()
{
    const quint32 seed = QRandomGenerator::global()->generate();
    qInfo("seed %u", seed);
    QRandomGenerator random(seed);
    SidebarModel model;
    QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
    for (int round = 0; round < 150; ++round) {
        QList<SidebarModel::Cluster> clusters;
        QList<int> order{0, 1, 2, 3, 4};
        std::shuffle(order.begin(), order.end(), random);
        for (const int i : order) {
            if (random.bounded(3) > 0)
                clusters.append(
                    cluster(QString::number(i), QStringList{u"x"_s, u"y"_s}.mid(0, random.bounded(3))));
        }
        model.setClusters(clusters);
        QCOMPARE(model.rowCount(), int(clusters.size()));
        for (int i = 0; i < clusters.size(); ++i) {
            QCOMPARE(model.index(i, 0).data(core::IdRole).toString(), clusters[i].id);
            QCOMPARE(model.rowCount(model.index(i, 0)), int(clusters[i].pages.size()));
        }
    }
}

void EventsModelTest::connectionsSayTheirState()
{
    ConnectionsModel model;
    QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
    core::Profile profile;
    profile.id = u"p1"_s;
    profile.name = u"prod-eu"_s;
    profile.tag = u"PROD"_s;

    model.setConnections({{profile, core::ConnectionState::State::SignedOut, false}});
    QCOMPARE(model.index(0, ConnectionsModel::State).data().toString(), u"Signed out"_s);
    QCOMPARE(model.index(0, ConnectionsModel::LastUsed).data().toString(), u"never"_s);

    profile.fingerprint = u"3a"_s;
    model.setConnections({{profile, core::ConnectionState::State::Unreachable, true}});
    QCOMPARE(model.index(0, ConnectionsModel::State).data().toString(), u"Certificate changed"_s);
    QCOMPARE(static_cast<Shape>(model.index(0, ConnectionsModel::State).data(core::StatusRole).toInt()),
             Shape::Warn);
}

void EventsModelTest::ratesAddUpOverNodes()
{
    RateWindow window;
    const std::int64_t now = 1'700'000'000'000;
    window.add(u"a"_s, now - 2000, {10, 100, 1});
    window.add(u"a"_s, now - 1000, {20, 200, 2});
    window.add(u"b"_s, now - 1000, {5, 50, 5});
    window.add(u"c"_s, now - 60'000, {999, 999, 999});

    const auto newest = window.newest(now);
    QVERIFY(newest.has_value());
    QCOMPARE(newest->requestsPerSecond, 25.0);
    QCOMPARE(newest->bytesInPerSecond, 250.0);
    QCOMPARE(newest->bytesOutPerSecond, 7.0);

    QVERIFY(!window.newest(now + 60'000));

    const QList<double> parts = window.bytes(now, 60);
    QCOMPARE(parts.size(), 60);
    QCOMPARE(parts.last(), (101.0 + 257.0) / 2);
    QVERIFY(std::isnan(parts.first()));
}

MAXIOFS_TEST(EventsModelTest)
#include "events_model_test.moc"
