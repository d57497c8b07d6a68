// SPDX-License-Identifier: GPL-3.0-or-later
#include "http/server.h"

#include "support/server_fixture.h"
#include "support/test_runner.h"

#include <atomic>
#include <set>
#include <thread>

namespace maxiofs::http {

class ServerTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void connectionServesOneRequestAfterTheOther();
    void pipelinedRequestsAreAnsweredInOrder();
    void requestMayArriveByteByByte();
    void chunkedBodyIsDecodedAndTheNextRequestFound();
    void malformedChunkedBodyEndsTheConnection();
    void largeBodyGoesBothWays();
    void clientIsToldToContinue();
    void clientIsNotToldToContinueWhenRefused();
    void clientWithAnEmptyBodyIsToldToContinueToo();
    void refusalOfAnEmptyBodyThatWaitsEndsTheConnection();
    void bodyThatArrivedNeedsNoContinue();
    void headHasNoBodyButItsLength();
    void statusWithoutBodyHasNone();
    void unknownLengthIsChunked();
    void unknownLengthOnOldVersionEndsWithTheConnection();
    void oldVersionKeepsAliveWhenAsked();
    void connectionCloseIsHonoured();
    void refusalOfAnUnreadBodyReachesTheClientAndCloses();
    void acceptedRequestMayLeaveItsArrivedBodyUnread();
    void smuggledRequestIsNotServed();
    void malformedHeadIsAnsweredByTheHook();
    void throwingHandlerIsAnInternalError();
    void silentHandlerIsAnInternalError();
    void shortResponseCutsTheConnection();
    void requestIdsDiffer();
    void trafficIsCounted();
};

using test::echo;
using test::RawClient;
using test::RawResponse;
using test::refuseUnread;
using test::ServerFixture;

namespace {

std::string get(const std::string &path, const std::string &more = {})
{
    return "GET " + path + " HTTP/1.1\r\nHost: h\r\n" + more + "\r\n";
}

std::string put(const std::string &body, const std::string &more = {})
{
    return "PUT /p HTTP/1.1\r\nHost: h\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" + more +
           "\r\n" + body;
}

net::Awaitable<void> streamThreePieces(Exchange &exchange)
{
    ResponseHead head(200);
    if (exchange.head().path() == "/known")
        head.contentLength = 9;
    Status sent = co_await exchange.begin(std::move(head));
    const std::string piece = "abc";
    if (sent)
        sent = co_await exchange.write(asBytes(piece));
    const std::array<ByteView, 2> two{asBytes(piece), asBytes(piece)};
    if (sent)
        sent = co_await exchange.writePieces(two);
    if (sent)
        sent = co_await exchange.end();
}

net::Awaitable<void> respondEmpty(Exchange &exchange, unsigned status)
{
    ResponseHead head(status);
    const Status sent = co_await exchange.respond(std::move(head), "must not be sent");
    static_cast<void>(sent);
}

net::Awaitable<void> acceptUnread(Exchange &exchange)
{
    ResponseHead head(200);
    const Status sent = co_await exchange.respond(std::move(head), "taken");
    static_cast<void>(sent);
}

net::Awaitable<void> throwAtOnce(Exchange &)
{
    throw std::runtime_error("a bug");
    co_return;
}

net::Awaitable<void> doNothing(Exchange &)
{
    co_return;
}

net::Awaitable<void> endTooEarly(Exchange &exchange)
{
    ResponseHead head(200);
    head.contentLength = 10;
    Status sent = co_await exchange.begin(std::move(head));
    const std::string part = "12345";
    sent = co_await exchange.write(asBytes(part));
    sent = co_await exchange.end();
    Q_ASSERT(!sent && sent.error().code == Error::Internal);
}

net::Awaitable<void> respondWithId(Exchange &exchange)
{
    ResponseHead head(200);
    const Status sent = co_await exchange.respond(std::move(head), std::string(exchange.requestId()));
    static_cast<void>(sent);
}

}  // namespace

