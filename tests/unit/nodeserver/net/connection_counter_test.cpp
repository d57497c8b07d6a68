// SPDX-License-Identifier: GPL-3.0-or-later
#include "net/connection_counter.h"

#include "support/test_runner.h"

namespace maxiofs::net {

class ConnectionCounterTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void totalIsCapped();
    void placeComesBackWithItsSlot();
    void addressIsCapped();
    void exemptAddressIsCappedByTheTotalOnly();
    void ipv6NeighboursShareACap();
    void slotMayLeaveItsAddress();
};

namespace {

IpAddress counted(const char *text)
{
    return boost::asio::ip::make_address(text);
}

}  // namespace

void ConnectionCounterTest::slotMayLeaveItsAddress()
{
    ConnectionCounter counter({.total = 3, .perAddress = 1, .exempt = {}});
    auto first = counter.enter(counted("192.0.2.1"));

    first.leaveAddress();
    first.leaveAddress();
    {
        const auto moved = std::move(first);
        QVERIFY(counter.enter(counted("192.0.2.1")));
        QCOMPARE(counter.open(), std::size_t(1));
    }

    QCOMPARE(counter.open(), std::size_t(0));
    const auto next = counter.enter(counted("192.0.2.1"));
    QVERIFY(next);
    QVERIFY(!counter.enter(counted("192.0.2.1")));
}

void ConnectionCounterTest::totalIsCapped()
{
    ConnectionCounter counter({.total = 2, .perAddress = 9, .exempt = {}});

    const auto first = counter.enter(counted("192.0.2.1"));
    const auto second = counter.enter(counted("192.0.2.2"));
    const auto third = counter.enter(counted("192.0.2.3"));

    QVERIFY(first && second);
    QVERIFY(!third);
    QCOMPARE(counter.open(), std::size_t(2));
}

void ConnectionCounterTest::placeComesBackWithItsSlot()
{
    ConnectionCounter counter({.total = 1, .perAddress = 1, .exempt = {}});
    {
        auto slot = counter.enter(counted("192.0.2.1"));
        const auto moved = std::move(slot);
        QVERIFY(moved);
        QVERIFY(!counter.enter(counted("192.0.2.1")));
    }

    QCOMPARE(counter.open(), std::size_t(0));
    QVERIFY(counter.enter(counted("192.0.2.1")));
}

void ConnectionCounterTest::addressIsCapped()
{
    ConnectionCounter counter({.total = 9, .perAddress = 1, .exempt = {}});

    const auto first = counter.enter(counted("192.0.2.1"));

    QVERIFY(!counter.enter(counted("192.0.2.1")));
    QVERIFY(!counter.enter(counted("::ffff:192.0.2.1")));
    QVERIFY(counter.enter(counted("192.0.2.2")));
}

void ConnectionCounterTest::exemptAddressIsCappedByTheTotalOnly()
{
    ConnectionCounter counter(
        {.total = 2, .perAddress = 1, .exempt = {Network::parse("10.0.0.0/8").value()}});

    const auto first = counter.enter(counted("10.0.0.1"));
    const auto second = counter.enter(counted("10.0.0.1"));

    QVERIFY(second);
    QVERIFY(!counter.enter(counted("10.0.0.1")));
}

void ConnectionCounterTest::ipv6NeighboursShareACap()
{
    ConnectionCounter counter({.total = 9, .perAddress = 1, .exempt = {}});

    const auto first = counter.enter(counted("2001:db8:0:1::1"));

    QVERIFY(!counter.enter(counted("2001:db8:0:1:ffff::2")));
    QVERIFY(counter.enter(counted("2001:db8:0:2::1")));
}

}  // namespace maxiofs::net

using maxiofs::net::ConnectionCounterTest;
MAXIOFS_TEST(ConnectionCounterTest)
#include "connection_counter_test.moc"
