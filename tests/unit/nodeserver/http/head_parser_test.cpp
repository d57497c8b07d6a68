// SPDX-License-Identifier: GPL-3.0-or-later
#include "http/head_parser.h"

#include "support/test_runner.h"

namespace maxiofs::http {

class HeadParserTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void partsOfTheHeadAreFound();
    void fieldsKeepTheirOrderAndBytes();
    void namesAreFoundWithoutRegardToCase();
    void absoluteTargetIsTakenApart();
    void queryBeginsAtTheFirstQuestionMark();
    void oneEmptyLineInFrontIsForgiven();
    void headIsFoundHoweverItArrives();
    void headOverTheLimitIsRefused();
    void tooManyFieldsAreRefused();
    void malformedHeadsAreRefused_data();
    void malformedHeadsAreRefused();
    void parserIsUsedForOneHeadAfterTheOther();
};

namespace {

RequestHead parsedHead(std::string_view bytes)
{
    RequestHead head;
    HeadParser parser;
    const auto end = parser.findEnd(bytes);
    Q_ASSERT(end && *end == bytes.size());
    const auto parsed = parser.parse(bytes, head);
    Q_ASSERT(parsed.has_value());
    return head;
}

/// The status with which the bytes are refused by one step or the other; 0 when they are not.
unsigned refusalOf(std::string_view bytes)
{
    HeadParser parser;
    const auto end = parser.findEnd(bytes);
    if (!end)
        return end.error().status;
    if (*end == 0)
        return 0;
    RequestHead head;
    const auto parsed = parser.parse(bytes.substr(0, *end), head);
    return parsed ? 0 : parsed.error().status;
}

}  // namespace

void HeadParserTest::partsOfTheHeadAreFound()
{
    const RequestHead head = parsedHead("PUT /bucket/a%20b?acl&x=1 HTTP/1.1\r\nHost: h:8080\r\n\r\n");

    QVERIFY(head.method() == "PUT");
    QVERIFY(head.target() == "/bucket/a%20b?acl&x=1");
    QVERIFY(head.path() == "/bucket/a%20b");
    QVERIFY(head.query() == "acl&x=1");
    QVERIFY(head.authority().empty());
    QVERIFY(head.host() == "h:8080");
    QCOMPARE(head.minorVersion(), 1U);
}

void HeadParserTest::fieldsKeepTheirOrderAndBytes()
{
    const std::string bytes =
        "GET / HTTP/1.1\r\nHost: h\r\nx-A: \t one two\t \r\nX-a:\r\nx-a:\xc3\xa4\r\n\r\n";

    const RequestHead head = parsedHead(bytes);

    QCOMPARE(std::string(head.raw()), bytes);
    QCOMPARE(head.fieldCount(), std::size_t(4));
    QVERIFY(head.field(1).name == "x-A");
    QVERIFY(head.field(1).value == "one two");
    QVERIFY((head.all("X-A") == std::vector<std::string_view>{"one two", "", "\xc3\xa4"}));
}

void HeadParserTest::namesAreFoundWithoutRegardToCase()
{
    const RequestHead head = parsedHead("GET / HTTP/1.1\r\nhOsT: h\r\nConnection: Upgrade, CLOSE\r\n\r\n");

    QVERIFY(head.find("HOST") == "h");
    QVERIFY(!head.find("Hos").has_value());
    QCOMPARE(head.count("host"), std::size_t(1));
    QVERIFY(head.listHas("connection", "close"));
    QVERIFY(!head.listHas("connection", "clos"));
}

void HeadParserTest::absoluteTargetIsTakenApart()
{
    const RequestHead head = parsedHead("GET http://h:1/p?q HTTP/1.1\r\nHost: h:1\r\n\r\n");

    QVERIFY(head.authority() == "h:1");
    QVERIFY(head.path() == "/p");
    QVERIFY(head.query() == "q");
}

