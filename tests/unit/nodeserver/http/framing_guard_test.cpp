// SPDX-License-Identifier: GPL-3.0-or-later
#include "http/framing_guard.h"

#include "support/test_runner.h"

#include <limits>

namespace maxiofs::http {

class FramingGuardTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void requestWithoutABodyHasNone();
    void lengthDelimitsTheBody();
    void chunkedDelimitsTheBody();
    void doubtfulHeadsAreRefused_data();
    void doubtfulHeadsAreRefused();
    void acceptableHeadsPass_data();
    void acceptableHeadsPass();
    void keepAliveFollowsVersionAndConnection_data();
    void keepAliveFollowsVersionAndConnection();
    void expectationIsUnknownToHttp10();
};

namespace {

std::expected<Framing, HeadFault> guarded(std::string_view bytes)
{
    RequestHead head;
    if (auto parsed = HeadParser().parse(bytes, head); !parsed)
        return std::unexpected(parsed.error());
    return guardFraming(head);
}

}  // namespace

void FramingGuardTest::requestWithoutABodyHasNone()
{
    const Framing framing = guarded("GET / HTTP/1.1\r\nHost: h\r\n\r\n").value();

    QVERIFY(framing.body == Framing::Body::None);
    QVERIFY(guarded("PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n")->body == Framing::Body::None);
}

void FramingGuardTest::lengthDelimitsTheBody()
{
    const Framing framing = guarded("PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: 0123\r\n\r\n").value();

    QVERIFY(framing.body == Framing::Body::Length);
    QCOMPARE(framing.length, std::uint64_t(123));
    QCOMPARE(guarded("PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: 9223372036854775807\r\n\r\n")->length,
             std::uint64_t(std::numeric_limits<std::int64_t>::max()));
}

void FramingGuardTest::chunkedDelimitsTheBody()
{
    const Framing framing =
        guarded("PUT / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: Chunked\r\n\r\n").value();

    QVERIFY(framing.body == Framing::Body::Chunked);
}

void FramingGuardTest::doubtfulHeadsAreRefused_data()
{
    QTest::addColumn<QByteArray>("head");
    QTest::addColumn<unsigned>("status");
    const auto row = [](const char *name, const QByteArray &fields, unsigned status = 400,
                        const QByteArray &requestLine = "POST / HTTP/1.1") {
        QTest::newRow(name) << requestLine + "\r\n" + fields + "\r\n" << status;
    };

    row("no Host", "");
    row("two Hosts", "Host: a\r\nHost: b\r\n");
    row("the same Host twice", "Host: a\r\nhost: a\r\n");
    row("two Hosts on 1.0", "Host: a\r\nHost: a\r\n", 400, "GET / HTTP/1.0");
    row("two hosts in one Host", "Host: a, b\r\n");
    row("space in Host", "Host: a b\r\n");
    row("path in Host", "Host: a/b\r\n");
    row("user in Host", "Host: u@a\r\n");
    row("other host in the target", "Host: a\r\n", 400, "GET http://b/ HTTP/1.1");
    row("host in the target and none in Host", "Host:\r\n", 400, "GET http://b/ HTTP/1.1");
    row("length and chunked", "Host: h\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n");
    row("chunked and length", "Host: h\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n");
    row("chunked and length zero", "Host: h\r\nTransfer-Encoding: chunked\r\nContent-Length: 0\r\n");
    row("chunked twice", "Host: h\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n");
    row("chunked and identity fields",
        "Host: h\r\nTransfer-Encoding: chunked\r\nTransfer-encoding: identity\r\n");
    row("chunked on 1.0", "Host: h\r\nTransfer-Encoding: chunked\r\n", 400, "POST / HTTP/1.0");
    row("chunked, identity", "Host: h\r\nTransfer-Encoding: chunked, identity\r\n", 501);
    row("chunked, chunked", "Host: h\r\nTransfer-Encoding: chunked, chunked\r\n", 501);
    row("gzip, chunked", "Host: h\r\nTransfer-Encoding: gzip, chunked\r\n", 501);
    row("identity", "Host: h\r\nTransfer-Encoding: identity\r\n", 501);
    row("xchunked", "Host: h\r\nTransfer-Encoding: xchunked\r\n", 501);
    row("quoted chunked", "Host: h\r\nTransfer-Encoding: \"chunked\"\r\n", 501);
    row("chunked with a parameter", "Host: h\r\nTransfer-Encoding: chunked;a=b\r\n", 501);
    row("empty Transfer-Encoding", "Host: h\r\nTransfer-Encoding:\r\n", 501);
    row("length twice", "Host: h\r\nContent-Length: 3\r\nContent-Length: 4\r\n");
    row("the same length twice", "Host: h\r\nContent-Length: 3\r\ncontent-length: 3\r\n");
    row("list of lengths", "Host: h\r\nContent-Length: 3, 3\r\n");
    row("plus", "Host: h\r\nContent-Length: +3\r\n");
    row("minus", "Host: h\r\nContent-Length: -3\r\n");
    row("space inside a length", "Host: h\r\nContent-Length: 3 3\r\n");
    row("hexadecimal length", "Host: h\r\nContent-Length: 0x3\r\n");
    row("decimal point", "Host: h\r\nContent-Length: 3.0\r\n");
    row("empty length", "Host: h\r\nContent-Length:\r\n");
    row("length beyond 63 bits", "Host: h\r\nContent-Length: 9223372036854775808\r\n");
    row("length beyond 64 bits", "Host: h\r\nContent-Length: 18446744073709551619\r\n");
    row("other expectation", "Host: h\r\nExpect: 200-ok\r\n", 417);
    row("two expectations", "Host: h\r\nExpect: 100-continue\r\nExpect: 100-continue\r\n", 417);
}

