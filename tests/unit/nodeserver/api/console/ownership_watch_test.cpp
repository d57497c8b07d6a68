// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/console/ownership_watch.h"

#include "console_fixture.h"
#include "support/test_runner.h"

using namespace Qt::StringLiterals;

namespace maxiofs::api::console {

class OwnershipWatchTest : public QObject {
    Q_OBJECT

private:
    using Event = cluster::Ownership::Event;

    std::unique_ptr<fixture::Console> m_console;
    records::BucketPtr m_bucket;
    NodeId m_other;
    std::uint64_t m_start = 0;

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
        m_other = m_console->addNode("node-2");
        m_bucket = m_console->addBucket("photos");
        m_start = m_console->events->newest();
    }
    void cleanup() { m_console.reset(); }

    void aChangeOfOwnerIsToldAndAlarmsWhereSomethingMayBeMissing()
    {
        const OwnershipWatch watch(*m_console->context);
        const auto tell = [&](Event::Kind kind) {
            m_console->ownership.tell({kind, m_bucket->id, m_other, {3, m_other}});
            return told();
        };

        QCOMPARE(tell(Event::Kind::TookOver), (QStringList{u"bucket taken_over"_s, u"alert taken_over"_s}));
        QCOMPARE(tell(Event::Kind::SwitchedHere), QStringList{u"bucket switched"_s});
        QCOMPARE(tell(Event::Kind::GaveAway), QStringList{u"bucket given_away"_s});
        QCOMPARE(tell(Event::Kind::LostTo), (QStringList{u"bucket handing_over"_s, u"alert handing_over"_s}));
        QCOMPARE(tell(Event::Kind::HandedOver), QStringList{u"bucket handed_over"_s});
        QCOMPARE(tell(Event::Kind::GotAll), QStringList{u"bucket complete"_s});
    }
    void anAlertNamesBucketAndNode()
    {
        const OwnershipWatch watch(*m_console->context);

        m_console->ownership.tell({Event::Kind::TookOver, m_bucket->id, m_other, {3, m_other}});

        const auto events = m_console->events->after(m_start).value();
        QCOMPARE(events.size(), 2);
        const QJsonObject alert = events[1].payload;
        QVERIFY(alert.value("message"_L1).toString().contains(u"photos"_s));
        QVERIFY(alert.value("message"_L1).toString().contains(u"node-2"_s));
        QCOMPARE(alert.value("severity"_L1).toString(), u"warning"_s);
        QCOMPARE(alert.value("epoch"_L1).toInteger(), 3);
    }
    void nobodyHearsAfterTheWatchHasEnded()
    {
        m_console->service.reset();
        {
            const OwnershipWatch watch(*m_console->context);
        }

        QVERIFY(m_console->ownership.listening.expired());
    }
    void aBucketWithoutConflictsIsQuiet()
    {
        OwnershipWatch watch(*m_console->context);

        for (unsigned i = 0; i < 2 * OwnershipWatch::kCountEvery; ++i)
            watch.look();

        QVERIFY(told().isEmpty());
    }
};

MAXIOFS_TEST(OwnershipWatchTest)

}  // namespace maxiofs::api::console

#include "ownership_watch_test.moc"
