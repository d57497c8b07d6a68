// SPDX-License-Identifier: GPL-3.0-or-later
#include "http/destination.h"

#include "support/test_runner.h"

namespace maxiofs::http {

class DestinationTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void endpointIsReadInEachForm_data();
    void endpointIsReadInEachForm();
    void textThatIsNoEndpointIsRefused_data();
    void textThatIsNoEndpointIsRefused();
};

void DestinationTest::endpointIsReadInEachForm_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QByteArray>("host");
    QTest::addColumn<int>("port");
    const auto row = [](const char *text, const char *host, int port) {
        QTest::newRow(text) << QByteArray(text) << QByteArray(host) << port;
    };
    row("http://node-2:8080", "node-2", 8080);
    row("https://node-2:8080/", "node-2", 8080);
    row("HTTPS://10.0.0.2", "10.0.0.2", 443);
    row("http://node.example", "node.example", 80);
    row("node-2:65535", "node-2", 65535);
    row("https://[2001:db8::1]:9000", "2001:db8::1", 9000);
    row("[fe80::1%eth0]:1", "fe80::1%eth0", 1);
    row("http://[::1]", "::1", 80);
}

void DestinationTest::endpointIsReadInEachForm()
{
    QFETCH(QByteArray, text);
    QFETCH(QByteArray, host);
    QFETCH(int, port);

    const auto endpoint = Endpoint::parse(text.toStdString());

    QVERIFY(endpoint.has_value());
    QCOMPARE(endpoint->host, host.toStdString());
    QCOMPARE(int(endpoint->port), port);
    const bool isIpv6 = host.contains(':');
    QCOMPARE(endpoint->text(), (isIpv6 ? "[" + host + "]" : host).toStdString() + ":" + std::to_string(port));
}

void DestinationTest::textThatIsNoEndpointIsRefused_data()
{
    QTest::addColumn<QByteArray>("text");
    for (const char *const text :
         {"", "http://", "ftp://node:1", "http://node:", "http://node:0", "http://node:65536",
          "http://node:+1", "http://node:80/path", "http://user@node:80", "http://no de:80", "http://[::1",
          "http://[]:80", "http://::1:80", "http://[::1]80", "http://node?x", "http://node\r\nX: y"})
        QTest::newRow(text) << QByteArray(text);
}

void DestinationTest::textThatIsNoEndpointIsRefused()
{
    QFETCH(QByteArray, text);

    QVERIFY(!Endpoint::parse(text.toStdString()).has_value());
}

}  // namespace maxiofs::http

using maxiofs::http::DestinationTest;
MAXIOFS_TEST(DestinationTest)
#include "destination_test.moc"
