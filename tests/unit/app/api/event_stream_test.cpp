// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/event_stream.h"

#include "fake_network.h"
#include "support/test_runner.h"

#include <QRandomGenerator>
#include <QSignalSpy>

using namespace Qt::StringLiterals;
using namespace maxiofs;
using fake_network::Network;
using fake_network::Reply;

namespace event_stream_test {

QByteArray eventText(const std::string &id, const QString &text)
{
    protocol::Event event;
    event.id = id;
    event.type = "alert";
    event.time = {1'700'000'000'000};
    event.payload = {{u"message"_s, text}};
    return protocol::toEventText(event);
}

}  // namespace event_stream_test

class EventStreamTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void parserTakesTheFormatsExamples();
    void parserAgreesWithItselfOnPiecesOfAnySize();
    void parserCutsOffEndlessEvents();
    void deliversEvents();
    void goesOnAfterTheLastEvent();
    void resetIsPassedOn();
    void silenceCountsAsABreak();
    void refusalSaysWhy();
    void stopIsSilent();
};

void EventStreamTest::parserTakesTheFormatsExamples()
{
    api::SseParser parser;

    const auto events = parser.feed(": comment\n\nevent: add\r\ndata: 1\r\ndata:  2\r\nid: 7\r\n\r\n"
                                    "data\n\nid\ndata: x\n\nretry: 5\n\n");

    QCOMPARE(events.size(), 3);
    QCOMPARE(events[0].type, QByteArray("add"));
    QCOMPARE(events[0].data, QByteArray("1\n 2"));
    QCOMPARE(events[0].id, QByteArray("7"));
    QCOMPARE(events[1].type, QByteArray("message"));
    QCOMPARE(events[1].data, QByteArray(""));
    QCOMPARE(events[1].id, QByteArray("7"));
    QCOMPARE(events[2].id, QByteArray(""));
}

void EventStreamTest::parserAgreesWithItselfOnPiecesOfAnySize()
{
    const quint32 seed = QRandomGenerator::global()->generate();
    qInfo("seed %u", seed);
    QRandomGenerator random(seed);
    const QByteArray pieces[] = {"data: a", "data:b", "id: 3", "event: node", ":", "", "", "data", "x: y"};
    const QByteArray ends[] = {"\n", "\r\n", "\r"};
    for (int round = 0; round < 200; ++round) {
        QByteArray text;
        for (int i = 0; i < 20; ++i)
            text += pieces[random.bounded(9)] + ends[random.bounded(3)];
        text += "\n\n";
        const auto render = [](const QList<api::SseParser::Event> &events) {
            QByteArray all;
            for (const auto &event : events)
                all += event.id + '|' + event.type + '|' + event.data + '\x1e';
            return all;
        };
        api::SseParser whole;
        const QByteArray expected = render(whole.feed(text));

        api::SseParser parser;
        QByteArray got;
        for (qsizetype at = 0; at < text.size();) {
            const qsizetype size = 1 + random.bounded(7);
            got += render(parser.feed(text.mid(at, size)));
            at += size;
        }

        QCOMPARE(got, expected);
    }
}

void EventStreamTest::parserCutsOffEndlessEvents()
{
    api::SseParser parser;
    const QByteArray line = "data: " + QByteArray(64 * 1024, 'x') + '\n';

    for (int i = 0; i < 20 && !parser.overflowed(); ++i)
        QVERIFY(parser.feed(line).isEmpty());

    QVERIFY(parser.overflowed());
}

void EventStreamTest::deliversEvents()
{
    Network network;
    api::ConsoleClient client(network, nullptr);
    client.setAddress(QUrl(u"https://fra-1:8081"_s));
    api::EventStream stream(client);
    QStringList texts;
    connect(&stream, &api::EventStream::received, this, [&texts](const protocol::Event &event) {
        texts << event.payload.value("message"_L1).toString();
    });
    network.serve = [](Reply &reply) {
        reply.push(200, event_stream_test::eventText("n1:1", u"one"_s));
        reply.push(200, ":\n" + event_stream_test::eventText("n1:2", u"two"_s));
    };

    stream.start();

    QTRY_COMPARE(texts, (QStringList{u"one"_s, u"two"_s}));
    QVERIFY(stream.isLive());
}

void EventStreamTest::goesOnAfterTheLastEvent()
{
    Network network;
    api::ConsoleClient client(network, nullptr);
    client.setAddress(QUrl(u"https://fra-1:8081"_s));
    api::EventStream stream(client);
    QByteArrayList lastIds;
    network.serve = [&lastIds](Reply &reply) {
        lastIds << reply.request().rawHeader("Last-Event-ID");
        reply.push(200, event_stream_test::eventText("n1:41", u"x"_s));
        if (lastIds.size() == 1)
            reply.fail(QNetworkReply::RemoteHostClosedError, u"closed"_s);
    };
    QSignalSpy broken(&stream, &api::EventStream::broken);

    stream.start();

    QTRY_COMPARE(lastIds, (QByteArrayList{{}, "n1:41"}));
    QCOMPARE(broken.count(), 1);
    QTRY_VERIFY(stream.isLive());
}

void EventStreamTest::resetIsPassedOn()
{
    Network network;
    api::ConsoleClient client(network, nullptr);
    api::EventStream stream(client);
    QSignalSpy resets(&stream, &api::EventStream::reset);
    network.serve = [](Reply &reply) { reply.push(200, "event: reset\nid: n1:9\ndata: {}\n\n"); };

    stream.start();

    QTRY_COMPARE(resets.count(), 1);
    QCOMPARE(stream.lastEventId(), QByteArray("n1:9"));
}

void EventStreamTest::silenceCountsAsABreak()
{
    Network network;
    api::ConsoleClient client(network, nullptr);
    api::EventStream stream(client);
    stream.setSilence(std::chrono::milliseconds(10));
    QSignalSpy broken(&stream, &api::EventStream::broken);
    network.serve = [](Reply &reply) { reply.push(200, ":\n"); };

    stream.start();

    QTRY_COMPARE(broken.count(), 1);
    QVERIFY(!stream.isLive());
}

void EventStreamTest::refusalSaysWhy()
{
    Network network;
    api::ConsoleClient client(network, nullptr);
    api::EventStream stream(client);
    std::optional<core::Problem> problem;
    connect(&stream, &api::EventStream::broken, this,
            [&problem](const core::Problem &why) { problem = why; });
    network.serve = [](Reply &reply) {
        reply.answer(401, protocol::errorText("Unauthorized", "The session has ended.", "r"));
    };

    stream.start();

    QTRY_VERIFY(problem.has_value());
    QCOMPARE(problem->kind, core::Problem::Kind::Unauthorized);
    QCOMPARE(problem->summary, u"The session has ended."_s);
}

void EventStreamTest::stopIsSilent()
{
    Network network;
    api::ConsoleClient client(network, nullptr);
    api::EventStream stream(client);
    network.serve = [](Reply &reply) { reply.push(200, ":\n"); };
    stream.start();
    QTRY_VERIFY(stream.isLive());
    QSignalSpy broken(&stream, &api::EventStream::broken);

    stream.stop();
    QCoreApplication::processEvents();

    QVERIFY(!stream.isLive());
    QCOMPARE(broken.count(), 0);
}

MAXIOFS_TEST(EventStreamTest)
#include "event_stream_test.moc"
