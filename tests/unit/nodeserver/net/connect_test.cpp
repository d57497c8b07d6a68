// SPDX-License-Identifier: GPL-3.0-or-later
#include "net/connect.h"

#include "net/listener.h"
#include "support/run_coroutine.h"
#include "support/test_runner.h"

namespace maxiofs::net {

class ConnectTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void addressAndNameAreReached();
    void hostThatDoesNotAnswerIsAnError_data();
    void hostThatDoesNotAnswerIsAnError();
};

namespace {

Awaitable<Status> reach(std::string host, std::uint16_t port, std::chrono::milliseconds limit)
{
    const auto socket = co_await connectTo(std::move(host), port, limit);
    if (!socket)
        co_return failure(socket.error());
    co_return Status();
}

}  // namespace

void ConnectTest::addressAndNameAreReached()
{
    IoThreads threads(1);
    ConnectionCounter counter({});
    std::atomic<unsigned> accepted{0};
    Listener listener(threads, counter, [&](IoThread &, TcpSocket, ConnectionCounter::Slot) { ++accepted; });
    threads.start();
    QVERIFY(listener.open(ListenAddress::parse("127.0.0.1:0").value()).has_value());

    for (const char *const host : {"127.0.0.1", "localhost"}) {
        const Status reached = test::runCoroutineOn(threads.at(0).executor(),
                                                    reach(host, listener.port(), std::chrono::seconds(30)));
        QVERIFY(reached.has_value());
    }

    QTRY_COMPARE_WITH_TIMEOUT(accepted.load(), 2U, 30'000);
    listener.close();
}

void ConnectTest::hostThatDoesNotAnswerIsAnError_data()
{
    QTest::addColumn<QByteArray>("host");
    QTest::newRow("no such name") << QByteArray("host.invalid");
    QTest::newRow("no such address") << QByteArray("192.0.2.1");
    QTest::newRow("nobody listens") << QByteArray("127.0.0.1");
    QTest::newRow("nobody listens there either") << QByteArray("::1");
}

void ConnectTest::hostThatDoesNotAnswerIsAnError()
{
    QFETCH(QByteArray, host);
    constexpr std::uint16_t kReservedPort = 1;
    IoThreads threads(1);
    threads.start();

    const Status reached = test::runCoroutineOn(
        threads.at(0).executor(), reach(host.toStdString(), kReservedPort, std::chrono::milliseconds(100)));

    QVERIFY(!reached.has_value());
    QCOMPARE(reached.error().code, Error::Closed);
    QVERIFY(reached.error().message.find(host.toStdString()) != std::string::npos);
}

}  // namespace maxiofs::net

using maxiofs::net::ConnectTest;
MAXIOFS_TEST(ConnectTest)
#include "connect_test.moc"