void FramingGuardTest::doubtfulHeadsAreRefused()
{
    QFETCH(QByteArray, head);
    QFETCH(unsigned, status);

    const auto framing = guarded(head.toStdString());

    QVERIFY(!framing.has_value());
    QCOMPARE(framing.error().status, status);
}

void FramingGuardTest::acceptableHeadsPass_data()
{
    QTest::addColumn<QByteArray>("head");
    QTest::newRow("no Host on 1.0") << QByteArray("GET / HTTP/1.0\r\n\r\n");
    QTest::newRow("empty Host") << QByteArray("GET / HTTP/1.1\r\nHost:\r\n\r\n");
    QTest::newRow("Host with a port") << QByteArray("GET / HTTP/1.1\r\nHost: a.example:8080\r\n\r\n");
    QTest::newRow("Host of IPv6") << QByteArray("GET / HTTP/1.1\r\nHost: [::1]:8080\r\n\r\n");
    QTest::newRow("host in both places")
        << QByteArray("GET http://A.example/ HTTP/1.1\r\nHost: a.EXAMPLE\r\n\r\n");
    QTest::newRow("white space around a length")
        << QByteArray("PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: \t3 \r\n\r\n");
    QTest::newRow("length on 1.0") << QByteArray("PUT / HTTP/1.0\r\nContent-Length: 3\r\n\r\n");
}

void FramingGuardTest::acceptableHeadsPass()
{
    QFETCH(QByteArray, head);

    QVERIFY(guarded(head.toStdString()).has_value());
}

void FramingGuardTest::keepAliveFollowsVersionAndConnection_data()
{
    QTest::addColumn<QByteArray>("head");
    QTest::addColumn<bool>("keepAlive");
    QTest::newRow("1.1") << QByteArray("GET / HTTP/1.1\r\nHost: h\r\n\r\n") << true;
    QTest::newRow("1.1 close") << QByteArray("GET / HTTP/1.1\r\nHost: h\r\nConnection: Close\r\n\r\n")
                               << false;
    QTest::newRow("1.1 close in a list")
        << QByteArray("GET / HTTP/1.1\r\nHost: h\r\nConnection: x, close\r\n\r\n") << false;
    QTest::newRow("1.0") << QByteArray("GET / HTTP/1.0\r\n\r\n") << false;
    QTest::newRow("1.0 keep-alive") << QByteArray("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n") << true;
    QTest::newRow("1.0 both") << QByteArray("GET / HTTP/1.0\r\nConnection: keep-alive, close\r\n\r\n")
                              << false;
}

void FramingGuardTest::keepAliveFollowsVersionAndConnection()
{
    QFETCH(QByteArray, head);
    QFETCH(bool, keepAlive);

    QCOMPARE(guarded(head.toStdString())->keepAlive, keepAlive);
}

void FramingGuardTest::expectationIsUnknownToHttp10()
{
    const std::string expect = "Expect: 100-Continue\r\n\r\n";

    QVERIFY(guarded("PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n" + expect)->expectsContinue);
    QVERIFY(guarded("PUT / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n" + expect)->expectsContinue);
    QVERIFY(guarded("PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n" + expect)->expectsContinue);
    QVERIFY(!guarded("PUT / HTTP/1.0\r\nContent-Length: 3\r\n" + expect)->expectsContinue);
}

}  // namespace maxiofs::http

using maxiofs::http::FramingGuardTest;
MAXIOFS_TEST(FramingGuardTest)
#include "framing_guard_test.moc"
