// SPDX-License-Identifier: GPL-3.0-or-later
#include "identity/trusted_proxies.h"

#include "support/test_runner.h"

namespace maxiofs::identity {

class TrustedProxiesTest : public QObject {
    Q_OBJECT

private:
    static net::PeerAddress peer(const std::string &address)
    {
        return {boost::asio::ip::make_address(address), 1, address};
    }

private Q_SLOTS:
    void theClientIsTheLastAddressThatIsNoProxy_data()
    {
        QTest::addColumn<QString>("from");
        QTest::addColumn<QString>("forwarded");
        QTest::addColumn<QString>("client");
        const auto row = [](const char *name, const char *from, const char *forwarded, const char *client) {
            QTest::newRow(name) << QString::fromUtf8(from) << QString::fromUtf8(forwarded)
                                << QString::fromUtf8(client);
        };
        row("no header", "10.0.0.1", "", "10.0.0.1");
        row("through one", "10.0.0.1", "203.0.113.9", "203.0.113.9");
        row("through two", "10.0.0.1", "203.0.113.9, 10.0.0.2", "203.0.113.9");
        row("forged by the client", "10.0.0.1", "1.1.1.1, 203.0.113.9", "203.0.113.9");
        row("not from a proxy", "198.51.100.1", "203.0.113.9", "198.51.100.1");
        row("nonsense", "10.0.0.1", "hello", "10.0.0.1");
        row("nonsense before", "10.0.0.1", "hello, 203.0.113.9", "203.0.113.9");
        row("all proxies", "10.0.0.1", "10.0.0.3,10.0.0.2", "10.0.0.3");
        row("IPv6", "fd00::1", "2001:db8::7", "2001:db8::7");
        row("mapped", "10.0.0.1", "::ffff:203.0.113.9", "203.0.113.9");
    }
    void theClientIsTheLastAddressThatIsNoProxy()
    {
        QFETCH(QString, from);
        QFETCH(QString, forwarded);
        QFETCH(QString, client);
        const auto proxies = TrustedProxies::parse("10.0.0.0/8, fd00::/8").value();
        QCOMPARE(proxies.clientAddress(peer(from.toStdString()), forwarded.toStdString()),
                 client.toStdString());
    }

    void nobodyIsTrustedByDefault()
    {
        QCOMPARE(TrustedProxies().clientAddress(peer("127.0.0.1"), "203.0.113.9"), std::string("127.0.0.1"));
        QVERIFY(TrustedProxies::parse("").has_value());
        QVERIFY(!TrustedProxies::parse("10.0.0.0/8, nonsense").has_value());
    }
};

MAXIOFS_TEST(TrustedProxiesTest)

}  // namespace maxiofs::identity

#include "trusted_proxies_test.moc"
