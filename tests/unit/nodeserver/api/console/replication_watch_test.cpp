// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/console/replication_watch.h"

#include "console_fixture.h"
#include "support/test_runner.h"

using namespace Qt::StringLiterals;

namespace maxiofs::api::console {

using protocol::ReplicationStatus;

class ReplicationWatchTest : public QObject {
    Q_OBJECT

private:
    std::unique_ptr<fixture::Console> m_console;
    records::ReplicationRulePtr m_rule;
    std::uint64_t m_start = 0;

    protocol::ReplicationState &state() { return m_console->replication.rules[m_rule->id]; }
    // What was told since the last time: "type change".
    QStringList told()
    {
        QStringList told;
        const auto events = m_console->events->after(m_start).value();
        for (const HubEvent &event : events) {
            told << QString::fromStdString(event.type) + u' ' + event.payload.value("change"_L1).toString();
            m_start = event.number;
        }
        return told;
    }

private Q_SLOTS:
    void init()
    {
        m_console = std::make_unique<fixture::Console>();
        const auto bucket = m_console->addBucket("photos");
        m_rule = m_console->addRule(*bucket, m_console->addNode("node-2"));
        m_start = m_console->events->newest();
    }
    void cleanup() { m_console.reset(); }

    void aChangeOfStatusIsToldOnceAndAlarmsWhenItGetsWorse()
    {
        ReplicationWatch watch(*m_console->context);
        watch.look();
        QCOMPARE(told(), QStringList{u"replication in_sync"_s});
        watch.look();
        QVERIFY(told().isEmpty());

        state().status = ReplicationStatus::Behind;
        state().reason = "4 minutes behind.";
        watch.look();
        QCOMPARE(told(), (QStringList{u"replication behind"_s, u"alert behind"_s}));
        state().status = ReplicationStatus::Failing;
        watch.look();
        QCOMPARE(told(), (QStringList{u"replication failing"_s, u"alert failing"_s}));
        state().status = ReplicationStatus::Degraded;
        watch.look();
        QCOMPARE(told(), QStringList{u"replication degraded"_s});
        state().status = ReplicationStatus::InSync;
        watch.look();
        QCOMPARE(told(), QStringList{u"replication in_sync"_s});
    }

    void anAlertSaysWhichRuleAndWhy()
    {
        ReplicationWatch watch(*m_console->context);
        state().status = ReplicationStatus::Failing;
        state().reason = "node-2 does not answer.";
        state().lagObjects = 40;
        watch.look();

        const auto events = m_console->events->after(m_start).value();
        QCOMPARE(events.size(), 2);
        const QJsonObject alert = events[1].payload;
        QCOMPARE(alert.value("message"_L1).toString(),
                 u"Replication of photos to node-2: failing. node-2 does not answer."_s);
        QCOMPARE(alert.value("id"_L1).toString().toStdString(), m_rule->id);
        QCOMPARE(alert.value("severity"_L1).toString(), u"warning"_s);
        QCOMPARE(alert.value("lag_objects"_L1).toInteger(), 40);
    }

    void objectsThatFailAreToldUntilTheyAreSent()
    {
        ReplicationWatch watch(*m_console->context);
        watch.look();
        told();
        state().objectsRetrying = 2;
        watch.look();
        QCOMPARE(told(), (QStringList{u"replication objects_fail"_s, u"alert objects_fail"_s}));
        state().objectsRetrying = 5;
        watch.look();
        QVERIFY(told().isEmpty());
        state().objectsRetrying = 0;
        watch.look();
        QCOMPARE(told(), QStringList{u"replication objects_recovered"_s});
    }
};

MAXIOFS_TEST(ReplicationWatchTest)

}  // namespace maxiofs::api::console

#include "replication_watch_test.moc"
