// SPDX-License-Identifier: GPL-3.0-or-later
#include "net/address.h"

#include "support/test_runner.h"

namespace maxiofs::net {

class AddressTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void networkContainsItsBlockOnly();
    void addressAloneIsANetworkOfOne();
    void networkOfIpv6ContainsItsBlock();
    void mappedAddressCountsAsIpv4();
    void malformedNetworksAreRefused_data();
    void malformedNetworksAreRefused();
    void listenAddressesAreRead();
    void malformedListenAddressesAreRefused_data();
    void malformedListenAddressesAreRefused();
};

namespace {

IpAddress ip(const char *text)
{
    return boost::asio::ip::make_address(text);
}

bool inNetwork(const char *network, const char *address)
{
    return Network::parse(network).value().contains(ip(address));
}

}  // namespace

void AddressTest::networkContainsItsBlockOnly()
{
    QVERIFY(inNetwork("10.1.0.0/16", "10.1.255.255"));
    QVERIFY(!inNetwork("10.1.0.0/16", "10.2.0.0"));
    QVERIFY(inNetwork("192.168.4.0/22", "192.168.7.1"));
    QVERIFY(!inNetwork("192.168.4.0/22", "192.168.8.1"));
    QVERIFY(inNetwork("0.0.0.0/0", "203.0.113.9"));
    QVERIFY(!inNetwork("0.0.0.0/0", "2001:db8::1"));
}

void AddressTest::addressAloneIsANetworkOfOne()
{
    QVERIFY(inNetwork("192.0.2.7", "192.0.2.7"));
    QVERIFY(!inNetwork("192.0.2.7", "192.0.2.6"));
}

void AddressTest::networkOfIpv6ContainsItsBlock()
{
    QVERIFY(inNetwork("2001:db8::/33", "2001:db8:7fff::1"));
    QVERIFY(!inNetwork("2001:db8::/33", "2001:db8:8000::1"));
}

void AddressTest::mappedAddressCountsAsIpv4()
{
    QVERIFY(inNetwork("10.0.0.0/8", "::ffff:10.3.4.5"));
    QCOMPARE(unmapped(ip("::ffff:10.3.4.5")).to_string(), std::string("10.3.4.5"));
    QCOMPARE(PeerAddress::of({ip("::ffff:10.3.4.5"), 9}).text, std::string("10.3.4.5"));
}

void AddressTest::malformedNetworksAreRefused_data()
{
    QTest::addColumn<QByteArray>("text");
    for (const char *text : {"", "/8", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/+8", "10.0.0/8",
                             "2001:db8::/129", "host", "10.0.0.0/8 ", "10.0.0.0/8/8"})
        QTest::newRow(text) << QByteArray(text);
}

void AddressTest::malformedNetworksAreRefused()
{
    QFETCH(QByteArray, text);

    const Result<Network> parsed = Network::parse(text.toStdString());

    QVERIFY(!parsed.has_value());
    QCOMPARE(parsed.error().code, Error::InvalidArgument);
}

void AddressTest::listenAddressesAreRead()
{
    const ListenAddress all = ListenAddress::parse(":8080").value();
    QVERIFY(all.allInterfaces);
    QCOMPARE(all.port, std::uint16_t(8080));

    const ListenAddress one = ListenAddress::parse("127.0.0.1:0").value();
    QVERIFY(!one.allInterfaces);
    QCOMPARE(one.ip.to_string(), std::string("127.0.0.1"));

    QCOMPARE(ListenAddress::parse("[::1]:8081").value().ip.to_string(), std::string("::1"));
    QCOMPARE(ListenAddress::parse("localhost:1").value().ip.to_string(), std::string("127.0.0.1"));
}

void AddressTest::malformedListenAddressesAreRefused_data()
{
    QTest::addColumn<QByteArray>("text");
    for (const char *text : {"", "8080", ":", ":x", ":65536", ":-1", "127.0.0.1", "::1:80", "[::1]",
                             "[127.0.0.1]:80", "host.example:80", "[]:80", "127.0.0.1:80 "})
        QTest::newRow(text) << QByteArray(text);
}

void AddressTest::malformedListenAddressesAreRefused()
{
    QFETCH(QByteArray, text);

    QVERIFY(!ListenAddress::parse(text.toStdString()).has_value());
}

}  // namespace maxiofs::net

using maxiofs::net::AddressTest;
MAXIOFS_TEST(AddressTest)
#include "address_test.moc"
