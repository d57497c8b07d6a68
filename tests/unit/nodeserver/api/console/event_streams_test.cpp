// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/console/event_streams.h"

#include "api/console/event_follower.h"
#include "api/console/event_wire.h"
#include "console_fixture.h"
#include "support/test_runner.h"

using namespace Qt::StringLiterals;

namespace maxiofs::api::console {

using fixture::Console;

class EventStreamsTest : public QObject {
    Q_OBJECT

private:
    struct Node {
        fixture::FakeClock clock;
        NodeId id = NodeId::random();
        EventHub hub{clock};
        EventStreams streams{hub, [this] { return id; }};

        void hear(const Node &other)
        {
            const std::uint64_t known = streams.knownOf(other.id).value_or(0);
            streams.take(other.id, batchOf(answerEvents(other.hub, eventsQuestion(known)).value()).value());
        }
        // What a reader with this place hears, as "<type>..."; "gap" when some is lost.
        std::string read(EventStreams::Place &place) const
        {
            const auto events = streams.after(place);
            if (!events)
                return "gap";
            std::string heard;
            for (const auto &[node, event] : *events) {
                heard += event.type;
                place[node] = event.number;
            }
            return heard;
        }
    };

    static void say(Node &node, const char *words)
    {
        for (; *words != '\0'; ++words)
            node.hub.publish(std::string(1, *words), {});
    }

private Q_SLOTS:
    void aReaderHearsAllMembers()
    {
        Node a;
        Node b;
        say(b, "x");
        a.hear(b);
        auto place = a.streams.newest();
        QCOMPARE(a.read(place), std::string());
        say(a, "1");
        say(b, "yz");
        a.hear(b);
        QCOMPARE(a.read(place), std::string("1yz"));
        QCOMPARE(a.read(place), std::string());
    }

    void aMemberThatIsNewBeginsWithWhatComes()
    {
        Node a;
        Node b;
        auto place = a.streams.newest();
        say(b, "old");
        a.hear(b);
        QCOMPARE(a.read(place), std::string());
        say(b, "n");
        a.hear(b);
        QCOMPARE(a.read(place), std::string("n"));
    }

    void whatEveryMemberFindsOutItselfIsNotPassedOn()
    {
        Node a;
        Node b;
        a.hear(b);
        auto place = a.streams.newest();
        const std::uint64_t told = b.hub.newestForOthers();
        b.hub.publishHere("h", {});
        QCOMPARE(b.hub.newestForOthers(), told);
        say(b, "t");
        b.hub.publishHere("h", {});
        a.hear(b);
        QCOMPARE(a.read(place), std::string("t"));
    }

    void aReaderGoesOnAtAnotherMember()
    {
        Node a;
        Node b;
        a.hear(b);
        b.hear(a);
        auto place = a.streams.newest();
        say(a, "1");
        say(b, "x");
        a.hear(b);
        QCOMPARE(a.read(place), std::string("1x"));
        const std::string id = EventStreams::idOf(place, b.id);
        QVERIFY(id.starts_with(b.id.uuid()));
        say(a, "2");
        say(b, "y");
        b.hear(a);

        auto there = b.streams.placeOf(id).value();
        QCOMPARE(b.read(there), std::string("y2"));
    }

    void aReaderMayComeBeforeTheNews()
    {
        Node a;
        Node b;
        Node c;
        for (Node *node : {&a, &b}) {
            node->hear(c);
            node->hear(node == &a ? b : a);
        }
        auto place = a.streams.newest();
        say(c, "12");
        a.hear(c);
        QCOMPARE(a.read(place), std::string("12"));
        say(c, "3");

        auto there = b.streams.placeOf(EventStreams::idOf(place, c.id)).value();
        QVERIFY(b.streams.isAhead(there));
        QCOMPARE(b.read(there), std::string());
        b.hear(c);
        QVERIFY(!b.streams.isAhead(there));
        QCOMPARE(b.read(there), std::string("3"));
    }

    void anIdMayComeFromWhereAMemberWasUnknown()
    {
        Node a;
        Node b;
        a.hear(b);
        b.hear(a);
        const std::string id = EventStreams::idOf(a.streams.newest(), a.id);
        Node c;
        say(c, "old");
        b.hear(c);
        say(c, "n");
        b.hear(c);
        auto there = b.streams.placeOf(id).value();
        QCOMPARE(b.read(there), std::string("n"));
    }

