// SPDX-License-Identifier: GPL-3.0-or-later
#include "http/exchange.h"

#include "http/event_stream.h"
#include "piecewise_exchange.h"
#include "support/run_coroutine.h"
#include "support/test_runner.h"

namespace maxiofs::http {

class ExchangeTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void wholeBodyIsJoinedFromItsPieces();
    void announcedBodyOverTheLimitIsRefusedUnread();
    void chunkedBodyOverTheLimitIsRefused();
    void bodyOfExactlyTheLimitIsRead();
    void eventsHaveTheWireFormat();
    void eventStreamIsAResponse();
};

namespace {

constexpr std::string_view kChunkedPut = "PUT / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n";

std::string putOf(std::size_t size)
{
    return "PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: " + std::to_string(size) + "\r\n\r\n";
}

net::Awaitable<Status> streamTwoEvents(Exchange &exchange)
{
    EventStream events(exchange);
    CO_TRY_STATUS(co_await events.begin());
    EventStream::Event event{.id = std::string(events.lastEventId()), .name = "node", .data = "{}"};
    CO_TRY_STATUS(co_await events.send(std::move(event)));
    CO_TRY_STATUS(co_await events.heartbeat());
    co_return co_await events.end();
}

}  // namespace

void ExchangeTest::wholeBodyIsJoinedFromItsPieces()
{
    const std::string body(10'000, 'x');
    test::PiecewiseExchange announced(putOf(body.size()), body, 777);
    test::PiecewiseExchange chunked(kChunkedPut, body, 777);

    QVERIFY(test::runCoroutine(announced.readWholeBody(20'000)).value() == body);
    QVERIFY(test::runCoroutine(chunked.readWholeBody(20'000)).value() == body);
}

void ExchangeTest::announcedBodyOverTheLimitIsRefusedUnread()
{
    test::PiecewiseExchange exchange(putOf(101), std::string(101, 'x'));

    const auto body = test::runCoroutine(exchange.readWholeBody(100));

    QCOMPARE(body.error().code, Error::EntityTooLarge);
    QCOMPARE(exchange.bodyBytesIn(), std::uint64_t(0));
}

void ExchangeTest::chunkedBodyOverTheLimitIsRefused()
{
    test::PiecewiseExchange exchange(kChunkedPut, std::string(1'000'000, 'x'));

    const auto body = test::runCoroutine(exchange.readWholeBody(5'000));

    QCOMPARE(body.error().code, Error::EntityTooLarge);
    QCOMPARE(exchange.bodyBytesIn(), std::uint64_t(5'001));
}

void ExchangeTest::bodyOfExactlyTheLimitIsRead()
{
    test::PiecewiseExchange announced(putOf(100), std::string(100, 'x'));
    test::PiecewiseExchange chunked(kChunkedPut, std::string(100, 'x'), 9);

    QVERIFY(test::runCoroutine(announced.readWholeBody(100)).has_value());
    QVERIFY(test::runCoroutine(chunked.readWholeBody(100)).has_value());
}

void ExchangeTest::eventsHaveTheWireFormat()
{
    QCOMPARE(EventStream::format({.id = "n:7", .name = "node", .data = "one\ntwo"}),
             std::string("id: n:7\nevent: node\ndata: one\ndata: two\n\n"));
    QCOMPARE(EventStream::format({.id = "", .name = "", .data = ""}), std::string("data: \n\n"));
    QCOMPARE(EventStream::format({.id = "1\ndata: forged", .name = "a\r\nb", .data = "x\r"}),
             std::string("id: 1data: forged\nevent: ab\ndata: x\n\n"));
}

void ExchangeTest::eventStreamIsAResponse()
{
    test::PiecewiseExchange exchange("GET /events HTTP/1.1\r\nHost: h\r\nLast-Event-ID: n:6\r\n\r\n");

    QVERIFY(test::runCoroutine(streamTwoEvents(exchange)).has_value());

    QCOMPARE(exchange.sentStatus(), 200U);
    QVERIFY(exchange.responseHead().find("Content-Type") == "text/event-stream");
    QCOMPARE(exchange.responseBody(), std::string("id: n:6\nevent: node\ndata: {}\n\n:\n\n"));
    QVERIFY(exchange.hasEnded());
}

}  // namespace maxiofs::http

using maxiofs::http::ExchangeTest;
MAXIOFS_TEST(ExchangeTest)
#include "exchange_test.moc"
