// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/console/event_feed.h"

#include "console_fixture.h"
#include "support/test_runner.h"

#include <boost/asio/co_spawn.hpp>

using namespace Qt::StringLiterals;

namespace maxiofs::api::console {

using fixture::Console;
using identity::Role;

namespace event_feed_test {

// A stream that a test reads while it goes on.
class Reader {
public:
    Reader(Console &console, const std::string &token, const std::string &lastId = {})
        : m_console(console),
          exchange("GET /api/v1/events HTTP/1.1\r\nAuthorization: Bearer " + token + "\r\n" +
                       (lastId.empty() ? std::string() : "Last-Event-ID: " + lastId + "\r\n"),
                   {})
    {
        m_console.io.restart();
        boost::asio::co_spawn(m_console.io.get_executor(), m_console.service->handle(exchange),
                              [this](const std::exception_ptr &) { done = true; });
        settle();
    }
    ~Reader()
    {
        exchange.clientGone = true;
        m_console.events->publish("end", {});
        settle();
    }
    /// Runs what is ready.
    void settle() { m_console.io.poll(); }
    [[nodiscard]] bool heard(const std::string &text) const { return exchange.sent.contains(text); }

private:
    Console &m_console;

public:
    test::FakeExchange exchange;
    bool done = false;
};

}  // namespace event_feed_test

using event_feed_test::Reader;

class EventFeedTest : public QObject {
    Q_OBJECT

private:
    static records::NewBucket bucketOf(const identity::User &owner)
    {
        records::NewBucket bucket;
        bucket.name = "photos";
        bucket.ownerId = owner.canonicalId;
        return bucket;
    }

    static std::string idNow(Console &console)
    {
        const NodeId self = console.records->nodeId();
        return EventStreams::idOf({{self, console.events->newest()}}, self);
    }

private Q_SLOTS:
    void aReaderHearsWhatHappens()
    {
        Console console;
        Reader reader(console, console.token());
        QVERIFY(reader.exchange.response.find("Content-Type") == "text/event-stream");
        QVERIFY(reader.heard(":\n\n"));

        QVERIFY(console.buckets->create(bucketOf(*console.identities->users().find("admin"))).has_value());
        reader.settle();

        QVERIFY(reader.heard("event: bucket\n"));
        QVERIFY(reader.heard("\"change\":\"created\""));
        QVERIFY(reader.heard("id: " + console.records->nodeId().uuid() + '-'));
        QVERIFY(!reader.done);
    }

    void aReaderThatComesBackHearsWhatItMissed()
    {
        Console console;
        const std::string token = console.token();
        const std::string last = idNow(console);
        console.events->publish("node", {{"missed"_L1, 1}});
        console.events->publish("node", {{"missed"_L1, 2}});
        {
            Reader reader(console, token, last);
            QVERIFY(reader.heard("\"missed\":1") && reader.heard("\"missed\":2"));
            QVERIFY(!reader.heard("event: reset"));
        }
        Reader fresh(console, token);
        QVERIFY(!fresh.heard("missed"));
    }

    void anUnknownIdGetsOneReset()
    {
        Console console;
        const std::string token = console.token();
        console.events->publish("node", {{"old"_L1, 1}});
        const std::string self = console.records->nodeId().uuid();
        for (const std::string &id : {self + "-5", NodeId::random().uuid() + "-1", std::string("nonsense"),
                                      self + "-x", self + "-99999999999999999", idNow(console) + ",x"}) {
            Reader reader(console, token, id);
            QVERIFY2(reader.heard("event: reset\n"), id.c_str());
            QVERIFY(!reader.heard("\"old\""));
            console.events->publish("node", {{"fresh"_L1, 1}});
            reader.settle();
            QVERIFY(reader.heard("\"fresh\""));
            QCOMPARE(reader.exchange.sent.find("reset"), reader.exchange.sent.rfind("reset"));
        }
    }

    void anIdThatWasPushedOutGetsAReset()
    {
        Console console;
        const std::string last = idNow(console);
        for (std::size_t i = 0; i <= EventHub::kKept; ++i)
            console.events->publish("node", {});
        Reader reader(console, console.token(), last);
        QVERIFY(reader.heard("event: reset\n"));
    }

    void aUserHearsOnlyOfTheOwn()
    {
        Console console;
        const auto ann = console.addUser("ann", Role::User);
        console.addUser("bob", Role::User);
        Reader annsReader(console, console.token("ann", Console::passwordOf("ann")));
        Reader bobsReader(console, console.token("bob", Console::passwordOf("bob")));

        QVERIFY(console.buckets->create(bucketOf(*ann)).has_value());
        console.events->publish("node", {{"secret"_L1, 1}});
        annsReader.settle();

        QVERIFY(annsReader.heard("event: bucket\n"));
        QVERIFY(!bobsReader.heard("event: bucket\n"));
        QVERIFY(!annsReader.heard("secret") && !bobsReader.heard("secret"));
    }

    void aStreamEndsWithItsSession()
    {
        Console console;
        const auto ann = console.addUser("ann", Role::User);
        Reader reader(console, console.token("ann", Console::passwordOf("ann")));
        QVERIFY(!reader.done);

        QVERIFY(console.identities->sessions().endAllOf(ann->id).has_value());
        console.events->publish("node", {});
        reader.settle();

        QVERIFY(reader.done && reader.exchange.ended);
        QCOMPARE(console.events->subscribers(), 0);
    }

    void aClientThatWentAwayIsForgotten()
    {
        Console console;
        Reader reader(console, console.token());
        QCOMPARE(console.events->subscribers(), 1);
        reader.exchange.clientGone = true;
        console.events->publish("node", {});
        reader.settle();
        QVERIFY(reader.done);
        QCOMPARE(console.events->subscribers(), 0);
    }

    void stoppingEndsAllStreams()
    {
        Console console;
        Reader reader(console, console.token());
        console.events->stop();
        reader.settle();
        QVERIFY(reader.done && reader.exchange.ended);
    }

    void numbersGrowOverARestart()
    {
        fixture::FakeClock clock;
        EventHub before(clock);
        before.publish("node", {});
        clock.nowMs += 1000;
        const EventHub after(clock);
        QVERIFY(after.newest() > before.newest());
        QVERIFY(!after.knows(before.newest()));
    }
};

MAXIOFS_TEST(EventFeedTest)

}  // namespace maxiofs::api::console

#include "event_feed_test.moc"