    void anIdThatNamesNotThisNodeOrTooOldIsNotKnown()
    {
        Node a;
        Node b;
        a.hear(b);
        const auto place = a.streams.newest();
        const std::string id = EventStreams::idOf(place, a.id);
        QVERIFY(a.streams.placeOf(id).has_value());
        QVERIFY(!a.streams.placeOf(id.substr(id.find(',') + 1)).has_value());
        for (std::size_t i = 0; i <= EventStreams::kKept; ++i) {
            say(b, "e");
            if (i % 10 == 0)
                a.hear(b);
        }
        a.hear(b);
        QVERIFY(!a.streams.placeOf(id).has_value());
        auto lost = place;
        QCOMPARE(a.read(lost), std::string("gap"));
        a.streams.keepOnly({});
        QVERIFY(a.streams.placeOf(id).has_value());  // a former member is of no interest
    }

    void aMemberThatWasRestartedLeavesAGap()
    {
        Node a;
        Node b;
        say(b, "x");
        a.hear(b);
        auto place = a.streams.newest();
        Node again;
        again.id = b.id;
        again.clock.nowMs = b.clock.nowMs + 60'000;
        EventHub restarted(again.clock);
        restarted.publish("n", {});
        a.streams.take(
            b.id, batchOf(answerEvents(restarted, eventsQuestion(*a.streams.knownOf(b.id))).value()).value());
        QCOMPARE(a.read(place), std::string("gap"));
        auto fresh = a.streams.newest();
        QCOMPARE(a.read(fresh), std::string());
    }

    void aLongBatchComesInParts()
    {
        Node a;
        Node b;
        a.hear(b);
        auto place = a.streams.newest();
        const QString large(200'000, u'x');
        for (int i = 0; i < 12; ++i)
            b.hub.publish("e", {{"text"_L1, large}});
        int parts = 0;
        for (; a.streams.knownOf(b.id) != b.hub.newestForOthers(); ++parts)
            a.hear(b);
        QVERIFY(parts == 2);
        QCOMPARE(a.read(place), std::string(12, 'e'));
    }

    void aBatchOutOfOrderIsRefused()
    {
        HubEvent event;
        event.type = "e";
        event.number = 7;
        QVERIFY(batchOf(bodyOf({5, 7, {event}})).has_value());
        QVERIFY(!batchOf(bodyOf({7, 7, {event}})).has_value());
        QVERIFY(!batchOf(bodyOf({5, 6, {event}})).has_value());
        QVERIFY(!batchOf(bodyOf({5, 7, {event, event}})).has_value());
        QVERIFY(!batchOf(bodyOf({5, 4, {}})).has_value());
        QVERIFY(!batchOf({}).has_value());
    }

    void theFollowerAsksThoseWhoseBeatsTellOfMore()
    {
        Console a;
        Console b(&a);
        const NodeId other = b.records->nodeId();
        EventStreams streams(*a.events, [&] { return a.records->nodeId(); });
        EventFollower follower(*a.context, streams);
        cluster::rules::Observation seen;
        seen.id = other;
        seen.status = protocol::HealthStatus::Healthy;
        seen.beat.emplace();
        seen.beat->newestEvent = b.events->newestForOthers();
        a.cluster.seen = {seen};
        follower.look();
        QCOMPARE(a.peers.asked.size(), 1);
        follower.look();
        QCOMPARE(a.peers.asked.size(), 1);

        b.events->publish("node", {});
        a.cluster.seen[0].beat->newestEvent = b.events->newestForOthers();
        a.peers.refusals.emplace(other, Error(Error::Closed, "away"));
        follower.look();
        QVERIFY(streams.knownOf(other) != b.events->newestForOthers());
        a.peers.refusals.clear();
        follower.look();
        QVERIFY(streams.knownOf(other) == b.events->newestForOthers());

        a.cluster.seen.clear();
        follower.look();
        QVERIFY(!streams.knownOf(other).has_value());
    }
};

MAXIOFS_TEST(EventStreamsTest)

}  // namespace maxiofs::api::console

#include "event_streams_test.moc"