void ServerTest::connectionServesOneRequestAfterTheOther()
{
    ServerFixture fixture(echo);
    RawClient client(fixture.port());

    for (int i = 0; i < 3; ++i) {
        QVERIFY(client.send(put(std::to_string(i))));
        const auto response = client.receive();
        QVERIFY(response.has_value());
        QCOMPARE(response->status, 200U);
        QCOMPARE(response->body, "PUT /p " + std::to_string(i));
        QVERIFY(response->has("\r\nServer: MaxIOFS\r\n"));
        QVERIFY(response->has("\r\nDate: "));
        QVERIFY(!response->has("Connection:"));
    }
}

void ServerTest::pipelinedRequestsAreAnsweredInOrder()
{
    ServerFixture fixture(echo);
    RawClient client(fixture.port());
    std::string all;
    for (int i = 0; i < 200; ++i)
        all += i % 3 == 0 ? put(std::to_string(i)) : get("/" + std::to_string(i));

    QVERIFY(client.send(all));

    for (int i = 0; i < 200; ++i) {
        const auto response = client.receive();
        QVERIFY(response.has_value());
        QCOMPARE(response->body,
                 i % 3 == 0 ? "PUT /p " + std::to_string(i) : "GET /" + std::to_string(i) + " ");
    }
}

void ServerTest::requestMayArriveByteByByte()
{
    ServerFixture fixture(echo);
    RawClient client(fixture.port());

    for (const char byte : put("body") + get("/next"))
        QVERIFY(client.send(std::string_view(&byte, 1)));

    QCOMPARE(client.receive()->body, std::string("PUT /p body"));
    QCOMPARE(client.receive()->body, std::string("GET /next "));
}