void HeadParserTest::queryBeginsAtTheFirstQuestionMark()
{
    const RequestHead head = parsedHead("GET /p?a?b HTTP/1.1\r\nHost: h\r\n\r\n");

    QVERIFY(head.path() == "/p");
    QVERIFY(head.query() == "a?b");
    QVERIFY(parsedHead("OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n").path() == "*");
}

void HeadParserTest::oneEmptyLineInFrontIsForgiven()
{
    const RequestHead head = parsedHead("\r\nGET / HTTP/1.1\r\nHost: h\r\n\r\n");

    QVERIFY(head.method() == "GET");
    QVERIFY(head.raw().starts_with("GET "));
    QCOMPARE(refusalOf("\r\n\r\nGET / HTTP/1.1\r\nHost: h\r\n\r\n"), 400U);
}

void HeadParserTest::headIsFoundHoweverItArrives()
{
    const std::string head = "GET / HTTP/1.1\r\nHost: h\r\nA: b\r\n\r\n";
    const std::string stream = head + "GET /next HTTP/1.1\r\n\r\n";
    HeadParser parser;

    for (std::size_t arrived = 0; arrived < head.size(); ++arrived) {
        const auto end = parser.findEnd(std::string_view(stream).substr(0, arrived));
        QVERIFY(end && *end == 0);
    }

    QCOMPARE(parser.findEnd(stream).value(), head.size());
}

void HeadParserTest::headOverTheLimitIsRefused()
{
    const std::string start = "GET / HTTP/1.1\r\nHost: h\r\nA: ";
    const std::string end = "\r\n\r\n";
    const std::string fits =
        start + std::string(RequestHead::kMaxBytes - start.size() - end.size(), 'a') + end;
    const std::string tooLong =
        start + std::string(RequestHead::kMaxBytes - start.size() - end.size() + 1, 'a') + end;

    QCOMPARE(fits.size(), RequestHead::kMaxBytes);
    QCOMPARE(refusalOf(fits), 0U);
    QCOMPARE(refusalOf(tooLong), 431U);
    QCOMPARE(refusalOf(std::string(RequestHead::kMaxBytes, 'a')), 431U);
}

void HeadParserTest::tooManyFieldsAreRefused()
{
    std::string head = "GET / HTTP/1.1\r\n";
    for (std::size_t i = 0; i < RequestHead::kMaxFields; ++i)
        head += "a: b\r\n";

    QCOMPARE(refusalOf(head + "\r\n"), 0U);
    QCOMPARE(refusalOf(head + "a: b\r\n\r\n"), 431U);
}

