// SPDX-License-Identifier: GPL-3.0-or-later
#include "api/s3/starting.h"

#include "support/fake_exchange.h"
#include "support/test_runner.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>

namespace maxiofs::api::s3 {

class StartingTest : public QObject {
    Q_OBJECT

private:
    static void ask(test::FakeExchange &exchange)
    {
        boost::asio::io_context io;
        boost::asio::co_spawn(io, answerStarting(exchange, "host-1"), boost::asio::detached);
        io.run();
    }

private Q_SLOTS:
    void aRequestBeforeTheStoreIsToldToComeAgain()
    {
        test::FakeExchange exchange("GET /photos/cat.jpg HTTP/1.1\r\n", {});
        ask(exchange);

        QCOMPARE(exchange.sentStatus(), 503);
        QVERIFY(exchange.response.find("Retry-After") == "1");
        QVERIFY(exchange.response.find("x-amz-id-2") == "host-1");
        QVERIFY(exchange.sent.contains("<Code>ServiceUnavailable</Code>"));
        QVERIFY(exchange.sent.contains("<Resource>/photos/cat.jpg</Resource>"));
    }

    void headHasNoBody()
    {
        test::FakeExchange exchange("HEAD /photos HTTP/1.1\r\n", {});
        ask(exchange);

        QCOMPARE(exchange.sentStatus(), 503);
        QCOMPARE(exchange.sent, std::string());
    }
};

MAXIOFS_TEST(StartingTest)

}  // namespace maxiofs::api::s3

#include "starting_test.moc"
