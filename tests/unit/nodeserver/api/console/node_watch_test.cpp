// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/console/node_watch.h"

#include "console_fixture.h"
#include "support/test_runner.h"

#include <QJsonArray>

#include <future>

using namespace Qt::StringLiterals;

namespace maxiofs::api::console {

class NodeWatchTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aFailedSyncIsToldOnce()
    {
        fixture::Console console;
        NodeWatch watch(*console.context);
        const std::uint64_t start = console.events->newest();
        watch.look();
        QCOMPARE(console.events->newest(), start);

        console.breakDisk();
        watch.look();
        watch.look();

        const auto events = console.events->after(start).value();
        QCOMPARE(events.size(), 2);
        QCOMPARE(events[0].type, std::string("node"));
        QCOMPARE(events[1].type, std::string("alert"));
        QCOMPARE(events[1].payload.value("state"_L1).toString(), u"read-only"_s);
        QVERIFY(!events[1].payload.value("reason"_L1).toString().isEmpty());
    }

    void whatIsSeenOfAnotherMemberIsToldHere()
    {
        fixture::Console console;
        fixture::Console other(&console);
        cluster::rules::Observation seen;
        seen.id = other.records->nodeId();
        seen.status = protocol::HealthStatus::Healthy;
        console.cluster.seen = {seen};
        NodeWatch watch(*console.context);
        watch.look();
        const std::uint64_t start = console.events->newest();
        const std::uint64_t told = console.events->newestForOthers();
        watch.look();
        QCOMPARE(console.events->newest(), start);

        console.cluster.seen[0].status = protocol::HealthStatus::Unavailable;
        console.cluster.seen[0].reason = "No answer for 5 s.";
        watch.look();
        const auto events = console.events->after(start).value();
        QCOMPARE(events.size(), 2);
        QCOMPARE(events[0].type, std::string("node"));
        QCOMPARE(events[0].payload.value("name"_L1).toString(), u"node-2"_s);
        QCOMPARE(events[0].payload.value("health_status"_L1).toString(), u"unavailable"_s);
        QCOMPARE(events[1].type, std::string("alert"));
        QCOMPARE(console.events->newestForOthers(), told);

        console.cluster.seen[0].status = protocol::HealthStatus::Healthy;
        console.cluster.seen[0].reason.clear();
        watch.look();
        QCOMPARE(console.events->newest(), start + 3);
    }

    void whatAMemberTellsOfItselfRaisesNoSecondAlert()
    {
        fixture::Console console;
        fixture::Console other(&console);
        cluster::rules::Observation seen;
        seen.id = other.records->nodeId();
        seen.status = protocol::HealthStatus::Healthy;
        console.cluster.seen = {seen};
        NodeWatch watch(*console.context);
        watch.look();
        const std::uint64_t start = console.events->newest();
        console.cluster.seen[0].beat.emplace();
        console.cluster.seen[0].beat->state = "read-only";
        console.cluster.seen[0].status = protocol::HealthStatus::Degraded;
        watch.look();
        const auto events = console.events->after(start).value();
        QCOMPARE(events.size(), 1);
        QCOMPARE(events[0].type, std::string("node"));
    }

    void theMonitorLooksByItself()
    {
        fixture::Console console;
        console.breakDisk();
        const std::uint64_t start = console.events->newest();
        console.monitor->start();
        QTRY_VERIFY_WITH_TIMEOUT(console.events->newest() == start + 2, 30'000);
        console.monitor->stop();
    }

    void aReadOnlyNodeSaysSoEverywhere()
    {
        fixture::Console console;
        const std::string admin = console.token();
        console.breakDisk();
        const auto health = console.call("GET", "/cluster/health", {}, admin).data();
        QCOMPARE(health.value("degraded_nodes"_L1).toInteger(), 1);
        const auto system =
            console.call("GET", "/system", {}, admin).data().value("nodes"_L1).toArray()[0].toObject();
        QCOMPARE(system.value("state"_L1).toString(), u"read-only"_s);
        QVERIFY(!system.value("reason"_L1).toString().isEmpty());
    }
};

MAXIOFS_TEST(NodeWatchTest)

}  // namespace maxiofs::api::console

#include "node_watch_test.moc"
