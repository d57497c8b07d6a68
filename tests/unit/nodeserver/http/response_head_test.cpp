// SPDX-License-Identifier: GPL-3.0-or-later
#include "http/response_head.h"

#include "support/test_runner.h"

namespace maxiofs::http {

class ResponseHeadTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void fieldsAreKeptAsLines();
    void valueCannotBeginAnotherField();
    void serversOwnFieldsAreNotTaken();
    void fieldIsReplacedAndRemoved();
    void fieldsAreListed();
    void phrasesAreTheRegisteredOnes();
};

void ResponseHeadTest::fieldsAreKeptAsLines()
{
    ResponseHead head(200, "text/plain");
    head.add("X-Count", 7U).add("X-Empty", "");

    QCOMPARE(std::string(head.lines()),
             std::string("Content-Type: text/plain\r\nX-Count: 7\r\nX-Empty: \r\n"));
}

void ResponseHeadTest::valueCannotBeginAnotherField()
{
    ResponseHead head;
    head.add("X-Name", std::string_view("a\r\nSet-Cookie: b\0\x7f", 18))
        .add("X-Bad\r\nName", "a")
        .add("", "b");

    QCOMPARE(std::string(head.lines()), std::string("X-Name: a  Set-Cookie: b  \r\n"));
}

void ResponseHeadTest::serversOwnFieldsAreNotTaken()
{
    ResponseHead head;
    head.add("content-length", "5").add("Transfer-Encoding", "chunked").add("CONNECTION", "close");
    head.add("Keep-Alive", "x").add("Date", "y").add("Server", "z").add("ETag", "e");

    QCOMPARE(std::string(head.lines()), std::string("ETag: e\r\n"));
}

void ResponseHeadTest::fieldIsReplacedAndRemoved()
{
    ResponseHead head;
    head.add("A", "1").add("B: not a name", "x").add("B", "colon: inside").add("a", "2").add("C", "3");

    head.set("A", "4").remove("c");

    QCOMPARE(std::string(head.lines()), std::string("B: colon: inside\r\nA: 4\r\n"));
    QVERIFY(head.find("b") == "colon: inside");
    QVERIFY(!head.find("C").has_value());
}

void ResponseHeadTest::fieldsAreListed()
{
    ResponseHead head;
    head.add("A", "1").add("B", "");

    const auto fields = head.fields();

    QCOMPARE(fields.size(), std::size_t(2));
    QVERIFY(fields[0].first == "A" && fields[0].second == "1");
    QVERIFY(fields[1].first == "B" && fields[1].second.empty());
}

void ResponseHeadTest::phrasesAreTheRegisteredOnes()
{
    QVERIFY(reasonPhrase(100) == "Continue");
    QVERIFY(reasonPhrase(206) == "Partial Content");
    QVERIFY(reasonPhrase(507) == "Insufficient Storage");
    QVERIFY(reasonPhrase(299) == "Unknown");
    QVERIFY(reasonPhrase(999) == "Unknown");
}

}  // namespace maxiofs::http

using maxiofs::http::ResponseHeadTest;
MAXIOFS_TEST(ResponseHeadTest)
#include "response_head_test.moc"