void HeadParserTest::malformedHeadsAreRefused_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<unsigned>("status");
    const auto row = [](const char *name, const QByteArray &bytes, unsigned status = 400) {
        QTest::newRow(name) << bytes << status;
    };

    row("bare LF after the request line", "GET / HTTP/1.1\nHost: h\r\n\r\n");
    row("bare LF after a field", "GET / HTTP/1.1\r\nHost: h\n\r\n");
    row("bare LF as the empty line", "GET / HTTP/1.1\r\nHost: h\r\n\n");
    row("LF alone", "\n");
    row("bare CR in a value", "GET / HTTP/1.1\r\nA: b\rC: d\r\n\r\n");
    row("bare CR in the target", "GET /a\rb HTTP/1.1\r\n\r\n");
    row("bare CR after the version", "GET / HTTP/1.1\r\r\nHost: h\r\n\r\n");
    row("folded field", "GET / HTTP/1.1\r\nA: b\r\n c\r\n\r\n");
    row("folded first field", "GET / HTTP/1.1\r\n Host: h\r\n\r\n");
    row("field folded by a tab", "GET / HTTP/1.1\r\nA: b\r\n\tc\r\n\r\n");
    row("space before the colon", "GET / HTTP/1.1\r\nContent-Length : 3\r\n\r\n");
    row("tab before the colon", "GET / HTTP/1.1\r\nHost\t: h\r\n\r\n");
    row("space in a name", "GET / HTTP/1.1\r\nA b: c\r\n\r\n");
    row("field without a name", "GET / HTTP/1.1\r\n: b\r\n\r\n");
    row("field without a colon", "GET / HTTP/1.1\r\nHost\r\n\r\n");
    row("byte above 0x7f in a name", "GET / HTTP/1.1\r\nH\xc3\xb6st: h\r\n\r\n");
    row("NUL in a name", QByteArray("GET / HTTP/1.1\r\nA\0: b\r\n\r\n", 26));
    row("NUL in a value", QByteArray("GET / HTTP/1.1\r\nA: b\0c\r\n\r\n", 27));
    row("control byte in a value", "GET / HTTP/1.1\r\nA: b\x01\r\n\r\n");
    row("DEL in a value", "GET / HTTP/1.1\r\nA: b\x7f\r\n\r\n");
    row("NUL in the target", QByteArray("GET /\0 HTTP/1.1\r\n\r\n", 19));
    row("tab in the target", "GET /a\tb HTTP/1.1\r\n\r\n");
    row("DEL in the target", "GET /\x7f HTTP/1.1\r\n\r\n");
    row("space in the target", "GET /a b HTTP/1.1\r\n\r\n");
    row("two spaces before the target", "GET  / HTTP/1.1\r\n\r\n");
    row("two spaces after the target", "GET /  HTTP/1.1\r\n\r\n");
    row("space after the version", "GET / HTTP/1.1 \r\n\r\n");
    row("space before the method", " GET / HTTP/1.1\r\n\r\n");
    row("no target", "GET HTTP/1.1\r\n\r\n");
    row("no version", "GET /\r\n\r\n");
    row("only a word", "GET\r\n\r\n");
    row("method with a forbidden byte", "G(T / HTTP/1.1\r\n\r\n");
    row("method too long", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA / HTTP/1.1\r\n\r\n");
    row("target without a slash", "GET a HTTP/1.1\r\n\r\n");
    row("authority as the target", "CONNECT h:443 HTTP/1.1\r\n\r\n");
    row("star but not OPTIONS", "GET * HTTP/1.1\r\n\r\n");
    row("absolute target without a path", "GET http://h HTTP/1.1\r\n\r\n");
    row("absolute target with a query in the host", "GET http://h?/ HTTP/1.1\r\n\r\n");
    row("absolute target without a host", "GET http:/// HTTP/1.1\r\n\r\n");
    row("other scheme", "GET ftp://h/ HTTP/1.1\r\n\r\n");
    row("lower-case version", "GET / http/1.1\r\n\r\n");
    row("HTTP/2.0", "GET / HTTP/2.0\r\n\r\n", 505);
    row("HTTP/1.2", "GET / HTTP/1.2\r\n\r\n", 505);
    row("HTTP/1.10", "GET / HTTP/1.10\r\n\r\n");
    row("HTTP/01.1", "GET / HTTP/01.1\r\n\r\n");
}

void HeadParserTest::malformedHeadsAreRefused()
{
    QFETCH(QByteArray, bytes);
    QFETCH(unsigned, status);

    QCOMPARE(refusalOf(std::string_view(bytes.constData(), static_cast<std::size_t>(bytes.size()))), status);
}

void HeadParserTest::parserIsUsedForOneHeadAfterTheOther()
{
    HeadParser parser;
    RequestHead head;
    const std::string first = "GET /first?long-query HTTP/1.1\r\nHost: h\r\nA: b\r\n\r\n";
    const std::string second = "GET /2 HTTP/1.0\r\n\r\n";
    QCOMPARE(parser.findEnd(first).value(), first.size());
    QVERIFY(parser.parse(first, head).has_value());

    parser.restart();
    QCOMPARE(parser.findEnd(second).value(), second.size());
    QVERIFY(parser.parse(second, head).has_value());

    QVERIFY(head.path() == "/2");
    QVERIFY(head.query().empty());
    QCOMPARE(head.fieldCount(), std::size_t(0));
    QCOMPARE(head.minorVersion(), 0U);
}

}  // namespace maxiofs::http

using maxiofs::http::HeadParserTest;
MAXIOFS_TEST(HeadParserTest)
#include "head_parser_test.moc"