void ServerTest::chunkedBodyIsDecodedAndTheNextRequestFound()
{
    ServerFixture fixture(echo);
    RawClient client(fixture.port());
    const std::string large(100'000, 'z');

    QVERIFY(client.send("POST /c HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
                        "3\r\nabc\r\n186a0;x\r\n" +
                        large + "\r\n0\r\nContent-Length: 5\r\n\r\n" + get("/next")));

    QVERIFY(client.receive()->body == "POST /c abc" + large);
    QCOMPARE(client.receive()->body, std::string("GET /next "));
}

void ServerTest::malformedChunkedBodyEndsTheConnection()
{
    ServerFixture fixture(echo);
    RawClient client(fixture.port());

    QVERIFY(client.send(
        "POST /c HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabcGET / HTTP/1.1\r\n"));

    const auto response = client.receive();
    QVERIFY(!response || response->status == 500);
    QVERIFY(client.isClosed());
}

void ServerTest::largeBodyGoesBothWays()
{
    ServerFixture fixture(echo);
    RawClient client(fixture.port());
    std::string body(20 << 20, '\0');
    for (std::size_t i = 0; i < body.size(); ++i)
        body[i] = static_cast<char>(i * 7 + (i >> 8));

    std::thread sender([&] { client.send(put(body)); });
    const auto response = client.receive();
    sender.join();

    QVERIFY(response.has_value());
    QVERIFY(response->body == "PUT /p " + body);
}

void ServerTest::clientIsToldToContinue()
{
    ServerFixture fixture(echo);
    RawClient client(fixture.port());

    QVERIFY(client.send("PUT /p HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n"));
    const auto interim = client.receive();
    QCOMPARE(interim->head, std::string("HTTP/1.1 100 Continue\r\n\r\n"));
    QVERIFY(client.send("abc" + get("/next")));

    QCOMPARE(client.receive()->body, std::string("PUT /p abc"));
    QCOMPARE(client.receive()->body, std::string("GET /next "));
}

void ServerTest::clientIsNotToldToContinueWhenRefused()
{
    ServerFixture fixture(refuseUnread);
    RawClient client(fixture.port());

    QVERIFY(client.send("PUT /p HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n"));

    const auto response = client.receive();
    QCOMPARE(response->status, 403U);
    QVERIFY(response->has("\r\nConnection: close\r\n"));
    QVERIFY(client.isClosed());
}

void ServerTest::clientWithAnEmptyBodyIsToldToContinueToo()
{
    ServerFixture fixture(echo);
    RawClient client(fixture.port());

    QVERIFY(client.send("PUT /p HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\nExpect: 100-continue\r\n\r\n"));

    QCOMPARE(client.receive()->head, std::string("HTTP/1.1 100 Continue\r\n\r\n"));
    QCOMPARE(client.receive()->body, std::string("PUT /p "));
    QVERIFY(client.send(get("/next")));
    QCOMPARE(client.receive()->body, std::string("GET /next "));
}

void ServerTest::refusalOfAnEmptyBodyThatWaitsEndsTheConnection()
{
    ServerFixture fixture(refuseUnread);
    RawClient client(fixture.port());

    QVERIFY(client.send("PUT /p HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\nExpect: 100-continue\r\n\r\n"));

    QCOMPARE(client.receive()->status, 403U);
    QVERIFY(client.isClosed());
}

void ServerTest::bodyThatArrivedNeedsNoContinue()
{
    ServerFixture fixture(echo);
    RawClient client(fixture.port());

    QVERIFY(client.send(put("abc", "Expect: 100-continue\r\n")));

    QCOMPARE(client.receive()->status, 200U);
}

void ServerTest::headHasNoBodyButItsLength()
{
    ServerFixture fixture([](Exchange &exchange) {
        return exchange.head().path() == "/stream" ? streamThreePieces(exchange) : echo(exchange);
    });
    RawClient client(fixture.port());

    QVERIFY(client.send("HEAD /x HTTP/1.1\r\nHost: h\r\n\r\nHEAD /stream HTTP/1.1\r\nHost: h\r\n\r\n" +
                        get("/next")));

    const auto response = client.receive(true);
    QCOMPARE(response->status, 200U);
    QVERIFY(response->has("\r\nContent-Length: 8\r\n"));
    QCOMPARE(client.receive(true)->status, 200U);
    QCOMPARE(client.receive()->body, std::string("GET /next "));
}

void ServerTest::statusWithoutBodyHasNone()
{
    ServerFixture fixture([](Exchange &exchange) {
        return respondEmpty(exchange, exchange.head().path() == "/204" ? 204U : 304U);
    });
    RawClient client(fixture.port());

    QVERIFY(client.send(get("/204") + get("/304") + get("/204")));

    for (const unsigned status : {204U, 304U, 204U}) {
        const auto response = client.receive();
        QCOMPARE(response->status, status);
        QVERIFY(!response->has("Content-Length"));
        QVERIFY(!response->has("Transfer-Encoding"));
    }
}

void ServerTest::unknownLengthIsChunked()
{
    ServerFixture fixture(streamThreePieces);
    RawClient client(fixture.port());

    QVERIFY(client.send(get("/unknown") + get("/known")));

    const auto chunked = client.receive();
    QVERIFY(chunked->has("\r\nTransfer-Encoding: chunked\r\n"));
    QVERIFY(!chunked->has("Content-Length"));
    QCOMPARE(chunked->body, std::string("abcabcabc"));
    const auto known = client.receive();
    QVERIFY(known->has("\r\nContent-Length: 9\r\n"));
    QCOMPARE(known->body, std::string("abcabcabc"));
}

void ServerTest::unknownLengthOnOldVersionEndsWithTheConnection()
{
    ServerFixture fixture(streamThreePieces);
    RawClient client(fixture.port());

    QVERIFY(client.send("GET /unknown HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"));

    const auto response = client.receive();
    QVERIFY(response->has("\r\nConnection: close\r\n"));
    QVERIFY(!response->has("Transfer-Encoding"));
    QCOMPARE(response->body, std::string("abcabcabc"));
}

void ServerTest::oldVersionKeepsAliveWhenAsked()
{
    ServerFixture fixture(echo);
    RawClient client(fixture.port());

    QVERIFY(client.send("GET /1 HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"));
    QVERIFY(client.receive()->has("\r\nConnection: keep-alive\r\n"));
    QVERIFY(client.send("GET /2 HTTP/1.0\r\n\r\n"));

    QCOMPARE(client.receive()->body, std::string("GET /2 "));
    QVERIFY(client.isClosed());
}

void ServerTest::connectionCloseIsHonoured()
{
    ServerFixture fixture(echo);
    RawClient client(fixture.port());

    QVERIFY(client.send(get("/1", "Connection: close\r\n") + get("/2")));

    QVERIFY(client.receive()->has("\r\nConnection: close\r\n"));
    QVERIFY(client.isClosed());
}

void ServerTest::refusalOfAnUnreadBodyReachesTheClientAndCloses()
{
    ServerFixture fixture(refuseUnread);
    RawClient client(fixture.port());
    const std::string body(4 << 20, 'x');

    QVERIFY(client.send(put(body)));

    const auto response = client.receive();
    QVERIFY(response.has_value());
    QCOMPARE(response->status, 403U);
    QCOMPARE(response->body, std::string("no"));
    QVERIFY(client.isClosed());
}

void ServerTest::acceptedRequestMayLeaveItsArrivedBodyUnread()
{
    ServerFixture fixture(acceptUnread);
    RawClient client(fixture.port());

    QVERIFY(client.send(put("small") + get("/next")));

    QCOMPARE(client.receive()->status, 200U);
    QCOMPARE(client.receive()->status, 200U);
}

void ServerTest::smuggledRequestIsNotServed()
{
    std::atomic<int> served = 0;
    ServerFixture fixture([&served](Exchange &exchange) {
        served.fetch_add(1);
        return echo(exchange);
    });
    RawClient client(fixture.port());

    QVERIFY(
        client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n"
                    "0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: h\r\n\r\n"));

    QCOMPARE(client.receive()->status, 400U);
    QVERIFY(client.isClosed());
    QCOMPARE(served.load(), 0);
    QCOMPARE(fixture.server.counters().malformedRequests, std::uint64_t(1));
}

void ServerTest::malformedHeadIsAnsweredByTheHook()
{
    ServerOptions options;
    options.malformed = [](const HeadFault &fault, std::string_view id) {
        return FaultBody{"application/xml",
                         "<Error>" + std::string(fault.message) + std::string(id) + "</Error>"};
    };
    ServerFixture fixture(echo, std::move(options));
    RawClient client(fixture.port());

    QVERIFY(client.send("GET / HTTP/1.1\r\n\r\n"));

    const auto response = client.receive();
    QCOMPARE(response->status, 400U);
    QVERIFY(response->has("\r\nContent-Type: application/xml\r\n"));
    QVERIFY(response->body.starts_with("<Error>The request has no Host."));
    QVERIFY(client.isClosed());
}

void ServerTest::throwingHandlerIsAnInternalError()
{
    ServerFixture fixture(throwAtOnce);
    RawClient client(fixture.port());

    QVERIFY(client.send(get("/")));

    QCOMPARE(client.receive()->status, 500U);
    QVERIFY(client.isClosed());
}

void ServerTest::silentHandlerIsAnInternalError()
{
    ServerFixture fixture(doNothing);
    RawClient client(fixture.port());

    QVERIFY(client.send(get("/")));

    QCOMPARE(client.receive()->status, 500U);
}

void ServerTest::shortResponseCutsTheConnection()
{
    ServerFixture fixture(endTooEarly);
    RawClient client(fixture.port());

    QVERIFY(client.send(get("/")));

    QVERIFY(!client.receive().has_value());
}

void ServerTest::requestIdsDiffer()
{
    ServerFixture fixture(respondWithId);
    RawClient client(fixture.port());
    std::set<std::string> ids;

    for (int i = 0; i < 100; ++i) {
        QVERIFY(client.send(get("/")));
        const std::string id = client.receive()->body;
        QCOMPARE(id.size(), std::size_t(16));
        QVERIFY(id.find_first_not_of("0123456789ABCDEF") == std::string::npos);
        ids.insert(id);
    }

    QCOMPARE(ids.size(), std::size_t(100));
}

void ServerTest::trafficIsCounted()
{
    ServerFixture fixture(echo);
    const std::string request = get("/counted");
    {
        RawClient client(fixture.port());
        QVERIFY(client.send(request));
        QVERIFY(client.receive().has_value());
        QCOMPARE(fixture.server.counters().openConnections, std::size_t(1));
    }

    QTRY_COMPARE_WITH_TIMEOUT(fixture.server.counters().openConnections, std::size_t(0), 30'000);
    const Server::Counters counters = fixture.server.counters();
    QCOMPARE(counters.connections, std::uint64_t(1));
    QCOMPARE(counters.requests, std::uint64_t(1));
    QCOMPARE(counters.bytesIn, std::uint64_t(request.size()));
    QVERIFY(counters.bytesOut > 50);
}

}  // namespace maxiofs::http

using maxiofs::http::ServerTest;
MAXIOFS_TEST(ServerTest)
#include "server_test.moc"
